"""Posts from a git address: fetched into the state folder, and only read there."""
