"""What came back: asks the networks about what is out. It changes no delivery and pauses no account."""
