"""What goes wrong with one target stops no other, no post, and is said once."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crosspost.app.webmentions import sending
from tests.webmentions.conftest import Linked
from tests.webmentions.standin import HOST

pytestmark = pytest.mark.long  # nothing in here depends on the version of Python


def begin(linked: Linked, *targets: str) -> None:
    linked.write(" ".join(f"[x]({target})" for target in targets))
    linked.deploy(*targets)


def test_a_refusal_is_said_once_and_stops_no_other(linked: Linked) -> None:
    linked.there.endpoint("/no", 400, body="we do not know you", kind="text/plain")
    refused = linked.there.page("/a-first", '<link rel="webmention" href="/no">')
    begin(linked, refused, linked.target)
    first = linked.run()
    assert f"{refused} refuses the webmention: its endpoint answers 400: we do not know you" in " ".join(
        first.err.split()
    )
    assert linked.told() == [(linked.source, linked.target)]
    linked.there.requests.clear()
    assert "".join(linked.run(minutes=60 * hours).err for hours in (1, 5, 24, 100)) == ""
    assert linked.there.requests == []
    assert linked.kept()[refused].state == "refused"


def test_a_server_in_trouble_is_asked_again_later(linked: Linked) -> None:
    linked.there.endpoint("/take", 503)
    begin(linked, linked.target)
    assert linked.run().err == ""
    linked.there.requests.clear()
    linked.run(minutes=5)
    assert linked.there.requests == []  # it has time to recover
    linked.there.endpoint("/take", 202)
    linked.run(minutes=30)
    assert linked.told() == [(linked.source, linked.target)]
    assert linked.kept()[linked.target].error == ""


def test_it_says_itself_when_it_wants_to_be_asked_again(linked: Linked) -> None:
    linked.there.endpoint("/take", 429, headers=[("Retry-After", "7200")])
    begin(linked, linked.target)
    linked.run()
    assert linked.kept()[linked.target].due_at - linked.place.clock() == timedelta(hours=2)


def test_one_that_never_answers_is_given_up_and_said_once(linked: Linked) -> None:
    linked.there.endpoint("/take", 500)
    begin(linked, linked.target)
    said = "".join(linked.run(minutes=60 * 7).err for _ in range(16))
    assert " ".join(said.split()).count("does not take the webmention: its endpoint answers 500") == 1
    assert linked.kept()[linked.target].state == "failed"
    linked.there.requests.clear()
    linked.run(minutes=60 * 7)
    assert linked.there.requests == []


def test_a_run_sends_a_part_and_the_next_goes_on(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST", 2)
    targets = [linked.there.page(f"/{n}", '<link rel="webmention" href="/take">') for n in range(5)]
    begin(linked, *targets)
    for sent in (2, 2, 1, 0):
        linked.run()
        assert len(linked.told()) == sent


def test_a_run_that_has_no_time_left_stops(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS", -1.0)
    begin(linked, linked.target)
    linked.run()
    assert linked.told() == []
    monkeypatch.undo()
    monkeypatch.chdir(linked.place.root)
    monkeypatch.setattr("crosspost.cli.common.now", linked.place.clock)
    monkeypatch.setattr(sending, "ALLOWED", frozenset((HOST,)))
    linked.run()
    assert linked.told() == [(linked.source, linked.target)]


def test_nothing_in_the_local_network_is_asked(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Although an article links there: whoever writes in a shared site must not reach the machine's neighbours."""
    monkeypatch.setattr(sending, "ALLOWED", frozenset[str]())
    begin(linked, linked.target)
    assert linked.run().err == ""
    assert linked.there.requests == []
    assert "private network" in linked.kept()[linked.target].error


_KILLED = """
import os, signal, sys
from pathlib import Path
from crosspost.app import loading
from crosspost.app.webmentions import sending
from crosspost.cli import main
from crosspost.ledger.sent_webmentions import WebmentionStore

sending.ALLOWED = frozenset(("127.0.0.2",))
WebmentionStore.end = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
sys.exit(main(["run", "--config", sys.argv[1]]))
"""


def test_killed_between_the_request_and_the_ledger_it_is_sent_again(linked: Linked) -> None:
    """Which does no harm: a receiver has one mention for each source and target."""
    begin(linked, linked.target)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(linked.place.config)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert linked.told() == [(linked.source, linked.target)]
    linked.place.clock.now = datetime.now(UTC)  # that of the process
    linked.run()
    assert linked.told() == []  # it may have been the target's fault
    linked.run(minutes=11)
    linked.run(minutes=60)
    assert linked.told() == [(linked.source, linked.target)]
    assert len(linked.place.sandbox.posts("mastodon")) == 1


HOSTILE: dict[str, dict[str, Any]] = {
    "no HTML": {"body": '\0\ufffd<<<<a rel=webmention href="http://[">'},
    "an address that is none": {"body": '<link rel="webmention" href="http://[::1">'},
    "a port that is none": {"body": '<link rel="webmention" href="http://b.example:99999999/">'},
    "another scheme": {"body": '<link rel="webmention" href="file:///etc/passwd">'},
    "control characters": {"body": '<link rel="webmention" href="/x&#10;y&#1;">'},
    "a redirect to nowhere": {"status": 302, "headers": [("Location", "http://[")]},
    "an odd encoding": {"body": "x", "kind": "text/html; charset=idna"},
    "an odd status": {"status": 299},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_target_stops_no_other(linked: Linked, name: str) -> None:
    hostile = linked.there.page("/a-first", **{"body": "", **HOSTILE[name]})
    begin(linked, hostile, linked.target)
    linked.run()
    assert linked.told() == [(linked.source, linked.target)]
