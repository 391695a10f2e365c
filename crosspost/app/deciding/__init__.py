"""What a person decides about posts that wait or are out: for the commands and the pages alike."""
