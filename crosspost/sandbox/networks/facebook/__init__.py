"""Stand-in of Facebook Pages."""
