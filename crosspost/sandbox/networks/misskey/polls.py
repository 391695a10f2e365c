"""The polls of the Misskey stand-in (misskey-dev/misskey, packages/backend, endpoints/notes/create)."""

from typing import Any

from crosspost.sandbox.core.http_messages import Malformed
from crosspost.sandbox.core.standin import only

_FIELDS = ("choices", "multiple", "expiresAt", "expiredAfter")
CHOICES, CHARACTERS = range(2, 11), range(1, 51)


def poll_of(poll: Any) -> dict[str, Any]:
    """The poll of a new note, checked: 2 to 10 different answers of 1 to 50 characters; {} when it has none.

    It ends some milliseconds from now, or never.
    """
    if poll is None:
        return {}
    if not isinstance(poll, dict) or only(poll, _FIELDS):
        raise Malformed(f"poll has {', '.join(_FIELDS)}")
    choices, multiple, after = poll.get("choices"), poll.get("multiple", False), poll.get("expiredAfter")
    if not isinstance(choices, list) or len(choices) not in CHOICES or len(set(map(str, choices))) < len(choices):
        raise Malformed("poll.choices: 2 to 10 different texts")
    if any(not isinstance(choice, str) or len(choice) not in CHARACTERS for choice in choices):
        raise Malformed("poll.choices: each has 1 to 50 characters")
    if not isinstance(multiple, bool) or not (after is None or (isinstance(after, int) and after >= 1)):
        raise Malformed("poll.multiple, poll.expiredAfter")
    return {"poll": {"choices": choices, "multiple": multiple, "milliseconds": after}}
