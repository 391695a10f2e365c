"""What the stand-ins of Facebook, Instagram and Threads share."""
