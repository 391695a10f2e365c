"""Stand-in of Discord's webhooks."""
