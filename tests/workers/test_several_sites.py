"""One worker for several sites, as a real process."""

import shutil

import pytest

from crosspost.testing.harness import NETWORKS
from tests.several_sites import Sites
from tests.workers.conftest import Site, end, wait_for

pytestmark = pytest.mark.long
#: a site that is usable, one whose config is not, and one whose folder goes away
TABLES = {"club": 'accounts = ["mastodon", "x"]', "wrong": 'acounts = ["x"]', "gone": "", "youth": ""}


@pytest.fixture
def sites(site: Site) -> Sites:
    """The sites after their first run, each with a new post."""
    made = Sites(site.place, TABLES)
    for name in TABLES:
        site.ask(f'CREATE SCHEMA "{name}"')
    assert site.place.crosspost("run").code == 2, "the config of one is wrong"
    shutil.rmtree(site.place.root / "gone")
    for name in ("club", "youth"):
        made.post(name, "new")
    return made


def test_every_site_is_worked_for_and_what_is_wrong_with_one_is_told(site: Site, sites: Sites) -> None:
    worker = site.start("--concurrency", "3", told="Sending for club, wrong, gone, youth from")
    wanted = [("club", network, "new") for network in ("mastodon", "x")]
    wanted += [("youth", network, "new") for network in NETWORKS]
    wait_for(lambda: len(sites.out()) >= len(wanted))
    wait_for(lambda: site.ask("SELECT count(*) FROM worker_queue") == "0")
    said = end(worker)
    assert worker.returncode == 0, said
    assert sites.out() == sorted(wanted)
    assert "club: mastodon: new: sent http" in said
    assert said.count("Error: wrong: ") == 1, said
    assert "`acounts`" in said.replace("\n  ", " ")
    assert said.count("Error: gone: ") == 1, said
    assert site.ask("SELECT count(*) FROM club.deliveries WHERE state = 'sent'") == "2"
