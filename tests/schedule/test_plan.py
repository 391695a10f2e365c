"""The plan for the coming two weeks, and its calendar file."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from crosspost.schedule import Agenda, Pending, Planned, Schedule, parse, plan
from crosspost.schedule.ics import ics

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def schedule(**keys: Any) -> Schedule:
    return parse({"timezone": "Europe/Berlin"} | keys, where=lambda *names: ".".join(names))


def pending(number: int, account: str = "facebook", **more: Any) -> Pending:
    moment = more.pop("post_moment", NOW - timedelta(hours=10 - number))
    return Pending(post=f"post-{number}", account=account, title=f"Beitrag {number}", post_moment=moment, **more)


def shown(lines: list[Planned]) -> list[tuple[str, str, str, str]]:
    return [(line.at.strftime("%m-%d %H:%M"), line.account, line.post, line.why) for line in lines]


def test_every_line_has_a_reason() -> None:
    accounts = {
        "facebook": Agenda(schedule=schedule(slots=["Mon-Fri 09:00"])),
        "x": Agenda(schedule=schedule(min_gap="2h"), sent=(NOW - timedelta(hours=1),)),
    }
    deliveries = [pending(n, account) for n in (1, 2) for account in accounts]
    deliveries.append(pending(3, "x", at=NOW + timedelta(days=1)))
    assert shown(plan(deliveries, accounts, now=NOW)) == [
        ("11-22 13:00", "x", "post-1", "2 h after the post before it (min_gap)"),
        ("11-22 15:00", "x", "post-2", "2 h after the post before it (min_gap)"),
        ("11-23 08:00", "facebook", "post-1", "next slot Mon-Fri 09:00"),
        ("11-23 12:00", "x", "post-3", "the post says so (at)"),
        ("11-24 08:00", "facebook", "post-2", "next slot Mon-Fri 09:00 that is free"),
    ]


def test_a_planned_delivery_keeps_its_time() -> None:
    accounts = {"facebook": Agenda(schedule=schedule(slots=["09:00"]))}
    tuesday = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    found = plan([pending(2), pending(1, due_at=tuesday), pending(3)], accounts, now=NOW)
    assert [(line.post, line.at.day) for line in found] == [("post-2", 23), ("post-1", 24), ("post-3", 25)]
    assert [line.why for line in found] == [
        "next slot 09:00",
        "next slot 09:00",
        "next slot 09:00 that is free",
    ]


def test_a_backlog_is_shown_as_it_will_be_spread() -> None:
    accounts = {"facebook": Agenda(schedule=schedule(min_gap="6h", quiet="22:00-07:00"))}
    old = [pending(n, due_at=NOW - timedelta(days=3, hours=-n)) for n in range(3)]
    assert shown(plan(old, accounts, now=NOW)) == [
        ("11-22 12:00", "facebook", "post-0", "was due 3 d ago"),
        ("11-22 18:00", "facebook", "post-1", "6 h after the post before it (min_gap)"),
        ("11-23 06:00", "facebook", "post-2", "after the quiet hours 22:00-07:00"),
    ]


def test_a_run_sends_so_many_and_the_next_one_the_others() -> None:
    accounts = {"facebook": Agenda(schedule=schedule(), most=2, every=timedelta(hours=1))}
    next_run = "with the next run, because one run sends at most 2 (max_per_run)"
    assert shown(plan([pending(n) for n in range(5)], accounts, now=NOW)) == [
        ("11-22 12:00", "facebook", "post-0", "at once"),
        ("11-22 12:00", "facebook", "post-1", "at once"),
        ("11-22 13:00", "facebook", "post-2", next_run),
        ("11-22 13:00", "facebook", "post-3", next_run),
        ("11-22 14:00", "facebook", "post-4", next_run),
    ]


def test_a_paused_account_goes_on_when_the_pause_is_over() -> None:
    until = NOW + timedelta(hours=5)
    accounts = {"facebook": Agenda(schedule=schedule(), paused=until, paused_why="paused by hand")}
    assert shown(plan([pending(1), pending(2, post_moment=until)], accounts, now=NOW)) == [
        ("11-22 17:00", "facebook", "post-1", "paused by hand"),
        ("11-22 17:00", "facebook", "post-2", "the date of the post"),
    ]


def test_a_moment_the_author_named_needs_no_slot() -> None:
    accounts = {"facebook": Agenda(schedule=schedule(slots=["09:00"]))}
    named = NOW + timedelta(days=1, hours=3)
    for one in (pending(1, at=named), pending(1, at=named, due_at=named)):
        (line,) = plan([one], accounts, now=NOW)
        assert line.at == named
    # what was only planned for that moment takes the slot that was missed, and the one behind it waits for its own
    missed = [pending(n, due_at=NOW - timedelta(hours=4)) for n in (1, 2)]
    assert [line.at.strftime("%d %H:%M") for line in plan(missed, accounts, now=NOW)] == ["22 12:00", "23 08:00"]


def test_the_late_policy_is_shown() -> None:
    accounts = {
        "facebook": Agenda(schedule=schedule(late="skip after 48h")),
        "x": Agenda(schedule=schedule(late="ask")),
    }
    old = [
        pending(1, due_at=NOW - timedelta(days=3)),
        pending(1, "x", post_moment=NOW - timedelta(days=3)),
        pending(2, "x", due_at=NOW - timedelta(hours=3)),
    ]
    found = {(line.account, line.post): (line.late, line.why) for line in plan(old, accounts, now=NOW)}
    assert found == {
        ("facebook", "post-1"): ("skip", "more than 48 h late: left out"),
        ("x", "post-1"): ("ask", "more than 24 h late: a person decides"),
        ("x", "post-2"): ("send", "was due 3 h ago"),
    }


def test_the_horizon_ends_it() -> None:
    accounts = {"facebook": Agenda(schedule=schedule(slots=["09:00"]))}
    many = [pending(n) for n in range(30)]
    assert len(plan(many, accounts, now=NOW)) == 14
    assert len(plan(many, accounts, now=NOW, horizon=timedelta(days=20))) == 20
    assert plan([pending(1, "gone")], accounts, now=NOW) == []


def test_what_was_missed_goes_now_and_the_next_with_its_jitter() -> None:
    agenda = Agenda(schedule=schedule(slots=["09:00"], jitter="20m"))
    missed = [pending(number, due_at=NOW - timedelta(hours=5 - number)) for number in (1, 2)]
    first, second = plan(missed, {"facebook": agenda}, now=NOW)
    assert (first.post, first.at, second.post) == ("post-1", NOW, "post-2")
    nine = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert nine <= second.at <= nine + timedelta(minutes=20)


def test_what_is_new_is_late_after_its_jitter() -> None:
    agenda = Agenda(schedule=schedule(jitter="20m", late="skip after 2h"))
    late, fresh = pending(1, post_moment=NOW - timedelta(hours=3)), pending(2, post_moment=NOW - timedelta(hours=1))
    assert [(one.post, one.late) for one in plan([late, fresh], {"facebook": agenda}, now=NOW)] == [
        ("post-1", "skip"),
        ("post-2", "send"),
    ]


# ── calendar ──────────────────────────────────────────────────────────────────────────────────────────────────────


def line(**more: Any) -> Planned:
    given = {"at": NOW, "account": "x", "post": "p", "title": "t", "url": "", "why": "next slot 09:00"} | more
    return Planned(**given)


def unfolded(text: str) -> list[tuple[str, str]]:
    """Read a calendar independently of the code that wrote it (RFC 5545 §3.1, §3.3.11)."""
    assert text.endswith("\r\n")
    assert all(len(part) <= 75 for part in text.encode().split(b"\r\n"))
    rows = text.replace("\r\n ", "").split("\r\n")[:-1]
    pairs = [row.split(":", 1) for row in rows]
    return [(name, value) for name, value in pairs]


def unescaped(value: str) -> str:
    out, letters = "", iter(value)
    for letter in letters:
        out += {"n": "\n", "N": "\n"}.get(after := next(letters), after) if letter == "\\" else letter
    return out


def test_calendar() -> None:
    text = ics([line(url="https://tal.example.org/grüße/"), line(url="https://tal.example.org/a;b,c")], now=NOW)
    rows = unfolded(text)
    assert rows[:2] == [("BEGIN", "VCALENDAR"), ("VERSION", "2.0")]
    assert rows[-1] == ("END", "VCALENDAR")
    marks = [row for row in rows if row[0] in ("BEGIN", "END")]
    assert marks[1:-1] == [("BEGIN", "VEVENT"), ("END", "VEVENT")] * 2
    assert [value for name, value in rows if name == "DTSTART"] == ["20261122T120000Z"] * 2
    assert [value for name, value in rows if name == "URL"] == ["https://tal.example.org/a;b,c"]
    assert len({value for name, value in rows if name == "UID"}) == 1, "the same delivery moves, it is not shown twice"


def test_lines_of_a_title_stay_lines() -> None:
    rows = dict(unfolded(ics([line(title="a\nb\r\nc, d")], now=NOW)))
    assert unescaped(rows["SUMMARY"]) == "x: a\nb\nc, d"


def test_skipped_and_asked_events_are_marked() -> None:
    rows = unfolded(ics([line(late="ask"), line(late="skip"), line()], now=NOW))
    assert [value for name, value in rows if name == "STATUS"] == ["TENTATIVE", "CANCELLED", "CONFIRMED"]


@example("ä漢🌍, " * 60)  # longer than a line may be
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\r\n;,\\:\x85äไ漢ש🌍"))))
def test_any_title_survives(title: str) -> None:
    rows = unfolded(ics([line(title=title)], now=NOW))
    (summary,) = [value for name, value in rows if name == "SUMMARY"]
    kept = title.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        " " if (ord(c) < 32 and c not in "\t\n") or 127 <= ord(c) < 160 or c in "\u2028\u2029" else c for c in kept
    )
    assert unescaped(summary) == "x: " + "".join(" " if 0xD800 <= ord(c) < 0xE000 else c for c in kept)
    assert len([name for name, _ in rows if name == "BEGIN"]) == 2
