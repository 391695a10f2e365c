"""Protocols that networks speak: XRPC, Rest.li, JSON-RPC of signal-cli."""
