"""What each piece of a Hugo permalink means; whole sites are in test_hugo and test_hugo_conformance.

Source: https://gohugo.io/content-management/urls/ and builds of Hugo 0.111.3 and 0.168.0.
"""

import calendar
from datetime import UTC, datetime
from typing import Any

import pytest

from crosspost.sources.hugo.permalinks import AddressError, Page, escaped, filled, finished, sanitized


def url(pattern: str, **more: Any) -> str:
    known: dict[str, Any] = {
        "title": "A Title",
        "slug": "",
        "base": "the file",
        "sections": ("posts", "Deep", "er"),
        "date": datetime(2024, 3, 5, 17, 8, 9, tzinfo=UTC),
    }
    return filled(pattern, Page(**known | more))


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("/:year/:month/:monthname/:day/", "/2024/03/march/05/"),
        ("/:weekday/:weekdayname/:yearday/", "/2/tuesday/65/"),
        ("/:section/:sections/:title/", "/posts/posts/deep/er/a-title/"),
        ("/:filename/:contentbasename/:slug/", "/the-file/the-file/a-title/"),
        ("/:slugorfilename/:slugorcontentbasename/", "/the-file/the-file/"),
        ("/:2006/:06/:01/:02/:15/:04/:05/:03/:002/", "/2024/24/03/05/17/08/09/05/065/"),
        (":year//:month", "2024/03"),
    ],
)
def test_a_pattern_is_filled(pattern: str, found: str) -> None:
    assert url(pattern) == found


def test_a_slug_comes_before_title_and_file_name() -> None:
    names = "/:slug/:slugorfilename/:slugorcontentbasename/:title/:filename/"
    assert url(names, slug="Own One") == "/own-one/own-one/own-one/a-title/the-file/"


def test_names_of_months_and_days_are_english_and_sunday_is_0() -> None:
    for month in range(1, 13):
        assert url("/:monthname", date=datetime(2024, month, 1, tzinfo=UTC)) == f"/{calendar.month_name[month].lower()}"
    for day in range(3, 10):  # the third of March 2024 was a Sunday
        number = (day - 3) % 7
        name = calendar.day_name[number - 1].lower()
        assert url("/:weekday/:weekdayname", date=datetime(2024, 3, day, tzinfo=UTC)) == f"/{number}/{name}"


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("[0]", "posts"), ("[first]", "posts"), ("[1]", "deep"), ("[last]", "er"), ("[9]", ""),
        ("[1:]", "deep/er"), ("[:1]", "posts"), ("[:last]", "posts/deep"), ("[1:last]", "deep"), ("[last:]", "er"),
        ("[first:2]", "posts/deep"), ("[:]", "posts/deep/er"), ("[:9]", "posts/deep/er"), ("[9:]", ""),
        ("[LAST]", "er"),
    ],
)  # fmt: skip
def test_some_of_the_sections(part: str, found: str) -> None:
    assert url(f"/x-:sections{part}-x") == f"/x-{found}-x"


def test_a_page_without_sections_has_none_to_show() -> None:
    for part in ("", "[0]", "[last]", "[1:]", "[:last]"):
        assert url(f"/x-:sections{part}-x", sections=()) == "/x--x"
    assert url("/x:section/", sections=()) == "/x/"


def test_the_last_of_one_section_was_nothing_before_0_123() -> None:
    assert url("/x:sections[last]", sections=("a",), old=True) == "/x"
    assert url("/x:sections[last]", sections=("a", "b"), old=True) == "/xb"
    assert url("/x:sections[0]", sections=("a",), old=True) == "/xa"
    assert url("/x:sections[last]", sections=("a",)) == "/xa"


@pytest.mark.parametrize("part", ["[x]", "[1:2:3]"])
def test_a_slice_that_hugo_does_not_read_is_refused(part: str) -> None:
    with pytest.raises(AddressError):
        url(f"/:sections{part}/")


@pytest.mark.parametrize(
    ("pattern", "old", "name"),
    [
        ("/:titel/", False, ":titel"), ("/:Year/", False, ":Year"), ("/a/:PMx/", False, ":PMx"),
        ("/:contentbasename/", True, ":contentbasename"), ("/:slugorcontentbasename/", True, ":slugorcontentbasename"),
    ],
)  # fmt: skip
def test_a_name_that_this_hugo_does_not_know_is_refused_by_name(pattern: str, old: bool, name: str) -> None:
    with pytest.raises(AddressError, match=f"{pattern!r} has {name}, which Hugo does not have"):
        url(pattern, old=old)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Grüße aus 日本", "grüße-aus-日本"),
        ("a - b -- c", "a-b--c"),
        ("  a  ", "a"),
        ("a/b\\c.d_e#f+g~h", "a/b\\c.d_e#f+g~h"),
        ("a@b", "a@b"),
        ("50 % off!", "50-off"),
        ("x²½", "x"),  # a number, but not a digit
        ("a\tb\u00a0c", "a-b-c"),
        ("!?", ""),
        ("", ""),
    ],
)
def test_names_as_hugo_writes_them(text: str, found: str) -> None:
    assert sanitized(text, lower=True) == found


def test_case_and_accents_can_be_kept_or_dropped() -> None:
    assert sanitized("Größe Ça", lower=False) == "Größe-Ça"
    assert sanitized("Größe Ça", lower=False, accents=False) == "Große-Ca"
    assert url("/:title/", title="Größe Ça", lower=False, accents=False) == "/Große-Ca/"
    assert url("/:title/", title="Größe Ça") == "/größe-ça/"


@pytest.mark.parametrize(
    ("path", "plain", "ugly"),
    [("/a/b", "/a/b/", "/a/b.html"), ("a/b/", "/a/b/", "/a/b.html"), ("//a//", "/a/", "/a.html"), ("/", "/", "/")],
)
def test_the_end_of_an_address(path: str, plain: str, ugly: str) -> None:
    assert (finished(path, ugly=False), finished(path, ugly=True)) == (plain, ugly)


def test_an_address_is_escaped_but_for_what_may_stand_in_it() -> None:
    assert escaped("/ü b/-_.~$&+,:;=@!'()*?#") == "/%C3%BC%20b/-_.~$&+,:;=@%21%27%28%29%2A%3F%23"
    assert escaped("/a/-_.~$&+,:;=@!'()*[]%20") == "/a/-_.~$&+,:;=@!'()*[]%20"
    assert escaped("/a#b?", old=True) == "/a#b%3F"
