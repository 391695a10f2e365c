"""Windows and macOS, as far as they can be acted on Linux: what they lack, and what they do in another way."""
