"""Kills real processes at every point where they talk to disk or network, and counts what came out."""
