"""Stand-in of an ntfy server."""
