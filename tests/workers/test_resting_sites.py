"""Sites at which nothing changed are passed over by a worker, and workers share the looks at the others."""

import contextlib
import os
from datetime import timedelta

import pytest

from crosspost.app import loading
from crosspost.app.running.known_marks import KnownMarks
from crosspost.sandbox.core.store import utc_now
from tests.several_sites import Sites
from tests.workers.conftest import Site, end, wait_for

pytestmark = pytest.mark.long
TABLES = {"club": 'accounts = ["mastodon"]', "youth": 'accounts = ["x"]'}


@pytest.fixture
def sites(site: Site) -> Sites:
    """The sites after their first run."""
    made = Sites(site.place, TABLES)
    for name in TABLES:
        site.ask(f'CREATE SCHEMA "{name}"')
    assert site.place.crosspost("run").code == 0
    return made


def _last_look(site: Site, name: str) -> str:
    return site.ask(f"SELECT value FROM {name}.facts WHERE name = 'last_run'")


def test_a_site_at_which_nothing_changed_is_not_looked_at_again(site: Site, sites: Sites) -> None:
    worker = site.start(told="Sending for club, youth from")
    for name in TABLES:  # the first time that a site is passed over, that is written down
        wait_for(lambda name=name: site.ask(f"SELECT value FROM {name}.ledger_marks WHERE name = 'look'") != "")  # type: ignore[misc]  # mypy and defaults
    before = {name: _last_look(site, name) for name in TABLES}

    sites.post("youth", "new")  # what comes of it shows that rounds went on
    wait_for(lambda: sites.out() == [("youth", "x", "new")])
    assert _last_look(site, "youth") != before["youth"]
    sites.post("youth", "newer")
    wait_for(lambda: len(sites.out()) == 2)
    assert _last_look(site, "club") == before["club"]

    sites.post("club", "new")
    wait_for(lambda: len(sites.out()) == 3)
    said = end(worker)
    assert worker.returncode == 0, said
    assert _last_look(site, "club") != before["club"]


def test_when_another_worker_looked_is_asked_anew_before_a_look(site: Site, sites: Sites) -> None:
    file = sites.place.config
    read = loading.load_each(config=file, site=None, environ=os.environ, clock=utc_now, required=True)
    with contextlib.closing(KnownMarks(read)) as known:
        assert known.mark("club")  # asks for both
        then = utc_now() - timedelta(hours=2)
        site.ask(f"UPDATE youth.facts SET value = '{then.isoformat()}' WHERE name = 'last_run'")
        assert known.looked("youth") == pytest.approx(7200, abs=600)
