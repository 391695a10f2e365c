"""The text forms of single networks: entities, facets, little text, mail."""
