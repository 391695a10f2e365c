"""Missing data is never absence."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.errors import Unknown
from crosspost.networks.post_search import (
    PAGES,
    Page,
    moment,
    plain,
    rows,
    same_words,
    says_link,
    search,
    text,
    without_links,
)

SINCE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NEW, OLD = SINCE + timedelta(minutes=1), SINCE - timedelta(minutes=1)

Row = tuple[datetime | None, bool | None]


def seen(pages: list[Page]) -> Any:
    return search("account: Network", pages, at=lambda row: row[0], same=lambda row: row[1], since=SINCE)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], None),
        ([(NEW, False), (OLD, True)], None),
        ([(NEW, False), (NEW, True)], 1),
        ([(NEW, None), (None, True), (NEW, True)], 2),
        ([(OLD, None)], None),
        ([(SINCE, True)], 0),
    ],
)
def test_the_given_data_decides(rows: list[Row], found: int | None) -> None:
    assert seen([Page(rows)]) is (None if found is None else rows[found])


@pytest.mark.parametrize(
    ("rows", "why"),
    [([(NEW, None)], "without its text"), ([(None, True)], "without its time"), ([(None, None)], "without its text")],
)
def test_missing_data_is_doubt(rows: list[Row], why: str) -> None:
    with pytest.raises(Unknown, match=why):
        seen([Page(rows)])


def test_a_list_is_followed_until_it_is_old_enough() -> None:
    assert seen([Page([(NEW, False)], more=True), Page([], more=True), Page([(NEW, True)])]) == (NEW, True)
    assert seen([Page([(NEW, False), (OLD, True)], more=True)]) is None
    # what was made in that very second is new enough, and more of that second may be behind it
    assert seen([Page([(SINCE, False)], more=True), Page([(SINCE, True)])]) == (SINCE, True)
    for cut in ([Page([(NEW, False)], more=True)], [Page([(NEW, False)], more=True)] * (PAGES + 1), []):
        with pytest.raises(Unknown, match="more posts"):
            seen(cut)


def test_no_page_is_asked_for_in_vain() -> None:
    asked = []

    def pages() -> Iterator[Page]:
        for number in range(9):
            asked.append(number)
            yield Page([(NEW if number < 2 else OLD, False)], more=True)

    assert search("n", pages(), at=lambda row: row[0], same=lambda row: row[1], since=SINCE) is None
    assert asked == [0, 1, 2]


def test_an_endless_list_is_read_for_some_pages_only() -> None:
    asked = []

    def pages() -> Iterator[Page]:
        for number in range(3 * PAGES):
            asked.append(number)
            yield Page([(NEW, False)], more=True)

    with pytest.raises(Unknown, match="more posts"):
        search("n", pages(), at=lambda row: row[0], same=lambda row: row[1], since=SINCE)
    assert asked == list(range(PAGES))


@given(st.lists(st.tuples(st.sampled_from([NEW, OLD, None]), st.sampled_from([True, False, None]))), st.data())
def test_leaving_something_out_never_makes_a_post_vanish(rows: list[Row], data: st.DataObject) -> None:
    rows = [*rows, (NEW, True)]
    at = data.draw(st.integers(0, len(rows) - 1))
    when, same = rows[at]
    rows[at] = data.draw(st.sampled_from([(None, same), (when, None), (None, None)]))
    with contextlib.suppress(Unknown):
        assert seen([Page(rows)]) is not None


@given(st.text())
def test_times_and_texts_of_any_kind_are_read(told: str) -> None:
    assert moment(told) is None or moment(told).tzinfo is not None  # type: ignore[union-attr]  # asked before
    assert isinstance(plain(told), str)
    assert same_words(told, told)


def test_times_as_networks_write_them() -> None:
    for told in (
        "2026-11-22T12:00:00.000Z",
        "2026-11-22T12:00:00+0000",
        "2026-11-22T13:00:00+01:00",
        "2026-11-22T12:00",
    ):
        read = moment(told)
        assert read is not None
        assert (read, read.utcoffset()) == (SINCE, timedelta())
    assert moment(SINCE) == SINCE
    assert [moment(told) for told in (None, "", "yesterday", 17, {})] == [None] * 5


def test_the_text_in_a_page() -> None:
    page = (
        '<p>Grüße &amp; „Regen“<br />zwei</p><p><a href="https://a.example/x"><span>https://</span>a.example/x</a></p>'
    )
    assert plain(page).split() == ["Grüße", "&", "„Regen“", "zwei", "https://a.example/x"]


def test_a_break_in_a_page_parts_two_words_and_another_tag_does_not() -> None:
    for tag in ("<br>", "<br/>", "</p><p>", "<div>", "</li><li>", "<h2>"):
        assert plain(f"one{tag}two").split() == ["one", "two"], tag
    assert plain("o<b>n</b>e&lt;b&gt;") == "one<b>"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Grüße aus dem Tal!", "grüße – aus dem „Tal“", True),
        ("one two", "one", False),
        ("one two", "two one", False),
        ("one two", "onetwo", False),
        ("", "", True),
        # without any words, the signs are what there is to compare
        ("🌱 🌱", "🌱  🌱", True),
        ("🌱", "🌧", False),
        ("🌱", "", False),
    ],
)
def test_two_texts_are_the_same_when_their_words_are(one: str, other: str, same: bool) -> None:
    assert same_words(one, other) is same
    assert same_words(other, one) is same


def test_a_text_without_its_links_keeps_all_other_words() -> None:
    assert without_links("see https://e.org/a?b=c, or http://e.org now") == ["see", "or", "now"]
    assert without_links("https is a word") == ["https", "is", "a", "word"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("see https://e.org/a", True),
        ("https://e.org/a\nmore", True),
        ("(https://e.org/a). And", True),
        ("»https://e.org/a«, he said", True),
        ("https://e.org/a/", True),
        ("https://e.org/a。続き", True),
        ('"https://e.org/a"x <https://e.org/a>x', True),
        ("https://e.org/a-2 and https://e.org/a", True),
        ("https://e.org/a-2", None),
        ("https://e.org/abc", None),
        ("https://e.org/a/b", None),
        ("https://e.org/a.html", None),
        ("https://e.org/a?page=2", None),
        ("https://e.org/", False),
        ("nothing", False),
    ],
)
def test_an_address_that_only_begins_like_ours_is_not_taken_for_it(words: str, says: bool | None) -> None:
    assert says_link(words, "https://e.org/a") is says
    assert says_link(words, "") is False


def test_only_a_string_is_a_text() -> None:
    assert [text(value) for value in ("a", "", None, 1, ["a"])] == ["a", "", None, None, None]


def test_a_list_that_is_missing_is_named_and_proves_nothing() -> None:
    assert rows({"data": [1]}, "data") == [1]
    assert rows({"data": []}, "data") == []
    answers: list[Any] = [{}, {"data": None}, {"data": {}}, {"data": "x"}, None, [1]]
    for answer in answers:
        with pytest.raises(ValueError, match="no list “data”"):
            rows(answer, "data")
