"""Everything that goes over a wire: the guarded HTTP session, SMTP, JSON-RPC, addresses that are judged first."""
