"""What the newsletter and listmonk share: the message and its recipients."""
