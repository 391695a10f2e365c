"""The forms of settings that are ids or addresses, so that a wrong one is told when it is read, not when it is sent.

Where a network's documentation leaves a form open, only what cannot be right is refused.
"""

import msgspec


def form(pattern: str, words: str) -> msgspec.Meta:
    """What a setting looks like; an empty one is always right.

    :param pattern: of the whole value
    :param words: what to write, with an example; it follows "write"
    """
    return msgspec.Meta(pattern=rf"^(?:{pattern})?$", description=words)


#: a number, in quotes or not
NUMBER = r"\d+"
#: an address, the encryption of which is looked at elsewhere
WEB = r"https?://[^\s/]+\S*"
SOCKET = r"(?:ws|http)s?://[^\s/]+\S*"
