"""Small choices of composing, each in a table: parameters of an address, places to stop, names, couples of emoji."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import wraps
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS

from crosspost.compose.breaks import Level, level
from crosspost.compose.emoji_sequences import sequences
from crosspost.compose.fit import shorten
from crosspost.compose.formats.mail import as_mail
from crosspost.compose.mentions import _pattern
from crosspost.compose.post_link import tagged
from crosspost.compose.template_bounds import _bounded
from crosspost.model import Draft, Post

URL = "https://tal.example/a"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://e.org/", "https://e.org/?utm=m&b=%C3%A4+"),
        ("https://e.org/?a=1", "https://e.org/?a=1&utm=m&b=%C3%A4+"),
        ("https://e.org/?utm=own", "https://e.org/?utm=own&b=%C3%A4+"),
        ("https://e.org/?a=1&utm=own&b=", "https://e.org/?a=1&utm=own&b="),
        ("https://e.org/?utm2=1#utm=2", "https://e.org/?utm2=1&utm=m&b=%C3%A4+#utm=2"),
        ("http://[x", "http://[x"),
        ("", ""),
    ],
)
def test_what_an_address_says_already_stays(url: str, found: str) -> None:
    assert tagged(url, {"utm": "m", "b": "ä "}).replace("%20", "+") == found
    assert tagged(url, {}) == url


@given(st.text("ab. ,\n(„“", max_size=60), st.integers(0, 40), st.integers(0, 7))
def test_whatever_fits_what_is_cut_does_or_there_is_nothing(text: str, room: int, odd: int) -> None:
    def fits(cut: str) -> bool:  # no order in it: a longer one may fit where a shorter one does not
        return len(cut) <= room and len(cut) % 8 != odd

    found = shorten(text, fits, room)
    assert found == "" or fits(found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("eins|\n\nzwei", Level.SENTENCE), ("eins|\nzwei", Level.CLAUSE), ("eins,| zwei", Level.CLAUSE),
        ("eins.| Zwei", Level.SENTENCE), ("eins| zwei", Level.WORD), ("eins –| zwei", Level.CLAUSE),
    ],
)  # fmt: skip
def test_how_good_a_place_to_stop_is(text: str, wanted: Level) -> None:
    before, after = text.split("|")
    assert level(before + after, len(before)) is wanted


def test_a_name_with_an_at_is_the_same_in_any_letters_and_a_plain_one_is_not() -> None:
    pattern = _pattern({"Ada": "@ada@m.example", "@grace": "@grace@m.example", "Ada Lovelace": "x"})
    assert pattern is not None
    assert pattern.findall("Ada, ADA, @GRACE, @grace, Ada Lovelace.") == ["Ada", "@GRACE", "@grace", "Ada Lovelace"]
    assert pattern.findall("Adam @graceful a@grace /Ada Ada.example Ada@x") == []
    assert _pattern({}) is None


def couples() -> Iterator[str]:
    """Two people, with and without a kiss, with and without a colour of their skin."""
    for left, right in ("👨👨", "👩👨", "👩👩"):
        for between in ("❤\ufe0f\u200d", "❤\ufe0f\u200d💋\u200d"):
            for one, other in (("", ""), ("🏻", "🏻"), ("🏻", "🏿")):
                yield f"{left}{one}\u200d{between}{right}{other}"


@pytest.mark.parametrize("couple", list(couples()))
def test_a_couple_is_one_emoji(couple: str) -> None:
    assert sequences().fullmatch(couple)


@pytest.mark.parametrize(
    ("name", "fits", "huge"),
    [
        ("replace", ("a" * 10, "a", "b" * 10_000), ("a" * 10_000, "a", "b" * 10_000)),
        ("replace", (123_456_789, "a", "b"), (1, "", "b" * 999_999)),
        ("join", (["a"] * 50, "b" * 10_000), (["a"] * 200, "b" * 10_000)),
        ("indent", ("a\n" * 50, "b" * 10_000), ("a\n" * 200, "b" * 10_000)),
    ],
)
def test_a_filter_is_stopped_before_it_makes_something_huge(
    name: str, fits: tuple[object, ...], huge: tuple[object, ...]
) -> None:
    ran: list[object] = []

    @wraps(FILTERS[name])
    def filtered(*given: object) -> str:
        ran.append(given[-len(fits)])  # Jinja hands some of its own to the filter before the value
        return "made"

    guarded = _bounded(name, filtered)
    before = [None] * hasattr(FILTERS[name], "jinja_pass_arg")
    assert guarded(*before, *fits) == "made"
    with pytest.raises(SecurityError, match="more than a text can need"):
        guarded(*before, *huge)
    assert ran == [fits[0]]


def test_a_filter_that_is_given_a_great_number_is_named() -> None:
    with pytest.raises(SecurityError, match="“replace” with 123456789"):
        _bounded("replace", FILTERS["replace"])(None, "a", "a", "b", 123_456_789)


@pytest.mark.parametrize(
    ("content", "own", "headed"), [("full", False, True), ("teaser", False, True), ("teaser", True, False)]
)
def test_only_what_the_author_wrote_for_it_has_no_heading(
    content: Literal["teaser", "full"], own: bool, headed: bool
) -> None:
    post = Post(
        id="a", path="a.md", url=URL, title="Beet", body="Zwölf Leute.", date=datetime(2026, 11, 20, tzinfo=UTC)
    )
    text = f"Beet\n\nZwölf Leute.\n\n{URL}"
    draft = Draft(account="n", network="n", text=text, length=len(text), limit=0, unit="x", link=URL, language="de")
    html = as_mail(draft, post, content=content, own=own, framed=False).options["html"]
    assert ("<h1" in html) is headed
    assert (html.count("Beet"), html.count("Zwölf Leute."), "Auf der Website lesen" in html) == (1, 1, True)
