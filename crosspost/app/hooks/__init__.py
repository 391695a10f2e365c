"""What has the daemon look at once: a webhook, or the hub of a feed. It is only a hint; the site is read as always."""
