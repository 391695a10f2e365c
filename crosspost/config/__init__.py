"""What the user sets: settings, tokens and where they are kept, and names of networks turned into classes."""
