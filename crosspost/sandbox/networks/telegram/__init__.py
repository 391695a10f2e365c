"""Stand-in of Telegram's Bot API."""
