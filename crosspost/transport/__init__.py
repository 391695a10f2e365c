"""Network access: the guarded HTTP session, SMTP, JSON-RPC, and a check of addresses before they are fetched."""
