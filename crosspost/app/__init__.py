"""What commands, the daemon and pages call: the application put together, and what it can do."""
