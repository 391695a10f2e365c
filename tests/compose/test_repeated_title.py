"""A title and a description that begins with it: the headline stays, and nothing is said twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.compose.repeated_title import letters, without_repetition, without_title

GROWN = "Oats are grown here since 1990, and they feed us."


@pytest.mark.parametrize(
    ("title", "description", "said"),
    [
        ("Oats", GROWN, ("Oats", GROWN)),
        ("Who we are", "Who we are, what we do and why.", ("Who we are", "Who we are, what we do and why.")),
        ("Oats", "Oats!", ("Oats", "")),
        ("Our First Meeting", "our first meeting.", ("Our First Meeting", "")),
        ("It's open", "It’s open. Come on Friday.", ("It's open", "Come on Friday.")),
        ("We have moved.", "We have moved. The new app: Mill Lane.", ("We have moved.", "The new app: Mill Lane.")),
        ("Are you coming?", "Are you coming? We are.", ("Are you coming?", "We are.")),
        ("Oats", "Oats: Everything about them.", ("Oats", "Everything about them.")),
        ("Oats", "Oats – 12 recipes.", ("Oats", "12 recipes.")),
        ("Oats", "Oats: everything about them.", ("Oats", "Oats: everything about them.")),
        ("Oats", "Oats - the grain", ("Oats", "Oats - the grain")),
        ("We went to the sea and…", "We went to the sea and swam.", ("", "We went to the sea and swam.")),
        ("We went [...]", "We went home.", ("", "We went home.")),
        ("And so…", "Something else.", ("And so…", "Something else.")),
        ("Wind", "Windkraft. Für alle.", ("Wind", "Windkraft. Für alle.")),
        ("C", "C++ is fast.", ("C", "C++ is fast.")),
        ("🎉", "🌱", ("🎉", "🌱")),
        ("🎉", "🎉", ("🎉", "")),
        ("会议", "会议。我们在东京开会。", ("会议", "我们在东京开会。")),
        ("", "Text", ("", "Text")),
        ("Title", "", ("Title", "")),
    ],
)  # fmt: skip
def test_title_and_description(title: str, description: str, said: tuple[str, str]) -> None:
    assert without_repetition(title, description) == said


@given(st.text(), st.text())
def test_a_title_that_is_no_cut_sentence_stays(title: str, more: str) -> None:
    kept, rest = without_repetition(title, title + more)
    assert kept == title or title.endswith(("…", "...", "[…]", "[...]"))
    assert letters(title + more).endswith(letters(rest))
    assert letters(title + more) in (letters(kept) + letters(rest), letters(rest)) or rest == ""


@given(st.text(), st.text())
def test_any_text_is_taken(title: str, text: str) -> None:
    once = without_title(title, text)
    assert text.strip().endswith(once.strip())
