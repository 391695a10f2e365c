"""Small helpers for text that people wrote or read: names that were meant, what a terminal obeys, what is pasted."""
