"""Hostile input: whatever a file or a server says, it ends in a sentence; the other posts and accounts go on."""
