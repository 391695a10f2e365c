"""Stand-in of a Mobilizon server."""
