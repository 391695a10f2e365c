"""Parses ``poll:`` of a post's ``crosspost:`` mapping."""

from collections.abc import Callable
from typing import Any

from crosspost.model import Poll
from crosspost.text.durations import duration
from crosspost.text.near_names import nearest

_KEYS = ("options", "question", "duration", "multiple")

Refuse = Callable[..., Exception]


def parse_poll(value: Any, refuse: Refuse) -> Poll | bool | None:
    """Parse a poll; False: there is none here, whatever stands above; None: nothing is said.

    :param refuse: makes an error from a message and the keys below ``poll`` that lead to the mistake
    :raises Exception: the error made by ``refuse``
    """
    if value is None or value is False:
        return value
    if not isinstance(value, dict):
        raise refuse("needs lines below it, such as “options: [Tea, Coffee]”")
    for key in value:
        if key not in _KEYS:
            near = nearest(str(key), _KEYS)
            hint = f"did you mean `{near}`?" if near else f"known: {', '.join(_KEYS)}"
            raise refuse(f"does not know “{key}”; {hint}", str(key))
    multiple = value.get("multiple", False)
    if not isinstance(multiple, bool):
        raise refuse("multiple: should be true or false", "multiple")
    return Poll(
        options=_options(value.get("options"), lambda reason: refuse(f"options: {reason}", "options")),
        seconds=_seconds(value.get("duration"), lambda reason: refuse(f"duration: {reason}", "duration")),
        multiple=multiple,
        question=_question(value.get("question"), lambda reason: refuse(f"question: {reason}", "question")),
    )


def _options(value: Any, refuse: Callable[[str], Exception]) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) < 2:
        raise refuse("should be a list of at least two answers")
    if any(isinstance(item, bool) for item in value):  # YAML reads a bare yes or no so
        raise refuse("yes and no need quotes: “['yes', 'no']”")
    if not all(isinstance(item, str | int | float) and str(item).strip() for item in value):
        raise refuse("each answer should be a text")
    options = tuple(str(item).strip() for item in value)
    if len(set(options)) < len(options):
        raise refuse("an answer stands there twice")
    return options


def _question(value: Any, refuse: Callable[[str], Exception]) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise refuse("should be a text")
    return value.strip()


def _seconds(value: Any, refuse: Callable[[str], Exception]) -> int:
    if value is None:
        return 0
    try:
        found = int(duration(value).total_seconds()) if isinstance(value, str) else 0
    except ValueError:
        found = 0
    if not found:
        raise refuse("should be a length such as 3 days, 12 hours or 30 minutes")
    return found
