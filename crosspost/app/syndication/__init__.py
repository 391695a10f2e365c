"""What was said and where, as files for the site and its readers: feeds and a calendar."""
