"""Stand-in of Bluesky."""
