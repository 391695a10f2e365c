"""Stand-in of listmonk."""
