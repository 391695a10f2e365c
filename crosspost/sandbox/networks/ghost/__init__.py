"""Stand-in of a Ghost site."""
