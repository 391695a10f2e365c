"""Stand-in of Tumblr."""
