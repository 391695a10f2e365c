"""Stand-in of a website with a Micropub end point."""
