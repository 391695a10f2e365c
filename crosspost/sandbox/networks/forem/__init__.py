"""Stand-in of dev.to."""
