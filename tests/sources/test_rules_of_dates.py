"""What dates, defaults and parts of addresses mean, each in a table."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crosspost.sources.dates import from_front_matter, from_name, from_text, zone
from crosspost.sources.defaults import defaults_for, merged
from crosspost.sources.descriptions import bare
from crosspost.sources.hugo.permalinks import dashed, escaped, finished, sanitized


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024-3-5", "2024-03-05T00:00:00+00:00"), ("2024/03/05 7:08", "2024-03-05T07:08:00+00:00"), ("20240305",
        "2024-03-05T00:00:00+00:00"),
        ("20240305 07:08:09.5 PM", "2024-03-05T19:08:09+00:00"), ("2024-03-05 12:00 a.m.",
        "2024-03-05T00:00:00+00:00"),
        ("2024-03-05 12:30pm", "2024-03-05T12:30:00+00:00"), ("2024-03-05 10:00:00 +0100",
        "2024-03-05T09:00:00+00:00"),
        ("2024-03-05 10:00:00 -01:30", "2024-03-05T11:30:00+00:00"), ("2024-03-05 10:00 +1",
        "2024-03-05T09:00:00+00:00"),
        ("2024-03-05T10:00:00Z", "2024-03-05T10:00:00+00:00"), ("2024-03-05 10:00 GMT", "2024-03-05T10:00:00+00:00"),
        ("2024-02-31 10:00:00 +0000", "2024-03-02T10:00:00+00:00"), ("2024-03-05 24:00", "2024-03-06T00:00:00+00:00"),
        ("2024-03-05 10:00:60", "2024-03-05T10:01:00+00:00"), ("Tue, 5 Mar 2024", "2024-03-05T00:00:00+00:00"),
        ("tuesday 5th-march-2024 10:00", "2024-03-05T10:00:00+00:00"), ("Wednesday, March 1st, 2024, 10:00",
        "2024-03-01T10:00:00+00:00"),
        *((f"5 {name} 2024", f"2024-{month:02}-05T00:00:00+00:00") for month, names in enumerate((
            "jan January", "feb February", "mar March", "apr April", "may May", "jun June", "jul July", "aug August",
            "sep sept September", "oct October", "nov November", "dec December",
        ), 1) for name in names.split()),
        *((f"{day} March 5, 2024", "2024-03-05T00:00:00+00:00") for day in (
            "Mon", "Tue", "Tues", "Wed", "Wednesday", "Thu", "Thur", "Thurs", "Fri", "Sat", "Saturday", "Sun.",
        )),
        ("5 mai 2024", ""), ("2024-13-05", ""), ("2024-03-32", ""), ("9999-01-01", ""), ("0000-01-01", ""),
        ("2024-03-05 25:00", ""),
        ("2024-03-05 10:60", ""), ("2024-03-05 10:00:61", ""), ("2024-03-05 10:00 +2400", ""),
        ("2024-03-05 10:00 +0160", ""),
        ("2024-03-05 x", ""), ("", ""), (f"2024-03-05{' ' * 86}10:00", ""), ("9999-12-31 10:00:00 +0100", ""),
    ],
)  # fmt: skip
def test_a_date_as_people_write_it(text: str, found: str) -> None:
    if found:
        assert from_text(f" {text}\n", UTC).isoformat() == found
        return
    with pytest.raises(ValueError, match=r"^\"") as caught:
        from_text(text, UTC)
    assert " is not a" in str(caught.value)


def test_dates_of_front_matter_and_of_names() -> None:
    berlin = zone("Europe/Berlin")
    assert from_front_matter(datetime(2024, 3, 5, 10), berlin).isoformat() == "2024-03-05T11:00:00+01:00"  # noqa: DTZ001
    assert from_front_matter(date(2024, 3, 5), berlin).isoformat() == "2024-03-05T00:00:00+01:00"
    assert from_front_matter(20240305, berlin).isoformat() == "2024-03-05T00:00:00+01:00"
    assert from_text("2024-03-31 02:30", berlin).isoformat() == "2024-03-31T03:30:00+02:00", "the clocks skip it"
    for name, year in (("68-1-2", 2068), ("69-01-02", 1969), ("99-1-2", 1999), ("100-1-2", 100), ("00-1-2", 2000)):
        assert from_name(name, UTC) == datetime(year, 1, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match=r'^"0001-01-01.*" is outside the calendar; correct it$'):
        from_front_matter(datetime(1, 1, 1, tzinfo=UTC), zone("America/New_York"))
    for name in ("Wien", "../etc", "Europe"):
        with pytest.raises(ValueError, match=f'^"{name}" is not the name of a time zone, such as Europe/Berlin$'):
            zone(name)
    with pytest.raises(ValueError, match=r'^"Europe/Kiew" is not the name of a time zone; did you mean Europe/Kyiv\?$'):
        zone("Europe/Kiew")
    assert [zone(name) for name in ("", "UTC", "Etc/UTC")] == [UTC] * 3
    long = f"{'x' * 101}"
    with pytest.raises(ValueError, match=f'^"{"x" * 40}…" is not a date$'):
        from_text(long, UTC)
    assert timedelta(hours=1) == from_text("2024-03-05", berlin).utcoffset()


@pytest.mark.parametrize(
    ("scope", "path", "jekyll4", "applies"),
    [
        ({}, "_posts/a.md", False, True), (None, "_posts/a.md", False, True),
        ({"path": ""}, "_posts/a.md", False, True),
        *(({"type": kind}, "_posts/a.md", False, kind in ("post", "posts")) for kind in ("post", "posts", "page",
        "pages", "draft", "drafts")),
        ({"path": "_posts"}, "_posts/a.md", False, True), ({"path": "/_posts/"}, "_posts/a.md", False, True),
        ({"path": "_po"}, "_posts/a.md", False, False),
        ({"path": "_po"}, "_posts/a.md", True, True), ({"path": "_posts/a.md"}, "_posts/a.md", False, True),
        ({"path": "_posts/*"}, "_posts/X/a.md", False, True), ({"path": "*/X"}, "_posts/X/a.md", False, True),
        ({"path": "x*"}, "_posts/a.md", False, False),
    ],
)  # fmt: skip
def test_which_defaults_of_jekylls_apply(scope: object, path: str, jekyll4: bool, applies: bool) -> None:
    sets = [{"scope": scope, "values": {"a": 1}}, {"values": "x"}, "x"]
    assert defaults_for(sets, path, jekyll4=jekyll4) == ({"a": 1} if applies else {})
    assert defaults_for(sets, f"c/{path}", "c", jekyll4=jekyll4) == ({"a": 1} if applies else {})


def test_the_nearest_defaults_count_and_the_rest_is_added() -> None:
    far, near = (
        {"scope": {"path": ""}, "values": {"a": 1, "c": {"x": 1}}},
        {"scope": {"path": "_posts"}, "values": {"a": 2, "c": {"y": 2}}},
    )
    typed = {"scope": {"path": "", "type": "posts"}, "values": {"a": 3}}
    for sets, a in (
        ((far, near), 2),
        ((near, far), 2),
        ((far, typed), 3),
        ((typed, far), 3),
        ((typed, near), 2),
        ((far, far), 1),
    ):
        assert defaults_for(list(sets), "_posts/a.md", jekyll4=False)["a"] == a
    assert defaults_for([far, near], "_posts/a.md", jekyll4=False)["c"] == {"x": 1, "y": 2}
    assert merged({"a": 1, "b": {"x": 1}}, {"a": None, "b": {"y": 2}, "c": None}) == {
        "a": 1,
        "b": {"x": 1, "y": 2},
        "c": None,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [(" -a", "-a"), ("- a", "-a"), ("a - b", "a-b"), ("a -b", "a-b"), ("a & b", "a-b"), ("a  b", "a-b"), ("a ",
    "a"), ("Xä_1.~", "xä_1.~"), ("a–b", "ab")],
)  # fmt: skip
def test_a_part_of_an_address_of_hugos(text: str, found: str) -> None:
    assert sanitized(text, lower=True) == found
    assert sanitized("Crème", lower=False, accents=False) == "Creme"


def test_whole_addresses_of_hugos() -> None:
    assert [finished(path, ugly=ugly) for path in ("", "/", "X/a", "/X/") for ugly in (False, True)] == [
        "/", "/", "/", "/", "/X/a/", "/X/a.html", "/X/", "/X.html",
    ]  # fmt: skip
    assert dashed("a b  c") == "a-b--c"
    assert (escaped("/a#b"), escaped("/a#b", old=True)) == ("/a%23b", "/a#b")
    assert bare("Ein *Beet*!") == bare("ein beet")
