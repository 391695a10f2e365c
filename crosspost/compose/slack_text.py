"""Slack's text: three characters are written as references, everything else as it is.

Source: docs.slack.dev/messaging/formatting-message-text ("Escaping text"), checked 2026-11-26.
"""


def escape(text: str) -> str:
    """``text`` as a message's ``text``: what would be a link, a mention or a reference is only text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
