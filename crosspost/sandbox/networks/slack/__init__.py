"""Stand-in of Slack's Web API."""
