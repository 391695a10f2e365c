"""The stand-ins, one room per network."""
