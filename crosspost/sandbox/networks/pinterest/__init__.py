"""Stand-in of Pinterest."""
