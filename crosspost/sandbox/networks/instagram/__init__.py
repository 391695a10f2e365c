"""Stand-in of Instagram."""
