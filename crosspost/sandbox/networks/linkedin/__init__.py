"""Stand-in of LinkedIn."""
