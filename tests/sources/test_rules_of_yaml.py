"""What a value in front matter means, what is said of a mistake in it, and how one key of it is changed."""

from datetime import date, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crosspost.sources.plain_yaml import load_plain
from crosspost.sources.strict_yaml import YamlError, load_mapping, plain_scalar
from crosspost.sources.yaml_edit import REMOVE, changed, splice
from crosspost.sources.yaml_text import lines


@pytest.mark.parametrize(
    ("lines", "said", "line"),
    [
        ("a: *b", "a value begins with *, which refers to something that is not there; put", 1),
        ("a: `b`", "the text begins with `, which means something else here; put the text in quotation marks", 1),
        ("x: 1\na: @b", "the text begins with @, which means something else here", 2),
        ("a: - b", "the text begins with -, which means something else here", 1),
        ("a: [b", "the text begins with [, which begins a list here; end the list, or put the text in", 1),
        ("a: {b", "the text begins with {, which begins a list here", 1),
        ('a: "b" c', 'a quotation mark in the middle of a text in quotation marks; write \\" for each inside it', 1),
        ("a: 'b' c", "a quotation mark in the middle of a text in quotation marks; write '' for each inside it", 1),
        (
            'a: "b\\c"',
            "a \\ between double quotation marks means something else; write \\\\ or put the text between",
            1,
        ),
        ('a: "b\nc: d', 'the text in quotation marks does not end; write " at its end', 1),
        ("x: 1\na: 'b\n\nc: d", "the text in quotation marks does not end; write ' at its end", 2),
        ("a: b: c", 'a second ": " in one line; put the text in quotation marks', 1),
        ("a: X: c", 'a second ": " in one line; put the text in quotation marks', 1),
        ("a: b\n  c: d", "the line is indented further than the one above; write it below the beginning of that", 2),
        ("a: b\n\tc: d", "the line begins with a tab; use spaces instead", 2),
        (
            "a:\n  b: c\n d: e",
            "the line does not begin as those above; write it as `key: text`, below the beginning",
            3,
        ),
        ("a: 1\nb", "the line does not begin as those above; write it as `key: text`", 2),
        ("a: 1\n- b", "the line does not begin as those above; write it as `key: text`", 2),
        ("a: 1\na: 2", '"a" is written twice; keep one of them', 2),
    ],
)
def test_a_mistake_in_yaml_is_told_in_plain_words_with_its_line(lines: str, said: str, line: int) -> None:
    with pytest.raises(YamlError) as caught:
        load_mapping(lines, "front matter")
    assert caught.value.reason.removeprefix("the front matter is not valid YAML: ").startswith(said)
    assert caught.value.line == line


