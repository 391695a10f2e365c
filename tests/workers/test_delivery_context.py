"""What a worker delivers with changes while it works: the config, the posts, the version of the ledger."""

import threading
from collections.abc import Iterator

import pytest

from crosspost.app.progress import Progress
from crosspost.app.runner import RunControl
from crosspost.ledger import Ledger
from crosspost.testing.harness import NETWORKS
from crosspost.workers import delivery_context
from crosspost.workers.delivery_context import CurrentContext
from tests.workers.conftest import Site

pytestmark = pytest.mark.long


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def contexts(site: Site, said: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CurrentContext]:
    monkeypatch.setattr(delivery_context, "_PAUSE", 0.0)
    stop = threading.Event()
    made = CurrentContext(
        lambda: site.place.app, "m-worker-1:1", lambda _: Progress(), RunControl(stop=stop), said.append
    )
    yield made
    made.close()


def handed_out(site: Site, *, account: str = "mastodon") -> int:
    """A delivery that is planned and due, as a look hands it out."""
    from crosspost.app.running.run import RunView, run

    offered: list[int] = []
    control = RunControl(offer=lambda due: offered.extend(row.id for row in due if row.account == account))
    run(site.place.app, RunView(), control=control)
    assert site.count("planned") == len(NETWORKS), "a look sends nothing itself"
    (number,) = offered
    return number


def test_a_post_that_is_newer_than_the_context_is_delivered(
    site: Site, contexts: CurrentContext, said: list[str]
) -> None:
    contexts.begin()
    site.place.new_post("2026-11-01-p0")
    number = handed_out(site)
    contexts.deliver(number)
    assert (site.count("sent"), said) == (1, [])
    contexts.deliver(number)
    contexts.deliver(999_999)
    assert len(site.place.sandbox.posts("mastodon")) == 1, "what was handed out twice is sent once"
    assert said == []


def test_what_was_decided_meanwhile_counts(site: Site, contexts: CurrentContext) -> None:
    site.place.new_post("2026-11-01-p0")
    number = handed_out(site)
    assert site.place.crosspost("cancel", str(site.place.root / "site/_posts/2026-11-01-p0.md")).code == 0
    contexts.deliver(number)
    assert site.place.sandbox.posts("mastodon") == []


def test_a_worker_of_an_older_version_sends_nothing_more(site: Site, contexts: CurrentContext, said: list[str]) -> None:
    site.place.new_post("2026-11-01-p0")
    number = handed_out(site)
    version = site.ask("SELECT version_num FROM alembic_version")
    site.ask("UPDATE alembic_version SET version_num = '9999'")
    contexts.deliver(number)
    contexts.deliver(number)
    assert len(said) == 1, "it is said once"
    assert "was written by a newer crosspost" in said[0]
    assert site.place.sandbox.posts("mastodon") == []
    site.ask(f"UPDATE alembic_version SET version_num = '{version}'")
    contexts.deliver(number)
    assert site.count("sent") == 1


def test_while_a_doubt_about_the_whole_ledger_is_open_nothing_is_handed_out_or_sent(
    site: Site, contexts: CurrentContext
) -> None:
    from crosspost.ledger.facts import Suspicion

    site.place.new_post("2026-11-01-p0")
    number = handed_out(site)
    ledger = Ledger(site.place.app.ledger_place(), site.place.clock)
    ledger.keep_doubt(Suspicion(why="an older copy", since=None))
    ledger.close()
    contexts.deliver(number)
    assert site.place.sandbox.posts("mastodon") == []
