"""Stand-in of a service that Apprise sends to."""
