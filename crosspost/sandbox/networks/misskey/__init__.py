"""Stand-in of a Misskey server."""
