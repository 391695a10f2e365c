"""What the user sets: settings, tokens and where they are kept, and which class belongs to a network's name."""
