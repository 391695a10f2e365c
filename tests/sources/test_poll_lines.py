"""What `poll:` in a post's front matter means, and what is wrong with one that means nothing."""

from typing import Any

import pytest

from crosspost.model import Poll
from crosspost.sources.mapping import Mistakes
from crosspost.sources.polls import parse_poll


class Wrong(Exception):
    """Each reason, and the keys that lead to it."""


def parsed(value: Any) -> Any:
    wrong = Mistakes()
    found = parse_poll(value, wrong)
    if wrong:
        raise Wrong(wrong.told(""))
    return found


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        (None, 0), ("30 minutes", 1800), ("30m", 1800), ("1 hour", 3600), ("12 h", 43_200), ("3 Days", 259_200),
        ("1d", 86_400), (" 2 weeks ", 1_209_600), ("1w", 604_800), ("9999m", 599_940),
    ],
)  # fmt: skip
def test_how_long_it_lasts(duration: str | None, seconds: int) -> None:
    more = {} if duration is None else {"duration": duration}
    assert parsed({"options": ["a", "b"], **more}) == Poll(options=("a", "b"), seconds=seconds)


def test_what_is_said_is_kept_in_its_order() -> None:
    assert parsed({"options": [" Tee ", 5, 0.5], "multiple": True}) == Poll(options=("Tee", "5", "0.5"), multiple=True)
    assert parsed({"options": ["b", "a"]}).multiple is False
    assert parsed(None) is None
    assert parsed(False) is False


@pytest.mark.parametrize(
    ("value", "reason", "keys"),
    [
        (True, "needs lines below it, such as “options: [Tea, Coffee]”", ()),
        (["a", "b"], "needs lines below it, such as “options: [Tea, Coffee]”", ()),
        ({"option": ["a", "b"]}, "does not know “option”; did you mean `options`?", ("option",)),
        ({"xyz": 1}, "does not know “xyz”; known: options, question, duration, multiple", ("xyz",)),
        ({"options": ["a", "b"], "multiple": "yes"}, "multiple: should be true or false", ("multiple",)),
        ({}, "options: should be a list of at least two answers", ("options",)),
        ({"options": ["a"]}, "options: should be a list of at least two answers", ("options",)),
        ({"options": "ab"}, "options: should be a list of at least two answers", ("options",)),
        ({"options": [True, "b"]}, "options: yes and no need quotes: “['yes', 'no']”", ("options",)),
        ({"options": ["a", " "]}, "options: each answer should be a text", ("options",)),
        ({"options": ["a", None]}, "options: each answer should be a text", ("options",)),
        ({"options": ["a", "b", "a "]}, "options: an answer is in the list twice", ("options",)),
        ({"options": ["a", "b"], "duration": "400 days"},
         "duration: is longer than a year, and no network keeps a poll open so long", ("duration",)),
        *(({"options": ["a", "b"], "duration": duration},
           "duration: should be a length such as 3 days, 12 hours or 30 minutes", ("duration",))
          for duration in (3, "soon", "0 days", "3 years", "3", "1.5 days", "3 days or so")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_key(value: Any, reason: str, keys: tuple[str, ...]) -> None:
    with pytest.raises(Wrong) as raised:
        parsed(value)
    assert raised.value.args == ([(reason, keys)],)
