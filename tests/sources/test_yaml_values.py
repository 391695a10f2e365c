"""What is written into front matter says the same to whoever reads it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crosspost.sources.yaml_text import inline, key, lines

_SINGLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_VALUES = st.recursive(_SINGLE, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(), one, max_size=3))


@given(_VALUES)
def test_whatever_is_written_is_read_again(value: Any) -> None:
    assert yaml.safe_load(f"key: {inline(value)}\n") == {"key": value}
    assert yaml.safe_load("\n".join(_block(value))) == {"key": value}


def _block(value: Any) -> list[str]:
    first, *rest = lines(value, 2)
    return [f"key:{first}", *rest, ""]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"), (True, "true"), (False, "false"), (3, "3"), (0.5, "0.5"),
        (date(2026, 11, 20), "2026-11-20"), (datetime(2026, 11, 20, 9, tzinfo=UTC), "2026-11-20 09:00:00+00:00"),
        (datetime(2026, 11, 20, 9, 0, 0, 5, UTC), "2026-11-20 09:00:00.000005+00:00"),
        ("Tea and cake", "Tea and cake"), ("No", '"No"'), ("null", '"null"'), ("12:30", '"12:30"'), ("", '""'),
        ("a\nb\t\\", '"a\\nb\\t\\\\"'), ("\x85", '"\\u0085"'),
        (["a", 1, ("b c",)], "[a, 1, [b c]]"), ({"a": {"b c": []}, "on": 1}, '{a: {"b c": []}, "on": 1}'),
    ],
)  # fmt: skip
def test_how_values_are_written(value: Any, text: str) -> None:
    assert inline(value) == text


def test_long_texts_and_lists_have_lines_of_their_own() -> None:
    value = {"text": "a\n\nb", "list": ["x", {"y": 1}], "empty": [], "led": " a\nb", "closed": "a\nb\n"}
    assert _block(value) == [
        "key:", "  text: |-", "    a", "", "    b", "  list:", "    - x", "    - {\"y\": 1}", "  empty: []",
        '  led: " a\\nb"', '  closed: "a\\nb\\n"', "",
    ]  # fmt: skip


def test_what_yaml_has_no_text_for_is_refused() -> None:
    with pytest.raises(ValueError, match="a set cannot be written into front matter"):
        inline({1})


def test_keys_that_could_be_something_else_are_quoted() -> None:
    assert [key(name) for name in ("title", "a b", "yes", "1")] == ["title", '"a b"', '"yes"', '"1"']
