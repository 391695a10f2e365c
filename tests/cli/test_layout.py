"""Lines on a terminal are broken between words only, whatever is written; in a pipe never."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.app.times import in_words
from crosspost.cli.layout import beside, cells, cut, fitted, table, wrapped

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"], include_characters=" "), max_size=200)
LINK = "https://www.linkedin.com/feed/update/urn:li:share:118000000000000058/"


@given(TEXT, st.integers(20, 100))
def test_no_word_is_lost_or_broken(text: str, width: int) -> None:
    words = text.replace(" ", " ").split(" ")
    joined = "".join("".join(line.split(" ")) for line in wrapped(text, width))
    assert joined == "".join(words)
    for line in wrapped(text, width):
        assert cells(line) <= width or max(map(cells, line.split(" "))) > width - 4


@given(st.lists(st.sampled_from(["ein", "langes", LINK, "`crosspost settle 12 --sent URL`", "a/b c.md", "日本語"])))
def test_links_names_and_commands_stay_whole(words: list[str]) -> None:
    lines = wrapped(" ".join(words), 100, first="  failed  x  ", rest="    ")
    for word in words:
        assert any(word in line for line in lines) or (" " in word.strip("`") and not word.startswith("`"))
    assert all(cells(line) <= 100 for line in lines)


def test_languages_without_blanks_are_broken_between_their_characters() -> None:
    lines = wrapped("端末で二倍の幅を取りますから、" * 8, 40)
    assert all(36 <= cells(line) <= 40 for line in lines[:-1])
    assert not any(line.startswith("、") for line in lines)
    assert wrapped("画像/" + "長" * 60 + ".jpg", 40) == ["画像/" + "長" * 60 + ".jpg"], "a file name stays whole"


def test_a_pipe_has_one_line_for_each() -> None:
    assert wrapped("wort " * 100, 0, first="a ", rest="b ") == ["a " + ("wort " * 100).rstrip()]
    assert beside("sent  x  ", [LINK, "note"], 0) == [f"sent  x  {LINK}  note"]


def test_what_does_not_fit_beside_stands_below() -> None:
    assert beside("  sent      linkedin    ", [LINK], 80) == ["  sent      linkedin", f"      {LINK}"]
    assert beside("  sent      linkedin    ", [LINK], 100) == [f"  sent      linkedin    {LINK}"]
    long = "https://example.org/" + "a" * 90
    assert beside("  sent  x  ", [long], 80) == ["  sent  x", f"  {long}"]


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("Grüße – „…“", 11),
        ("日本", 4),
        ("e\u0301", 1),
        ("👩🏽‍🚀", 2),
        ("\x1b[32msent\x1b[0m", 4),
        ("✔️", 2),
        ("שלום", 4),
    ],
)
def test_cells_of_a_terminal(text: str, wide: int) -> None:
    assert cells(text) == wide


@given(TEXT, st.integers(1, 50))
def test_what_passes_by_has_one_line(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= width
    assert cut(text, cells(text)) == text


@given(st.text(alphabet="ab \n日", max_size=300), st.integers(20, 60))
def test_whatever_is_written_is_broken_between_words(text: str, width: int) -> None:
    assert unicodedata.normalize("NFC", "".join(fitted(text, width).split())) == "".join(text.split())
    assert fitted(text, 0) == text


NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=-12), "12 minutes ago"),
        (timedelta(hours=3), "today 16:00 (in 3 hours)"),
        (timedelta(hours=-3), "today 10:00"),
        (timedelta(hours=28), "tomorrow 17:00"),
        (timedelta(hours=-14), "yesterday 23:00"),
        (timedelta(hours=11, minutes=30), "tomorrow 00:30"),
        (timedelta(days=4), "Sunday 13:00"),
        (timedelta(days=-4), "2026-11-21 13:00"),
        (timedelta(days=40), "2027-01-04 13:00"),
        (timedelta(days=150), "2027-04-24 14:00"),
    ],
)
def test_moments_in_words_and_in_the_sites_zone(later: timedelta, words: str) -> None:
    assert in_words(NOW + later, NOW, BERLIN) == words


@given(
    st.integers(-(10**8), 10**8).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours))),
)
def test_the_same_moment_has_the_same_words_in_whatever_zone_it_is_given(moment: datetime, zone: timezone) -> None:
    assert in_words(moment.astimezone(zone), NOW, BERLIN) == in_words(moment, NOW, BERLIN)


ROWS = [("account", "token", "who"), ("mastodon-valley", "config/secrets.env", "@valley"), ("x", "needs none", "")]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (80, ["mastodon-valley  config/secrets.env  @valley"]),
        (40, ["mastodon-valley  config/secrets.env", "      @valley"]),
        (30, ["mastodon-valley", "      config/secrets.env", "      @valley"]),
    ],
)
def test_a_table_keeps_its_columns_or_has_each_row_below_its_name(
    width: int, shown: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("crosspost.cli.layout.columns", lambda: width)
    table(ROWS)
    lines = capsys.readouterr().out.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("mastodon"))
    assert lines[begin : begin + len(shown)] == shown
    assert all(cells(line) <= width for line in lines)
