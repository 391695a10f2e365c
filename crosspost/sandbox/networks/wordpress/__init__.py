"""Stand-in of a WordPress site."""
