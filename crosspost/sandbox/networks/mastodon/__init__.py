"""Stand-in of Mastodon and its relatives."""
