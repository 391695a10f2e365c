"""Stand-in of a Matrix homeserver."""