PIECES = st.sampled_from(
    [*"ab:-#[]{},'\"*&!|>%@`=? \n", "a: ", "b: ", "\n- ", "\n  ", "2024-01-02", "007", "1.50", "true", "~", "\t", "é",
     "a: [b, c]\n", "title: 'x'\n", "l:\n- a\n- b\n", "m:\n  k: v\n", " # c\n", "12:30", "- a: b"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_is_read_line_by_line_is_what_libyaml_reads(text: str) -> None:
    quick = load_plain(text)
    if quick is not None:
        assert quick == load_mapping(text, "text")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a: X b X \nb: 'x y'\n\n# c\nc: [X, 'y z', 5]\n", {"a": "X b X", "b": "x y", "c": ["X", "y z", 5]}),
        ("a:\n  - X\n  - 'Y'\nb:\n- 1\n", {"a": ["X", "Y"], "b": [1]}), ("a:\n- X  \n- 'Y' \n", {"a": ["X", "Y"]}),
        ("a:\n  k: X\n  l: 2\n", {"a": {"k": "X",
        "l": 2}}),
        ("a: []\nb:\nc: [ ]", {"a": [], "b": None, "c": []}), ("", {}), ("a: ''\nb: \"x\"", {"a": "", "b": "x"}),
        *((text, None) for text in (
            "a: 1\na: 2", "a: \"\\n\"", "a: 'b", "a: b: c", "a: b #c", "a: b:", "a: &x", "a: ''''",
            "a:\n  b: 1\n   c: 2",
            "a:\n- b: 1", "a: 1\n- b", "a: 1\n  b: 2", " a: 1\nb", "a\tb: c", "a:\n  b: 1\n  b: 2", "a: [b: c]",
            "a:\n  b: 1\n  - c",
            "a: [b, , c]", "a: '", " # c",
        )),
    ],
)  # fmt: skip
def test_the_usual_form_is_read_quickly_and_any_other_is_not(text: str, read: dict[str, Any] | None) -> None:
    assert load_plain(text) == read


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5", 5), ("-5", -5), ("0", 0), ("-0", 0), ("007", "007"), ("1_000", "1_000"), ("12:30", "12:30"), ("0x1f",
        "0x1f"),
        ("9" * 18, int("9" * 18)), ("9" * 19, "9" * 19), ("1.5", 1.5), ("1.10", "1.10"), ("1e3", "1e3"), (".5", ".5"),
        ("true", True), ("no", False), ("~", None), ("2024-01-02", date(2024, 1, 2)), ("2024-02-30", "2024-02-30"),
        ("2024-01-02 03:04:05", datetime(2024, 1, 2, 3, 4, 5)),  # noqa: DTZ001  # as YAML gives it
        ("a b", "a b"), ("", None), (".inf",
        ".inf"),
    ],
)  # fmt: skip
def test_what_a_plain_value_means(written: str, value: object) -> None:
    assert plain_scalar(written) == value
    assert type(plain_scalar(written)) is type(value)
    assert load_mapping(f"a: {written}", "text") == {"a": value}


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a: {}\n", "a b", 1, "a: {b: 1}\n"), ("a: { }\n", "a b", 1, "a: { b: 1}\n"), ("a: {x: 1}\n",
        "a b", 1, "a: {x: 1, b: 1}\n"),
        ("a:\n", "a b", 1, "a:\n  b: 1\n"), ("a: ~\n", "a b", 1, "a:\n  b: 1\n"), ("a: null\n",
        "a b", 1, "a:\n  b: 1\n"), ("", "a b", 1, "a:\n  b: 1\n"),
        ("x: 1", "a", 2, "x: 1\na: 2"), ("x: 1\n", "a", 2, "x: 1\na: 2\n"), ("a: {b: 1}\n", "a b", REMOVE, ""),
        ("a: {b: 1, c: 2}\n", "a b", REMOVE, "a: {c: 2}\n"), ("{a: 1, b: 2, c: 3}\n", "a", REMOVE, "{b: 2, c: 3}\n"),
        ("{a: 1, b: 2, c: 3}\n", "b", REMOVE, "{a: 1, c: 3}\n"), ("a: {b: 1, c: 2}\n", "a c", REMOVE, "a: {b: 1}\n"),
        ("a:\n  b: 1\nx: 2\n", "a b", REMOVE, "x: 2\n"), ("a:\n  # c\n  b: 1\nx: 2\n",
        "a b", REMOVE, "a:\n  # c\nx: 2\n"),
        ("a: 'x'  # c\n", "a", "y\nz", 'a: "y\\nz"  # c\n'), ("a: |\n  x\n\nb: 1\n", "a", "u", "a: u\n\nb: 1\n"),
        ("a:\n- x\nb: 1\n", "a", ["u", "z"], "a:\n  - u\n  - z\nb: 1\n"), ("a : 1\n", "a", 2, "a : 2\n"),
        ("x: 1\na: 1", "a", REMOVE, "x: 1\n"), ("l: [1]\na: 1\n", "b", 1, "l: [1]\na: 1\nb: 1\n"),
    ],
)  # fmt: skip
def test_one_key_is_changed_and_nothing_else(before: str, path: str, value: object, after: str) -> None:
    keys = tuple(path.split())
    found = splice(before, keys, value)
    assert found is not None
    text = f"{before[: found.start]}{found.text}{before[found.end :]}"
    assert text == after
    if "#" not in before:
        assert (yaml.safe_load(text) or {}) == changed(yaml.safe_load(before) or {}, keys, value)


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ({"a": {"b": 1}}, "a b", {}), ({"a": {"b": 1, "c": 2}}, "a b", {"a": {"c": 2}}),
        ({"a": {}}, "a b", {"a": {}}),
        ({"a": 5}, "a b", {"a": 5}), ({}, "a b", {}), ({"a": 1, "b": 2}, "a", {"b": 2}),
        ({"a": None}, "a b", {"a": None}),
    ],
)  # fmt: skip
def test_what_is_empty_without_a_key_goes_with_it(before: dict[str, Any], path: str, after: dict[str, Any]) -> None:
    assert changed(before, tuple(path.split()), REMOVE) == after


@pytest.mark.parametrize(
    ("text", "said"),
    [("a: *b\nb: &b 1", ""), ("b: &b 1\na: *b", '"a" is written in a way'),
    ("a: &b 1", '"a" uses a reference or a tag'),
     ("a: !x 1", '"a" uses a reference or a tag'), ("x: 1\n? a\n", '"a" is written in a way')],
)  # fmt: skip
def test_a_key_that_cannot_be_changed_is_named_with_its_line(text: str, said: str) -> None:
    with pytest.raises((YamlError, yaml.YAMLError)) as caught:
        splice(text, ("a",), 5)
    if said:
        assert str(caught.value).startswith(said)
        assert getattr(caught.value, "line", 0) == text[: text.index("a")].count("\n") + 1


def test_a_text_of_several_lines_stays_one_with_a_wide_space_at_its_end() -> None:
    assert list(lines("a\nb\u3000", 2)) == [" |-", "  a", "  b\u3000"]
    assert list(lines("a\nb ", 2)) == [' "a\\nb "']
