"""What a post may say of the event it announces, and what is refused with its line."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crosspost.errors import PostRefused
from crosspost.sources.filenames import Name
from crosspost.sources.front_matter import parse
from crosspost.sources.jekyll_site import Site
from crosspost.sources.post_record import Check, Record

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
    ],
)  # fmt: skip
def test_when_and_where_is_one_line(said: str, line: str) -> None:
    event = record(f"event: {said}\n").event()
    assert event is not None
    assert event.line == line


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Sommerfest", r"fest\.md:3: event: needs lines below it: start: 2027-05-02 14:00"),
        ("{place: Garten}", r"fest\.md:3: event: needs a start"),
        ("{start: 2027-05-02}", r"start: needs a time of day behind the day: 2027-05-02 14:00"),
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
