"""What calls `crosspost run` again and again: a crontab line, a systemd timer, or a GitHub workflow."""
