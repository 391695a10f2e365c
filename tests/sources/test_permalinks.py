"""What a permalink template and a date in words mean, each piece by itself; whole sites are in test_jekyll_conformance.

Source: https://jekyllrb.com/docs/permalinks/ and Ruby's ``Time.parse``.
"""

import calendar
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crosspost.sources import dates, permalink
from crosspost.sources.same_address import may_share

BERLIN = ZoneInfo("Europe/Berlin")


def url(template: str, *, jekyll4: bool = True, **more: Any) -> str:
    known = {
        "slug": "Own Slug_1.2",
        "basename": "2024-03-05-Own Slug_1.2",
        "path": "sub/2024-03-05-Own Slug_1.2",
        "collection": "posts",
        "categories": ["Öl & Gas", "tal", "Tal"],
        "output_ext": ".html",
        "date": datetime(2024, 3, 5, 7, 8, 9, tzinfo=UTC),
    }
    return permalink.url_for(template, permalink.Facts(**known | more, jekyll4=jekyll4))


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("/:year/:short_year/:month/:i_month/:short_month/:long_month/", "/2024/24/03/3/Mar/March/"),
        ("/:day/:i_day/:y_day/:week/:w_year/:w_day/:short_day/:long_day/", "/05/5/065/10/2024/2/Tue/Tuesday/"),
        ("/:hour/:minute/:second", "/07/08/09"),
        ("/:title/:slug/:name", "/Own-Slug_1.2/own-slug-1-2/2024-03-05-own-slug-1-2"),
        ("/:collection/:path:output_ext", "/posts/sub/2024-03-05-Own%20Slug_1.2.html"),
        ("/:categories/:slugified_categories/", "/%C3%B6l%20&%20gas/tal/%C3%B6l-gas/tal/"),
        # an underscore right behind a placeholder belongs to the text, where no placeholder has it in its name
        ("/:title_:year", "/Own-Slug_1.2_2024"),
        ("/:year_:month_:day_/", "/2024_03_05_/"),
        ("/:short_year_", "/24_"),
        (":year//:month/./..x", "/2024/03/x"),
    ],
)
def test_a_template_is_filled(template: str, found: str) -> None:
    assert url(template) == found


@pytest.mark.parametrize("name", ["title__", "year__", "titel", "day_x", "_", "w_year"])
def test_a_placeholder_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(permalink.PermalinkError, match=f":{name}, which"):
        url(f"/x/:{name}", jekyll4=False)


def test_every_month_and_day_has_its_english_name() -> None:
    for month in range(1, 13):
        names = f"/{calendar.month_abbr[month]}/{calendar.month_name[month]}"
        assert url("/:short_month/:long_month", date=datetime(2024, month, 1, tzinfo=UTC)) == names
    for day in range(1, 8):
        names = f"/{calendar.day_abbr[day - 1]}/{calendar.day_name[day - 1]}"
        assert url("/:short_day/:long_day", date=datetime(2024, 1, day, tzinfo=UTC)) == names


def test_the_first_days_of_january_may_belong_to_the_week_of_the_year_before() -> None:
    assert url("/:w_year/:week/:year/:y_day", date=datetime(2023, 1, 1, tzinfo=UTC)) == "/2022/52/2023/001"


@pytest.mark.parametrize(
    ("text", "title", "slug"),
    [
        ("Grüße aus der Straße", "Gr%C3%BC%C3%9Fe-aus-der-Stra%C3%9Fe", "gr%C3%BC%C3%9Fe-aus-der-stra%C3%9Fe"),
        ("日本 語", "%E6%97%A5%E6%9C%AC-%E8%AA%9E", "%E6%97%A5%E6%9C%AC-%E8%AA%9E"),
        ("한국어", "%ED%95%9C%EA%B5%AD%EC%96%B4", "%ED%95%9C%EA%B5%AD%EC%96%B4"),
        ("-A--b-", "A-b", "a-b"),
        ("a+b&c=(d),e", "a+b&c=(d),e", "a-b-c-d-e"),
        ("Ü -- b", "%C3%9C-b", "%C3%BC-b"),
        ("Ü+b", "%C3%9C+b", "%C3%BC-b"),
        ("100% 🌱", "100", "100"),
    ],
)
@pytest.mark.parametrize("jekyll4", [False, True])
def test_slugs(text: str, title: str, slug: str, jekyll4: bool) -> None:
    assert url("/:title/:slug", slug=text, jekyll4=jekyll4) == f"/{title}/{slug}"


