"""The quick way through front matter gives what libyaml gives, or nothing."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crosspost.sources.plain_yaml import load_plain
from crosspost.sources.strict_yaml import YamlError, load_mapping

USUAL = """title: Grüße aus dem Tal
# a comment
date: 2024-03-05 10:00:00 +0100
layout: post

description: "Zwölf Leute: ein Beet # und Regen"
permalink: /a/b.html
tags: [Garten, Erneuerbare Energien, 2024, yes, '007']
categories:
  - Neues
  - 'Tal: unten'
image:
  path: /images/a.jpg
  alt: Ein Beet - im Regen
empty:
"""
VALUES = [
    "Text", "a b", "a: b", "a:", "a :b", "a #b", "a#b", "# c", "#c", "", " ", "~", "null", "Null", "yes", "No",
    "TRUE", "off", "y", "12", "-12", "+12", "007", "1_000", "12:30", "0x1f", "0b1", "1.5", "1.10", "1e3", ".5",
    ".inf", ".nan", "1.", "2024-03-05", "2024-02-30", "2024-03-05 10:00", "2024-03-05T10:00:00Z",
    "2024-3-5 1:00:00 +0100", "'a'", "'a''b'", '"a"', '"a\\n"', '"a" b', "'a' # c", "'", '"', "''", '""',
    "'a: b'", "[]", "[a]", "[a, b c]", "[a,b]", "[a, ]", "[a b", "[1, yes, 2024-03-05]", "[a: b]", "[a:b]",
    "['a', \"b\"]", '["a, b"]', '["a", b"]', "[a # b]", "[[a]]", "[-a]", "[a -b]", "[ä ö]", "{a: b}", "{}",
    "- a", "-", "-a", "?a", "? a", "| ", "|", ">", "&a b", "*a", "!a b", "%a", "@a", "`a", "=", "<<", "<a>",
    "a\tb", "a\u00a0b", "a\u2028b", "a\x85b", "a\ufeffb", "a\x07b", "👩‍👩‍👧", "a,b", "a]b", "a}b", "...",
    "--- a", "a\\b", "a'b", 'a"b',
]  # fmt: skip
LINES = [
    "- a", "- ", "-", "-a", "- - a", "- a: b", "- a:", "# c", "text", "a: b", "b: 'x'", "", "  ", "<<: {a: b}",
    "a : b", "é: b", "? a", "1: b", "a:b", "- 'x: y'", "- [a, b]", "- \"a", "a-b_c: d", "yes: no", "---", "...",
]  # fmt: skip
value = st.sampled_from(VALUES) | st.text(st.sampled_from("aä1 :#-[]{},'\"&*!|>%@`~?.\\=<\t_/+"), max_size=8)
name = st.sampled_from(["a", "b", "tags", "x-y", "_z", "null", "1a", "a b", ""])
pair = st.builds(lambda name, gap, value: f"{name}:{gap}{value}", name, st.sampled_from([" ", " ", "  ", ""]), value)
line = st.builds(lambda indent, text: f"{indent}{text}", st.sampled_from(["", "", "", " ", "  ", "    "]),
                 pair | st.sampled_from(LINES) | value.map(lambda text: f"- {text}"))  # fmt: skip


def strictly(text: str) -> Any:
    try:
        return load_mapping(text, "text")
    except YamlError as error:
        return error


def alike(text: str) -> bool:
    """Whether the quick way was taken; it must not give anything else."""
    quick = load_plain(text)
    if quick is None:
        return False
    slow = strictly(text)
    assert repr(quick) == repr(slow), text  # repr: nan, and True beside 1
    return True


def test_the_usual_form_is_read_quickly() -> None:
    assert alike(USUAL)
    assert alike("")
    assert alike("title: a")


@pytest.mark.parametrize("text", VALUES)
@pytest.mark.parametrize("before", ["a: ", "a:\n  - ", "a:\n- ", "a:\n  b: ", "a:", "", "a: b\n  ", "a:\n  - b\n  "])
def test_every_value_at_every_place(before: str, text: str) -> None:
    alike(before + text)
    alike(f"{before}{text}\nz: y\n")


@pytest.mark.long
@settings(max_examples=3000, deadline=None)
@given(st.lists(line, max_size=6).map("\n".join))
@example("a:\n  - b\n c: d")
@example("a:\n\n  # c\n  - b\n")
@example("a: b\na: c")
def test_made_up_texts(text: str) -> None:
    alike(text)
