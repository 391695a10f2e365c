"""Protocols of networks: XRPC, Rest.li, signal-cli's JSON-RPC."""
