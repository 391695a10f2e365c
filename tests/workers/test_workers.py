"""Workers as real processes: what they send, and how they end."""

import signal
import time
from collections import Counter

import pytest

from crosspost.app.runner import RunControl
from crosspost.cli.worker import _look
from crosspost.errors import ConfigError
from crosspost.sandbox.core.store import utc_now
from crosspost.testing.harness import NETWORKS, Place
from tests.workers.conftest import Site, end, wait_for

pytestmark = pytest.mark.long
POSTS = 4


def write(site: Site) -> None:
    """Posts of today: so many older ones would look as if they had been there before the first run."""
    for number in range(POSTS):
        site.place.new_post(f"{utc_now():%Y-%m-%d}-p{number}")


@pytest.mark.parametrize("queue", ["database", "procrastinate"])
def test_two_workers_and_runs_beside_them_send_everything_once(site: Site, queue: str) -> None:
    write(site)
    workers = [site.start("--queue", queue, "--concurrency", "2") for _ in range(2)]
    assert site.place.crosspost("run").code == 0
    wait_for(lambda: site.count("sent") == POSTS * len(NETWORKS))
    said = [end(worker) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], said
    assert "Error" not in "".join(said)
    posts = Counter((post["network"], post["text"].splitlines()[0]) for post in site.place.sandbox.posts())
    assert set(posts.values()) == {1}
    assert len(posts) == POSTS * len(NETWORKS)


def test_a_worker_that_is_to_end_sends_what_it_began_and_no_more(site: Site) -> None:
    write(site)
    site.place.sandbox.fault("mastodon", "delay", seconds=2)
    worker = site.start("--concurrency", "1", "--account", "mastodon")
    wait_for(lambda: site.count("sending") == 1)
    said = end(worker)
    assert worker.returncode == 0, said
    assert (site.count("sent"), site.count("sending"), site.count("unknown")) == (1, 0, 0), said
    assert site.count("planned") == POSTS * len(NETWORKS) - 1


def test_a_worker_sends_on_its_accounts_only(site: Site) -> None:
    site.place.new_post("2026-11-01-p0")
    worker = site.start("--account", "mastodon", "--account", "x")
    wait_for(lambda: site.count("sent") == 2)
    time.sleep(1)
    end(worker)
    assert site.ask("SELECT DISTINCT account FROM deliveries WHERE state = 'sent' ORDER BY 1") == "mastodon\nx"


def test_what_a_killed_worker_left_is_found_by_the_next_one_at_once(site: Site) -> None:
    site.place.new_post("2026-11-01-p0")
    site.place.sandbox.fault("mastodon", "delay", seconds=3)
    worker = site.start("--account", "mastodon")
    wait_for(lambda: site.ask("SELECT count(*) FROM deliveries WHERE publishing_at IS NOT NULL") == "1")
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    assert site.count("sending") == 1, "its lease lasts for a quarter of an hour"
    site.start("--account", "mastodon")
    wait_for(lambda: site.count("sent") == 1)
    assert len(site.place.sandbox.posts("mastodon")) == 1


def test_a_ledger_in_a_file_has_no_workers(place: Place) -> None:
    shown = place.crosspost("worker")
    assert shown.code == 2
    assert "workers share a ledger in PostgreSQL" in shown.err
    with pytest.raises(ConfigError, match="workers share a ledger in PostgreSQL"):
        _look(place.app, RunControl())  # which it was not yet when the worker began
    assert "crosspost help database" in shown.err


def test_an_account_that_is_not_there_is_named(site: Site) -> None:
    shown = site.place.crosspost("worker", "--account", "mastodn")
    assert shown.code == 2
    assert "--account mastodn: there is no such account" in shown.err
