"""Stand-in of signal-cli."""
