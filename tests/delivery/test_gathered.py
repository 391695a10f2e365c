"""Digests in memory: what a period is, what is gathered into it, and what it says."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crosspost.delivery import make_plan
from crosspost.delivery.digest import Digest, DigestSite, gather, last_period, loader, next_period, noted
from crosspost.errors import PostRefused
from crosspost.ledger import Ledger
from crosspost.model import Entry, Override, Overrides, Picture, Post
from crosspost.schedule import Schedule
from crosspost.schedule.values import Slot
from crosspost.testing.harness import Clock
from tests.ledger.rows import put

BERLIN = ZoneInfo("Europe/Berlin")
SITE = DigestSite(url="https://tal.example", title="Das Tal", lang="de-AT")
WEEKLY = {"m": Digest(kind="weekly", timezone=BERLIN)}


def berlin(*when: int) -> datetime:
    return datetime(*when, tzinfo=BERLIN)  # type: ignore[arg-type, misc]


def entry(name: str) -> Entry:
    return Entry(id=name, path=f"{name}.md", url=f"https://tal.example/{name}", title=name, fingerprint=name)


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """Sunday, 22 November 2026, 13:00 in Berlin; one account with a digest."""
    made = Ledger(tmp_path / "ledger.sqlite3", clock)
    make_plan([entry("old")], {"m": "newsletter"}, made)
    yield made
    made.close()


def write(ledger: Ledger, *names: str) -> None:
    listed = [entry("old"), *(entry(name) for name in names)]
    make_plan(listed, {"m": "newsletter"}, ledger, digests=["m"])


def gathered(ledger: Ledger, digests: dict[str, Digest] | None = None) -> dict[str, Entry]:
    return gather(ledger, {"m": "newsletter"}, WEEKLY if digests is None else digests, SITE)


# ── periods ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "now", "last", "end", "following", "its_end"),
    [
        ("weekly", (2026, 11, 22, 23, 59), "2026-W46", (2026, 11, 16), "2026-W47", (2026, 11, 23)),
        ("weekly", (2026, 11, 23), "2026-W47", (2026, 11, 23), "2026-W48", (2026, 11, 30)),
        ("weekly", (2026, 1, 2), "2025-W52", (2025, 12, 29), "2026-W01", (2026, 1, 5)),
        ("weekly", (2027, 1, 4, 5), "2026-W53", (2027, 1, 4), "2027-W01", (2027, 1, 11)),
        ("weekly", (2026, 3, 30), "2026-W13", (2026, 3, 30), "2026-W14", (2026, 4, 6)),
        ("monthly", (2026, 11, 22), "2026-10", (2026, 11, 1), "2026-11", (2026, 12, 1)),
        ("monthly", (2026, 12, 31, 23), "2026-11", (2026, 12, 1), "2026-12", (2027, 1, 1)),
        ("monthly", (2026, 1, 1), "2025-12", (2026, 1, 1), "2026-01", (2026, 2, 1)),
        ("monthly", (2026, 3, 29, 12), "2026-02", (2026, 3, 1), "2026-03", (2026, 4, 1)),
    ],
)
def test_weeks_and_months_end_at_midnight_where_the_readers_are(
    kind: Any, now: tuple[int, ...], last: str, end: tuple[int, ...], following: str, its_end: tuple[int, ...]
) -> None:
    moment = berlin(*now).astimezone(UTC)
    assert last_period(kind, moment, BERLIN) == (last, berlin(*end))
    assert next_period(kind, moment, BERLIN) == (following, berlin(*its_end))
    assert last_period(kind, moment, BERLIN)[1].utcoffset() == berlin(*end).utcoffset()


# ── gathering ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_new_in_a_week_is_one_delivery_when_the_week_is_over(ledger: Ledger, clock: Clock) -> None:
    write(ledger, "a", "b")
    assert gathered(ledger) == {}
    clock.now = berlin(2026, 11, 23)
    found = gathered(ledger)
    assert list(found) == ["digest/m/2026-W47"]
    row = ledger.deliveries(post="digest/m/2026-W47")[0]
    assert (row.account, row.network, row.state, row.why, row.due_at) == (
        "m",
        "newsletter",
        "planned",
        "the weekly digest",
        clock(),
    )
    made = found["digest/m/2026-W47"]
    assert (made.path, made.url, made.title) == ("digest/m/2026-W47", "https://tal.example", "m/2026-W47")
    assert made.overrides == Overrides(only=("m",))
    assert made.date == clock()
    assert {one.why for one in ledger.deliveries(states=["skipped"])} == {"digest/m/2026-W47"}
    assert gathered(ledger) == found, "once"
    assert len(ledger.deliveries()) == 4


def test_what_is_new_afterwards_is_for_the_next(ledger: Ledger, clock: Clock) -> None:
    write(ledger, "a")
    clock.now = berlin(2026, 11, 23)
    write(ledger, "a", "b")
    gathered(ledger)
    assert {row.post: row.why for row in ledger.deliveries(states=["skipped"])} == {
        "a": "digest/m/2026-W47",
        "b": "waits for the digest",
    }


def test_a_digest_that_is_out_or_failed_is_not_worked_on(ledger: Ledger, clock: Clock) -> None:
    write(ledger, "a")
    clock.pass_by(days=7)
    gathered(ledger)
    row = next(row for row in ledger.deliveries() if row.post.startswith("digest/"))
    for state, open_one in [("unknown", True), ("held", True), ("sent", False), ("failed", False), ("sending", False)]:
        put(ledger, row, state=state)
        assert (list(gathered(ledger)) == [row.post]) == open_one


def test_only_digests_are_digests(ledger: Ledger, clock: Clock) -> None:
    write(ledger, "a")
    put(ledger, ledger.deliveries(post="a")[0], state="planned")
    assert gathered(ledger) == {}


def test_a_digest_keeps_its_distance_to_what_is_planned_already(ledger: Ledger, clock: Clock) -> None:
    write(ledger, "a")
    clock.now = berlin(2026, 11, 23, 8)
    ledger.add([(entry("alone"), "m", "newsletter", "planned", clock.now, "")])
    schedule = Schedule(timezone=BERLIN, min_gap=timedelta(hours=5))
    (digest,) = gathered(ledger, {"m": Digest(kind="weekly", timezone=BERLIN, schedule=schedule)})
    (row,) = ledger.deliveries(post=digest)
    assert row.due_at == berlin(2026, 11, 23, 13)


def test_a_digest_keeps_the_accounts_schedule_and_says_so(ledger: Ledger, clock: Clock) -> None:
    write(ledger, "a")
    clock.now = berlin(2026, 11, 23, 7)
    schedule = Schedule(timezone=BERLIN, slots=(Slot(text="Mon 09:00", cron="0 9 * * MON"),))
    found = gathered(ledger, {"m": Digest(kind="weekly", timezone=BERLIN, schedule=schedule)})
    (row,) = ledger.deliveries(post=next(iter(found)))
    assert row.due_at == berlin(2026, 11, 23, 9)
    assert row.why.startswith("the weekly digest, ")
    assert next(iter(found.values())).date == row.due_at


def test_a_month_is_a_month(ledger: Ledger, clock: Clock) -> None:
    write(ledger, "a")
    clock.pass_by(days=10)
    found = gathered(ledger, {"m": Digest(kind="monthly", timezone=BERLIN)})
    assert list(found) == ["digest/m/2026-11"]
    assert ledger.deliveries(post="digest/m/2026-11")[0].why == "the monthly digest"


@pytest.mark.parametrize(
    ("state", "why", "is_noted"),
    [
        ("skipped", "waits for the digest", True),
        ("skipped", "digest/m/2026-W47", True),
        ("skipped", "no", False),
        ("held", "waits for the digest", False),
    ],
)
def test_what_is_only_noted_for_a_digest(ledger: Ledger, state: str, why: str, is_noted: bool) -> None:
    row = put(ledger, ledger.deliveries()[0], state=state, why=why)
    assert noted(row) == is_noted


# ── what it says ──────────────────────────────────────────────────────────────────────────────────────────────────────


def post(name: str, day: int, **differs: Any) -> Post:
    fields: dict[str, Any] = {
        "id": name,
        "path": f"{name}.md",
        "url": f"https://tal.example/{name}",
        "title": name.title(),
        "date": datetime(2026, 11, day, tzinfo=UTC),
        "description": f"Von {name}",
    }
    return Post(**fields | differs)


POSTS = {
    "a": post("a", 19),
    "b": post("b", 17, title="*B* [x]", description="", excerpt="Ein  Auszug\nhier"),
    "c": post("c", 18, thumbnail=Picture(url="https://tal.example/c.jpg", alt="Ein _C_")),
    "d": post("d", 20, thumbnail=Picture(path="/s/d.jpg")),
}


def made(ledger: Ledger, clock: Clock, site: DigestSite = SITE, **digests: Any) -> Post:
    write(ledger, *POSTS)
    clock.now = berlin(2026, 11, 23)
    (one,) = gathered(ledger).values()
    settings = {"m": Digest(kind="weekly", timezone=BERLIN, **digests)}
    listed = {name: entry(name) for name in POSTS}
    return loader(ledger, site, settings, listed, lambda wanted: POSTS[wanted.id])(one)


def test_a_digest_says_every_post_oldest_first(ledger: Ledger, clock: Clock) -> None:
    found = made(ledger, clock)
    assert (found.id, found.path, found.url) == ("digest/m/2026-W47", "digest/m/2026-W47", "https://tal.example")
    assert (found.title, found.lang, found.site, found.date) == ("Neues von Das Tal", "de-AT", "Das Tal", clock())
    assert found.description == "*B* [x] · C · A · D"
    assert found.images == (POSTS["c"].thumbnail, POSTS["d"].thumbnail)
    assert found.overrides == Overrides(only=("m",), targets={"m": Override(settings={"content": "full"})})
    assert found.body.split("\n\n") == [
        "## [\\*B\\* \\[x\\]](<https://tal.example/b>)",
        "Ein Auszug hier",
        "## [C](<https://tal.example/c>)",
        "![Ein \\_C\\_](<https://tal.example/c.jpg>)",
        "Von c",
        "## [A](<https://tal.example/a>)",
        "Von a",
        "## [D](<https://tal.example/d>)",
        "Von d",
    ]


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("de", "Neues von Das Tal"),
        ("EN-gb", "News from Das Tal"),
        ("es", "Novedades de Das Tal"),
        ("fr", "Nouvelles de Das Tal"),
        ("tr", "News from Das Tal"),
        ("", "News from Das Tal"),
    ],
)
def test_a_digest_speaks_the_sites_language(ledger: Ledger, clock: Clock, lang: str, title: str) -> None:
    assert made(ledger, clock, DigestSite(url="https://tal.example", title="Das Tal", lang=lang)).title == title


def test_a_digest_may_have_a_title_of_its_own_and_a_site_none(ledger: Ledger, clock: Clock) -> None:
    site = DigestSite(url="https://tal.example", title="", lang="de")
    assert made(ledger, clock, site, title="Woche bei {site}").title == "Woche bei https://tal.example"


def test_a_post_that_is_gone_is_not_in_it_and_without_any_it_is_not_sent(ledger: Ledger, clock: Clock) -> None:
    made(ledger, clock)
    (one,) = gathered(ledger).values()
    load = loader(ledger, SITE, {}, {"a": entry("a")}, lambda wanted: POSTS[wanted.id])
    assert load(one).description == "A"
    assert load(one).title == "Neues von Das Tal", "an account that has no digest any more"
    assert load(entry("b")) == POSTS["b"], "every other post is read as ever"
    with pytest.raises(
        PostRefused,
        match=r"^digest/m/2026-W47: every post of this digest is gone from the site; there is nothing to send",
    ):
        loader(ledger, SITE, WEEKLY, {}, lambda wanted: POSTS[wanted.id])(one)


def test_words_of_a_post_are_no_markup(ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    signs = "\\`*_{}[]()#+-.!<>&|~"
    monkeypatch.setitem(POSTS, "a", post("a", 19, title=signs))
    escaped = "".join(f"\\{sign}" for sign in signs)
    assert f"## [{escaped}](<https://tal.example/a>)" in made(ledger, clock).body
