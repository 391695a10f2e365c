"""The polls of the Discord stand-in (docs.discord.com/developers/resources/poll, "Poll Create Request Object")."""

from typing import Any

from crosspost.sandbox.core.http_messages import Malformed
from crosspost.sandbox.core.standin import only

QUESTION, ANSWER = range(1, 301), range(1, 56)
ANSWERS, HOURS = range(1, 11), range(1, 32 * 24 + 1)
_FIELDS = ("question", "answers", "duration", "allow_multiselect", "layout_type")


def poll_of(poll: Any) -> dict[str, Any]:
    """The checked poll of a new message.

    :raises Malformed: when something in it is not as documented
    """
    if not isinstance(poll, dict) or only(poll, _FIELDS):
        raise Malformed(f"poll has {', '.join(_FIELDS)}")
    question, answers = _text(poll.get("question"), QUESTION, "question"), poll.get("answers")
    if not isinstance(answers, list) or len(answers) not in ANSWERS:
        raise Malformed(f"poll.answers: {ANSWERS[0]} to {ANSWERS[-1]} of them")
    options = []
    for answer in answers:
        if not isinstance(answer, dict) or only(answer, ("poll_media",)):
            raise Malformed("poll.answers: each has poll_media")
        options.append(_text(answer.get("poll_media"), ANSWER, "answers"))
    hours, multiple = poll.get("duration", 24), poll.get("allow_multiselect", False)
    if type(hours) is not int or hours not in HOURS:
        raise Malformed(f"poll.duration: {HOURS[0]} to {HOURS[-1]} hours")
    if not isinstance(multiple, bool) or poll.get("layout_type", 1) != 1:
        raise Malformed("poll.allow_multiselect, poll.layout_type")
    return {"question": question, "options": options, "multiple": multiple, "hours": hours, "votes": {}}


def poll_json(poll: dict[str, Any]) -> dict[str, Any]:
    """A poll as a message shows it."""
    answers = [{"answer_id": n, "poll_media": {"text": option}} for n, option in enumerate(poll["options"], 1)]
    shown = {"question": {"text": poll["question"]}, "answers": answers, "layout_type": 1}
    return shown | {"allow_multiselect": poll["multiple"]}


def _text(media: Any, lengths: range, where: str) -> str:
    if not isinstance(media, dict) or only(media, ("text",)) or not isinstance(media.get("text"), str):
        raise Malformed(f"poll.{where}: a text is needed")
    text = str(media["text"]).strip()
    if len(text) not in lengths:
        raise Malformed(f"poll.{where}: must be between {lengths[0]} and {lengths[-1]} in length")
    return text
