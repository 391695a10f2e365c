"""Small helpers for text that people write or read: misspelt names, control characters, pasted tokens."""
