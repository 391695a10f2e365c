"""What changes in one site of several costs one look, and a site that was not looked at has nothing to do."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.running import idle_stamp
from crosspost.cli import run_reports
from crosspost.cli.common import site_name
from crosspost.sources import listing_cache
from crosspost.sources.jekyll import JekyllSource
from tests.several_sites import Sites

Looks = Callable[[], set[str]]


@pytest.fixture
def looks(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> Looks:
    """Runs once: which sites were looked at. Files count as old at once, so that no test has to wait."""
    seen: set[str] = set()
    really = run_reports.run_and_show

    def watched(app: Any, *given: Any, **named: Any) -> Any:
        seen.add(site_name(app))
        return really(app, *given, **named)

    monkeypatch.setattr(run_reports, "run_and_show", watched)
    monkeypatch.setattr(idle_stamp, "FRESH", -(10**12))
    text = sites.place.config.read_text("utf-8")
    sites.place.config.write_text(f'{text}\n[state]\nledger = "state/ledger.sqlite3"\n', "utf-8")

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


def test_one_site_that_is_named_rests_too(sites: Sites, looks: Looks) -> None:
    rest(looks)
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


def rows(sites: Sites) -> list[Any]:
    found = []
    for name in sites.tables:
        with closing(sqlite3.connect(sites.ledger(name))) as opened:
            query = "SELECT post, account, part, state, due_at, why, sent_at FROM deliveries ORDER BY id"
            found += [(name, *row) for row in opened.execute(query)]
    return found


@pytest.mark.parametrize("seed", range(2))
def test_a_full_look_finds_nothing_that_a_quick_one_left(sites: Sites, looks: Looks, seed: int) -> None:
    chance = random.Random(seed)
    posts: list[Path] = []
    changes: list[Callable[[], object]] = [
        lambda: posts.append(sites.post(chance.choice(["club", "youth"]), f"new{len(posts)}")),
        lambda: chance.choice(posts).open("a").write("More.\n") if posts else None,
        lambda: chance.choice(posts).touch() if posts else None,
        lambda: setting(sites, f"accounts.{chance.choice(['x', 'mastodon', 'bluesky'])}", f"# {len(posts)}"),
        lambda: sites.place.clock.pass_by(minutes=chance.randint(1, 40)),
        lambda: None,
    ]
    rest(looks)
    quick = 0
    for _ in range(10):
        chance.choice(changes)()
        looked = looks()
        quick += len(sites.tables) - len(looked)
        before, out = [row for row in rows(sites) if row[0] not in looked], sites.out()
        shutil.rmtree(stamps(), ignore_errors=True)
        looks()
        assert [row for row in rows(sites) if row[0] not in looked] == before
        assert [one for one in sites.out() if one[0] not in looked] == [one for one in out if one[0] not in looked]
        rest(looks)
    assert quick > 3
