"""What changes in one site of several costs one look, and a site that was not looked at has nothing to do."""

import os
import random
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.running import idle_stamp
from crosspost.cli import run_reports
from crosspost.cli.common import site_name
from crosspost.ledger import Ledger
from crosspost.ledger.audit import Person
from crosspost.ledger.postgresql.address import Address
from crosspost.model import Override
from crosspost.sources import listing_cache
from crosspost.sources.jekyll import JekyllSource
from tests.postgresql_server import Server
from tests.several_sites import Sites

Looks = Callable[[], set[str]]
Places = Callable[[str], Path | Address]


@pytest.fixture(params=["files", pytest.param("PostgreSQL", marks=pytest.mark.long)])
def places(request: pytest.FixtureRequest, sites: Sites) -> Places:
    """Where the ledger of each site is."""
    text, state = sites.place.config.read_text("utf-8"), '[state]\nledger = "state/ledger.sqlite3"\n'
    if request.param == "files":
        sites.place.config.write_text(f"{text}\n{state}", "utf-8")
        return sites.ledger
    server: Server = request.getfixturevalue("server")
    database = server.new_database()
    server.ask("CREATE SCHEMA club; CREATE SCHEMA youth", database)
    url = server.address(database)
    shared = f'{state}database = "{url}"\n[secrets]\nfile = "secrets.env"\nin_database = false\n'
    sites.place.config.write_text(f"{text}\n{shared}", "utf-8")
    for name in sites.tables:
        shutil.rmtree(sites.ledger(name).parent)
    shutil.rmtree(Path(os.environ["XDG_STATE_HOME"], "crosspost/marks"))
    assert sites.place.crosspost("run").code == 0, "the first one with these ledgers"
    return lambda name: Address(f"{url}&options=-csearch_path%3D{name}", sites.ledger(name))


@pytest.fixture
def looks(sites: Sites, places: Places, monkeypatch: pytest.MonkeyPatch) -> Looks:
    """Runs once: which sites were looked at. Files count as old at once, so that no test has to wait."""
    seen: set[str] = set()
    really = run_reports.run_and_show

    def watched(app: Any, *given: Any, **named: Any) -> Any:
        seen.add(site_name(app))
        return really(app, *given, **named)

    monkeypatch.setattr(run_reports, "run_and_show", watched)
    monkeypatch.setattr(idle_stamp, "FRESH", -(10**12))

    def go() -> set[str]:
        seen.clear()
        sites.place.clock.pass_by(minutes=1)
        assert sites.place.crosspost("run").code == 0
        return set(seen)

    return go


def stamps() -> Path:
    return Path(os.environ["XDG_STATE_HOME"], "crosspost/idle")


def rest(looks: Looks) -> None:
    for _ in range(5):
        if not looks():
            return
    pytest.fail("the sites never rest")


def setting(sites: Sites, of: str, said: str) -> None:
    """One more line at the beginning of a table."""
    text = sites.place.config.read_text("utf-8")
    assert f"[{of}]\n" in text
    sites.place.config.write_text(text.replace(f"[{of}]\n", f"[{of}]\n{said}\n"), "utf-8")


def test_a_change_in_one_site_costs_one_look(sites: Sites, looks: Looks) -> None:
    rest(looks)
    post = sites.post("youth", "old")  # the same words once more
    assert looks() == {"youth"}
    rest(looks)
    post.write_text(post.read_text("utf-8") + "More.\n", "utf-8")
    assert looks() == {"youth"}
    rest(looks)
    sites.post("club", "new")
    assert looks() == {"club"}
    assert len(sites.out()) == 2
    rest(looks)
    setting(sites, "sites.club", "live_check = false")
    assert looks() == {"club"}
    rest(looks)
    setting(sites, "accounts.bluesky", "max_per_run = 3")
    assert looks() == {"youth"}
    rest(looks)
    setting(sites, "accounts.x", "max_per_run = 3")
    assert looks() == {"club", "youth"}
    rest(looks)
    setting(sites, "state", "#")
    assert looks() == set()
    sites.place.config.write_text(sites.place.config.read_text("utf-8") + "[run]\nmax_per_run = 7\n", "utf-8")
    assert looks() == {"club", "youth"}


def test_one_site_that_is_named_rests_too(sites: Sites, looks: Looks, places: Places) -> None:
    rest(looks)
    if isinstance(places("club"), Address):  # to ask the database takes as long as a look
        assert sites.place.crosspost("run", "--site", "club").code == 0
        return
    assert sites.place.crosspost("run", "--site", "club").out == "Nothing is due.\n"
    setting(sites, "sites.youth", "live_check = false")
    assert sites.place.crosspost("run", "--site", "club").out == "Nothing is due.\n"
    assert looks() == {"youth"}
    assert looks() == set()


def test_what_the_config_says_elsewhere_has_no_post_read_again(
    sites: Sites, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_cache, "_FRESH", -(10**12))
    rest(looks)
    read: list[str] = []
    really = JekyllSource._entry
    monkeypatch.setattr(JekyllSource, "_entry", lambda it, name: (read.append(name.path), really(it, name))[1])
    shutil.rmtree(stamps())
    setting(sites, "sites.club", "live_check = false")
    assert looks() == {"club", "youth"}
    assert len(read) == 1


