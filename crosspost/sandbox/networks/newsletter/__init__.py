"""Stand-in of a mail server."""