def test_a_mark_on_a_letter_stays_in_jekyll_4_and_was_a_dash_before() -> None:
    acute = "Cafe\u0301 x"  # written as two characters, the second of which is not alphabetic
    assert url("/:title/:slug", slug=acute, jekyll4=True) == "/Cafe%CC%81-x/cafe%CC%81-x"
    assert url("/:title/:slug", slug=acute, jekyll4=False) == "/Cafe-x/cafe-x"


@pytest.mark.parametrize(
    ("style", "jekyll4", "template"),
    [
        ("pretty", False, "/:categories/:year/:month/:day/:title/"),
        ("date", False, "/:categories/:year/:month/:day/:title:output_ext"),
        ("ordinal", True, "/:categories/:year/:y_day/:title:output_ext"),
        ("none", True, "/:categories/:title:output_ext"),
        ("weekdate", True, "/:categories/:year/W:week/:short_day/:title:output_ext"),
        ("weekdate", False, "weekdate"),  # that Jekyll takes the word for a template
        ("/:title/", True, "/:title/"),
    ],
)
def test_styles(style: str, jekyll4: bool, template: str) -> None:
    assert permalink.template_for(style, jekyll4=jekyll4) == template


@pytest.mark.parametrize(
    ("site", "base", "path", "found"),
    [
        ("https://E.org", "", "/a/", "https://e.org/a/"),
        ("https://E.org/Sub", "", "/a/", "https://e.org/Sub/a/"),
        ("https://GRÜN..Org:8080", "", "/a/", "https://grün..org:8080/a/"),
        ("https://e.org:8080/x", "sub/", "/a", "https://e.org:8080/x/sub/a"),
        ("https://e.org/", "/sub", "/a", "https://e.org//sub/a"),
        ("https://e.org", "", "/a/../b", "https://e.org/b"),
        ("https://e.org", "", "/a/b/..", "https://e.org/a/"),
        ("https://e.org", "", "/a/b/.", "https://e.org/a/b/"),
        ("https://e.org", "", "/a/./b", "https://e.org/a/b"),
        ("https://e.org", "", "/../a", "https://e.org/a"),
        ("https://e.org", "", "/a b?c=ü d#e/?f g", "https://e.org/a%20b?c=%C3%BC%20d#e/?f%20g"),
        ("https://e.org", "", "/gru%CC%88n/%C3%BC", "https://e.org/gr%C3%BCn/%C3%BC"),
        ("https://e.org", "", "/50%25-%E9", "https://e.org/50%25-%E9"),
        ("", "/sub", "/ä", "/sub/%C3%A4"),
    ],
)
def test_absolute_addresses(site: str, base: str, path: str, found: str) -> None:
    assert permalink.absolute_url(site, base, path) == found


# ── dates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_month_is_read_by_its_name_and_its_short_name() -> None:
    for month in range(1, 13):
        for name in (calendar.month_name[month], calendar.month_abbr[month].lower(), calendar.month_abbr[month] + "."):
            for text in (f"{name} 5, 2024", f"5 {name} 2024", f"Tuesday, 5th {name} 2024 00:00"):
                assert dates.from_text(text, UTC) == datetime(2024, month, 5, tzinfo=UTC), text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024-03-05 12:00 AM", "2024-03-05T00:00:00+01:00"),
        ("2024-03-05 12:30 p.m.", "2024-03-05T12:30:00+01:00"),
        ("2024-03-05 11:59 pm", "2024-03-05T23:59:00+01:00"),
        ("2024-03-05 24:00", "2024-03-06T00:00:00+01:00"),
        ("2024-03-05 23:59:60", "2024-03-06T00:00:00+01:00"),
        ("2024/3/5T9:05:06.789", "2024-03-05T09:05:06+01:00"),
        ("20240305", "2024-03-05T00:00:00+01:00"),
        ("2024-02-30", "2024-03-01T00:00:00+01:00"),
        ("2024-03-31 02:30", "2024-03-31T03:30:00+02:00"),  # the clocks went from 2 to 3
        ("2024-03-05 10:00 +0530", "2024-03-05T05:30:00+01:00"),
        ("2024-03-05 10:00 -05:30", "2024-03-05T16:30:00+01:00"),
        ("2024-03-05 10:00 +2", "2024-03-05T09:00:00+01:00"),
        ("2024-03-05 10:00 Z", "2024-03-05T11:00:00+01:00"),
        ("2024-03-05 10:00 GMT", "2024-03-05T11:00:00+01:00"),
        ("9998-12-31", "9998-12-31T00:00:00+01:00"),
    ],
)
def test_times_as_people_write_them(text: str, found: str) -> None:
    assert dates.from_text(text, BERLIN).isoformat() == found


