"""Stand-in of Google Business Profile."""
