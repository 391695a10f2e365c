"""Stand-in of a WhatsApp channel, which no program may write to."""
