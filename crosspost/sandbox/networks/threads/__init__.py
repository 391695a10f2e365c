"""Stand-in of Threads."""