@pytest.mark.parametrize(
    "text",
    [
        "", "2024",
        "2024-13-01", "2024-00-01", "2024-01-00", "2024-01-32", "9999-01-01", "0000-01-01", "2024-01-01 25:00",
        "2024-01-01 10:60", "2024-01-01 10:00:61", "2024-01-01 10:00 +24:00", "2024-01-01 10:00 +0160", "5 Foo 2024",
        "2024-01-01 x", "x 2024-01-01", "2024-01-01" + " " * 90 + "x",
    ],
)  # fmt: skip
def test_what_is_not_a_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a|out of"):
        dates.from_text(text, BERLIN)


@pytest.mark.parametrize(
    ("name", "day"),
    [("2024-3-5", (2024, 3, 5)), ("68-01-02", (2068, 1, 2)), ("69-01-02", (1969, 1, 2)), ("100-1-2", (100, 1, 2))],
)
def test_the_day_in_a_file_name(name: str, day: tuple[int, int, int]) -> None:
    assert dates.from_name(name, UTC) == datetime(*day, tzinfo=UTC)


def test_a_time_without_a_zone_in_yaml_is_utc_and_a_day_is_local() -> None:
    assert (
        dates.from_front_matter(datetime.fromisoformat("2024-03-04 23:30"), BERLIN).isoformat()
        == "2024-03-05T00:30:00+01:00"
    )
    assert dates.from_front_matter(date(2024, 3, 4), BERLIN).isoformat() == "2024-03-04T00:00:00+01:00"
    assert dates.from_front_matter(20240304, BERLIN).isoformat() == "2024-03-04T00:00:00+01:00"
    with pytest.raises(ValueError, match=r"outside the calendar"):
        dates.from_front_matter(datetime(1, 1, 1, tzinfo=UTC), ZoneInfo("America/New_York"))
    assert [dates.zone(name).utcoffset(None) for name in ("", "Etc/UTC")] == [timedelta()] * 2
    with pytest.raises(ValueError, match="name of a time zone"):
        dates.zone("Europe")


# ── whether a file may have an address ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "name", "text", "may"),
    [
        ("https://e.org/2024/05/01/a.html", "a", b"", True),
        ("https://e.org/2024/05/01/a/", "a", b"", True),
        ("https://e.org/2024/05/01/a/index.html", "a", b"", True),
        ("https://e.org/2024/05/01/Own-Slug_1.2.html", "own slug 1.2", b"", True),
        ("https://e.org/gr%C3%BC%C3%9Fe/", "grüße", b"", True),
        ("https://e.org/a.html", "b", b"title: A\n", False),
        ("https://e.org/a.html", "b", b"permalink: /a.html\n", True),
        ("https://e.org/ab.html", "b", b"slug: x\n", True),
        ("https://e.org/gr%C3%BC%C3%9Fe/", "b", "permalink: /grüße/\n".encode(), True),
        ("https://e.org/gr%C3%BC%C3%9Fe/", "b", b"permalink: /gr%C3%BC%C3%9Fe/\n", True),
    ],
)
def test_whether_a_file_may_have_an_address(url: str, name: str, text: bytes, may: bool) -> None:
    assert may_share(url, name, text) == may
