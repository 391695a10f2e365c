"""Stand-in of X."""
