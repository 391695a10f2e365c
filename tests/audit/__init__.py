"""What crosspost is made of, and whether a part of it has a known hole: see ``make audit``."""
