"""Connecting accounts: from a person's answers to a config that has been tried out."""
