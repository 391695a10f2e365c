"""Somebody is told: what needs a person, once an alert, by mail or any service Apprise knows; and a heartbeat."""
