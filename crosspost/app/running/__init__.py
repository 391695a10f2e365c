"""A run over a whole site, or one post at once, from its beginning to who is told."""
