"""Where the title stands, in UTF-16 units, whatever it is written in."""

from hypothesis import given
from hypothesis import strategies as st

from crosspost.compose.formats.message_entities import title_span
from crosspost.model import Draft

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def draft(text: str, title: str) -> Draft:
    return Draft(account="a", network="n", text=text, title=title, length=0, limit=0, unit="code-points")


@given(words, words.filter(bool), words)
def test_the_span_cuts_out_the_title(before: str, title: str, after: str) -> None:
    span = title_span(draft(before + title + after, title))
    assert span is not None
    units = (before + title + after).encode("utf-16-le")
    assert units[2 * span.offset : 2 * (span.offset + span.length)].decode("utf-16-le") == title


def test_no_title_no_span() -> None:
    assert title_span(draft("Text", "")) is None
    assert title_span(draft("Text", "Titel")) is None
