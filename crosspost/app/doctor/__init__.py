"""What `crosspost doctor` finds out, one file a matter."""
