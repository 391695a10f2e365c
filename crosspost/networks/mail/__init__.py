"""Shared by the newsletter and listmonk: the message and its recipients."""
