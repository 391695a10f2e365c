"""What a post may say of the event it announces, and what is refused with its line."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crosspost.errors import PostRefused
from crosspost.sources.filenames import Name
from crosspost.sources.front_matter import parse
from crosspost.sources.jekyll_site import Site
from crosspost.sources.post_record import Check, Record
from crosspost.sources.probable_mistakes import probable_mistakes

_BERLIN = Site(zone=ZoneInfo("Europe/Berlin"))
_WHOLE = """\
event:
  start: 2027-05-02 14:00
  end: 2027-05-02 18:00:00
  place: {name: Garten, street: Talweg 3, postal_code: "01067", city: Dresden}
  status: tentative
  seats: 30
  register: https://tal.example.org/anmelden
"""


def record(event: str, *, events: bool = True) -> Record:
    raw = f"---\ntitle: Fest\n{event}---\n\nText\n".encode()
    name = Name(id="fest", path="_posts/2026-11-20-fest.md")
    return Record(name, "fest.md", parse(raw, "fest.md"), _BERLIN, jekyll4=True, check=Check(events=events))


def test_all_that_is_said_is_read_in_the_sites_time_zone() -> None:
    event = record(_WHOLE).event()
    assert event is not None
    assert event.start.isoformat() == "2027-05-02T14:00:00+02:00"
    assert event.line == "2027-05-02 14:00–18:00 Europe/Berlin, Garten, Talweg 3, 01067 Dresden"
    assert (event.status, event.seats, event.register) == ("tentative", 30, "https://tal.example.org/anmelden")


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("{start: 2027-05-02 22:00, end: 2027-05-03 02:00, place: Garten}",
         "2027-05-02 22:00 – 2027-05-03 02:00 Europe/Berlin, Garten"),
        ("{start: '2027-05-02 14:00', timezone: Asia/Tokyo, online: true}", "2027-05-02 14:00 Asia/Tokyo, online"),
        ("{start: '2027-05-02T12:00Z'}", "2027-05-02 14:00 Europe/Berlin"),
        ("{start: '2026-10-25 02:30 +0100'}", "2026-10-25 02:30 Europe/Berlin"),
        ("{start: 2026-12-24}", "2026-12-24, all day"),
        ("{start: '2026-12-24', end: 2026-12-26, place: Garten}", "2026-12-24 – 2026-12-26, all day, Garten"),
    ],
)  # fmt: skip
def test_when_and_where_is_one_line(said: str, line: str) -> None:
    event = record(f"event: {said}\n").event()
    assert event is not None
    assert event.line == line


def test_a_day_without_a_time_is_the_whole_day() -> None:
    event = record("event: {start: 2026-12-24}\n").event()
    assert event is not None
    assert event.all_day
    assert [f"{event.start}", f"{event.end}"] == ["2026-12-24 00:00:00+01:00", "2026-12-24 23:59:00+01:00"]
    skipped = record("event: {start: 2026-04-24, timezone: Africa/Cairo}\n").event()  # its clocks went on at midnight
    assert skipped is not None
    assert f"{skipped.start}" == "2026-04-24 01:00:00+03:00"


def test_an_event_before_its_post_is_doubted() -> None:
    dated = "date: 2026-11-20 18:00\n"
    past, same_day = record(f"event: {{start: 1900-05-02}}\n{dated}"), record(f"event: {{start: 2026-11-20}}\n{dated}")
    assert probable_mistakes(past) == [
        "fest.md:3: event: begins on 1900-05-02, before the post's date, 2026-11-20; is the year right?"
    ]
    assert probable_mistakes(same_day) == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Sommerfest", r"fest\.md:3: event: needs lines below it: start: 2027-05-02 14:00"),
        ("{place: Garten}", r"fest\.md:3: event: needs a start"),
        ("{start: 2027-02-30}", r'start: "2027-02-30" is not in the calendar'),
        ("{start: 2027-05-02, end: 2027-05-01}", r"end: 2027-05-01 is before the start, 2027-05-02"),
        ("{start: 2027-05-02, end: '2027-05-02 18:00'}", r"end: should be a day without a time, as start is one"),
        ("{start: '2027-05-02 14:00', end: 2027-05-03}", r"end: needs a time of day behind the day, as start has one"),
        ("{start: 9999-12-31}", r'"9999-12-31" is not in the calendar'),
        ("{start: '2027-02-30 14:00'}", r'start: "2027-02-30 14:00" is not in the calendar'),
        ("{start: 14:00}", r"start: should be a day and a time, such as 2027-05-02 14:00"),
        ("{start: '2027-03-28 02:30'}", r"2027-03-28 02:30 is skipped by the clocks in Europe/Berlin"),
        ("{start: '2026-10-25 02:30'}", r"2026-10-25 02:30 comes twice in Europe/Berlin; write which, .* \+0200"),
        ("{start: '2027-05-02 14:00', timezone: Berlin}", r'timezone: "Berlin" is not the name of a time zone'),
        ("{start: '2027-05-02 14:00', end: '2027-05-02 14:00'}", r"end: 2027-05-02 14:00 is not after the start"),
        ("{start: '2027-05-02 14:00', plce: Garten}", r'does not know “plce”; did you mean `place`\?'),
        ("{start: '2027-05-02 14:00', place: {postal_code: 72070}}", r"postal_code: should be a text; put it in"),
        ("{start: '2027-05-02 14:00', place: {town: X}}", r'place: does not know “town”'),
        ("{start: '2027-05-02 14:00', place: [X]}", r"place: should be a text, or lines below it"),
        ("{start: '2027-05-02 14:00', seats: 0}", r"seats: should be a number of people, from 1"),
        ("{start: '2027-05-02 14:00', online: 'no'}", r"online: should be true or false"),
        ("{start: '2027-05-02 14:00', status: off}", r"status: should be confirmed, tentative or cancelled"),
        ("{start: '2027-05-02 14:00', register: tal.example}", r"register: should be the address of a page"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(said: str, why: str) -> None:
    with pytest.raises(PostRefused, match=why):
        record(f"event: {said}\n").event()


def test_the_line_of_the_mistake_is_told() -> None:
    with pytest.raises(PostRefused, match=r"fest\.md:5: event: end"):
        record(_WHOLE.replace("18:00:00", "13:00")).event()


def test_where_nothing_takes_events_the_word_is_the_sites_own() -> None:
    assert record("event: Sommerfest\n", events=False).event() is None


def test_a_built_site_has_what_its_markdown_says(tmp_path: Path) -> None:
    from crosspost.sources.keys import Keys
    from crosspost.sources.web.post_data import data_of
    from crosspost.sources.web.web_page import WebPage

    front = parse(f"---\n{_WHOLE}---\n".encode(), "fest.md")
    assert data_of(WebPage(), front, Keys())["event"]["seats"] == 30
