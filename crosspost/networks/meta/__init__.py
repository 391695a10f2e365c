"""Shared by Meta's networks: the Graph API, containers, token renewal, pictures on the web."""
