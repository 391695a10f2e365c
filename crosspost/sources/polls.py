"""Parses ``poll:`` of a post's ``crosspost:`` mapping."""

from typing import Any

from crosspost.model import Poll
from crosspost.sources.mapping import Mistake, Mistakes, unknown_key
from crosspost.text.durations import duration

_KEYS = ("options", "question", "duration", "multiple")


def parse_poll(value: Any, wrong: Mistakes) -> Poll | bool | None:
    """Parse a poll; False: there is none here, whatever stands above; None: nothing is said.

    :param wrong: takes every mistake, with the keys below ``poll`` that lead to it
    """
    if value is None or value is False:
        return value
    if not isinstance(value, dict):
        wrong.append(Mistake("needs lines below it, such as “options: [Tea, Coffee]”"))
        return None
    unknown = [unknown_key(key, _KEYS) for key in value if key not in _KEYS]
    wrong += unknown
    multiple = value.get("multiple", False)
    if not isinstance(multiple, bool):
        wrong.append(Mistake("multiple: should be true or false", "multiple"))
    return Poll(
        options=wrong.read(lambda: _options(value.get("options")), ()) if "options" in value or not unknown else (),
        seconds=wrong.read(lambda: _seconds(value.get("duration")), 0),
        multiple=multiple is True,
        question=wrong.read(lambda: _question(value.get("question")), ""),
    )


def _options(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) < 2:
        raise Mistake("options: should be a list of at least two answers", "options")
    if any(isinstance(item, bool) for item in value):  # YAML reads a bare yes or no so
        raise Mistake("options: yes and no need quotes: “['yes', 'no']”", "options")
    if not all(isinstance(item, str | int | float) and str(item).strip() for item in value):
        raise Mistake("options: each answer should be a text", "options")
    options = tuple(str(item).strip() for item in value)
    if len(set(options)) < len(options):
        raise Mistake("options: an answer is in the list twice", "options")
    return options


def _question(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise Mistake("question: should be a text", "question")
    return value.strip()


def _seconds(value: Any) -> int:
    if value is None:
        return 0
    try:
        found = int(duration(value).total_seconds()) if isinstance(value, str) else 0
    except ValueError as error:
        if "longer than a year" in str(error):
            raise Mistake(
                "duration: is longer than a year, and no network keeps a poll open so long", "duration"
            ) from None
        found = 0
    if not found:
        raise Mistake("duration: should be a length such as 3 days, 12 hours or 30 minutes", "duration")
    return found
