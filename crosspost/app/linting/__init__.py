"""`crosspost lint`: what would be refused or lost, with file, line and column, before anything is sent."""
