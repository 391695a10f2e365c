"""Polls for Telegram (core.telegram.org/bots/api, sendPoll, InputPollOption, InputPollMedia; checked 2026-11-27).

Since Bot API 9.6 a poll has a description, and since 10.0 a picture: so the text, the picture and the poll are one
message and one request. A server of one's own that is older leaves out what it does not know, and says nothing.
"""

from typing import Any

from crosspost.model import Picture, Poll
from crosspost.networks.telegram_media import Files, photo, photos_of

_PARTS = {"description": "the text", "media": "the picture"}


def asking(
    network: Any, poll: Poll, images: tuple[Picture, ...], words: dict[str, Any]
) -> tuple[dict[str, Any], Files, str]:
    """The fields and files of a poll, and the method that takes them.

    :param network: the adapter of Telegram
    :param images: none or one
    :param words: the fields of the description
    :raises MediaError: when the picture cannot be used
    """
    fields = {
        "question": poll.question,
        "options": [{"text": option} for option in poll.options],
        "allows_multiple_answers": poll.multiple,
        "open_period": poll.seconds,
    }
    if not images:
        return fields | words, {}, "sendPoll"
    one = network.fitted(images[0])
    return fields | words | {"media": photo(0, {})}, photos_of([one]), "sendPoll"


def left_out(sent: dict[str, Any], answer: Any) -> tuple[str, ...]:
    """What the server did not take of a poll's message, for people.

    :param sent: the fields of the request
    :param answer: the message as it says it is out
    """
    shown = answer.get("poll") if isinstance(answer, dict) else None
    missing = [word for name, word in _PARTS.items() if sent.get(name) and not (shown or {}).get(name)]
    if not missing:
        return ()
    old = "its server of the Bot API is older than 10.0"
    return (f"the poll is out without {' and '.join(missing)}: {old}",)