ANNA = Person(name="Anna", origin="page")


def other(sites: Sites, places: Places, name: str) -> Ledger:
    """A site's ledger, as another process has it."""
    return Ledger(places(name), sites.place.clock)


def rows(sites: Sites, places: Places) -> list[Any]:
    found = []
    for name in sites.tables:
        with closing(other(sites, places, name)) as ledger:
            found += [
                (name, row.post, row.account, row.part, row.state, row.due_at, row.why, row.sent_at)
                for row in sorted(ledger.deliveries(), key=lambda row: row.id)
            ]
    return found


def by_another(sites: Sites, places: Places, name: str, change: Callable[[Ledger], object]) -> None:
    with closing(other(sites, places, name)) as ledger:
        change(ledger)


def test_what_others_change_in_a_ledger_has_that_site_looked_at(sites: Sites, looks: Looks, places: Places) -> None:
    rest(looks)
    said = Override(skip=True)
    by_another(sites, places, "club", lambda one: one.edits.put("old", "x", said, ANNA, "skip", before=None))
    assert looks() == {"club"}
    rest(looks)
    by_another(sites, places, "youth", lambda one: one.note("x", paused_until=one.clock(), paused_for="rate"))
    assert looks() == {"youth"}
    rest(looks)
    by_another(sites, places, "youth", lambda one: one.keep_fact("about", "a test"))
    assert looks() == {"youth"}


def test_an_edit_during_a_look_has_it_looked_at_again(
    sites: Sites, looks: Looks, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look may have read what was there before: it leaves no stamp."""
    rest(looks)
    sites.post("club", "new")
    assert looks() == {"club"}
    really, times = run_reports.RunPrinter.planned, [0]

    def edited(*given: Any) -> Any:
        times[0] += 1
        by_another(sites, places, "club", lambda one: one.keep_fact("about", f"test {times[0]}"))
        return really(*given)

    monkeypatch.setattr(run_reports.RunPrinter, "planned", edited)
    assert [looks() for _ in range(3)] == [{"club"}] * 3
    monkeypatch.setattr(run_reports.RunPrinter, "planned", really)
    rest(looks)


def test_what_waits_goes_out_in_time(sites: Sites, looks: Looks, places: Places) -> None:
    """Something that is due in seven minutes, and something whose account pauses for five."""
    rest(looks)
    at = sites.place.clock() + timedelta(minutes=7)
    sites.post("club", "new", said=f"crosspost: {{ at: '{at:%Y-%m-%d %H:%M} +0000' }}\n")
    until = sites.place.clock() + timedelta(minutes=5)
    by_another(sites, places, "youth", lambda one: one.note("x", paused_until=until, paused_for="rate"))
    sites.post("youth", "other")
    for _ in range(9):
        looks()
    assert sites.out() == [
        ("club", "mastodon", "new"),
        ("club", "x", "new"),
        ("youth", "bluesky", "other"),
        ("youth", "x", "other"),
    ]


@pytest.mark.parametrize("seed", range(2))
def test_a_full_look_finds_nothing_that_a_quick_one_left(sites: Sites, looks: Looks, places: Places, seed: int) -> None:
    chance = random.Random(seed)
    posts: list[Path] = []
    names = ["club", "youth"]

    def waiting() -> None:
        at = sites.place.clock() + timedelta(minutes=chance.randint(2, 20))
        said = f"crosspost: {{ at: '{at:%Y-%m-%d %H:%M} +0000' }}\n"
        posts.append(sites.post(chance.choice(names), f"new{len(posts)}", said=said))

    def pause(one: Ledger) -> None:
        until = one.clock() + timedelta(minutes=chance.randint(1, 10))
        one.note("x", paused_until=until, paused_for="rate")

    changes: list[Callable[[], object]] = [
        lambda: posts.append(sites.post(chance.choice(names), f"new{len(posts)}")),
        waiting,
        lambda: chance.choice(posts).open("a").write("More.\n") if posts else None,
        lambda: chance.choice(posts).touch() if posts else None,
        lambda: posts.pop(chance.randrange(len(posts))).unlink() if posts else None,
        lambda: setting(sites, f"accounts.{chance.choice(['x', 'mastodon', 'bluesky'])}", f"# {len(posts)}"),
        lambda: by_another(sites, places, chance.choice(names), pause),
        lambda: sites.place.clock.pass_by(minutes=chance.randint(1, 40)),
        lambda: sites.place.clock.pass_by(minutes=-3),
        lambda: None,
    ]
    rest(looks)
    quick = 0
    for _ in range(8):
        chance.choice(changes)()
        looked = looks()
        quick += len(sites.tables) - len(looked)
        before, out = [row for row in rows(sites, places) if row[0] not in looked], sites.out()
        shutil.rmtree(stamps(), ignore_errors=True)
        sites.place.clock.pass_by(minutes=-1)  # at the same moment
        looks()
        assert [row for row in rows(sites, places) if row[0] not in looked] == before
        assert [one for one in sites.out() if one[0] not in looked] == [one for one in out if one[0] not in looked]
        for _ in range(3):
            looks()
    assert quick > 3
