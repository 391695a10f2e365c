"""A server in trouble is left alone for longer and longer, and asked once in between."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.delivery.circuit_breaker import MOST, rest
from crosspost.ledger import Ledger
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.delivery.engine_runs import Runs


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=["mastodon"], clock=clock)


@pytest.fixture
def runs(place: Place) -> Iterator[Runs]:
    for number in range(8):
        place.new_post(f"2026-11-21-p{number}")
    made = Runs(place)
    yield made
    made.ledger.close()


def down(runs: Runs, times: int = 1000) -> None:
    runs.place.sandbox.fault("mastodon", "cut-before", times, match="POST /api/v1/statuses")


def asked(runs: Runs) -> int:
    return len(runs.place.sandbox.requests_to("mastodon", "POST /api/v1/statuses"))


def unreachable(runs: Runs) -> None:
    runs.place.config.write_text(runs.place.config.read_text().replace(runs.place.sandbox.url, "http://127.0.0.1:9"))


def test_a_dead_server_is_asked_once_a_rest(runs: Runs) -> None:
    unreachable(runs)
    for _ in range(2):
        runs.run()
        runs.place.clock.pass_by(minutes=3)
    state = runs.ledger.account("mastodon")
    assert (state.failures, state.paused_for) == (MOST, "trouble")
    assert "5 attempts in a row failed" in state.paused_why
    assert "connection refused" in state.paused_why
    gaps = []
    for _ in range(5):
        begun = runs.ledger.account("mastodon")
        assert begun.paused_until is not None
        gaps.append(begun.paused_until - runs.place.clock())
        assert runs.run() == {}, "it rests"
        runs.place.clock.now = begun.paused_until + timedelta(seconds=1)
        runs.run()
        assert runs.ledger.account("mastodon").failures == begun.failures + 1, "one probe"
    assert all(later > earlier for earlier, later in itertools.pairwise(gaps))
    assert runs.place.sandbox.posts() == []


def test_a_server_that_fails_while_publishing_is_not_hammered(runs: Runs) -> None:
    down(runs)
    for _ in range(30):
        runs.run()
        runs.place.clock.pass_by(minutes=1)
    assert asked(runs) <= MOST + 3, "five, and a probe after five, ten and twenty minutes"


def test_a_success_ends_it_and_everything_goes_out_once(runs: Runs) -> None:
    down(runs, MOST)
    for _ in range(24):
        runs.run()
        runs.place.clock.pass_by(minutes=10)
    assert runs.ledger.account("mastodon").failures == 0
    assert set(runs.states().values()) == {"sent"}
    titles = [post["text"].splitlines()[0] for post in runs.place.sandbox.posts()]
    assert len(titles) == len(set(titles)) == 9


def test_a_refusal_or_a_broken_post_is_no_trouble_of_the_server(runs: Runs) -> None:
    runs.place.sandbox.reset()
    for file in (runs.place.root / "site/_posts").iterdir():
        file.unlink()
    for number in range(8):
        runs.place.new_post(
            f"2026-11-21-p{number}",
            f"---\ntitle: p{number}\ncrosspost: {{mastodon: {{visibility: nobody}}}}\n---\n\nText.\n",
        )
    for _ in range(4):
        runs.run()
        runs.place.clock.pass_by(minutes=30)
    assert runs.ledger.account("mastodon").failures == 0


def test_a_person_is_not_made_to_wait(place: Place, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    place.crosspost("run")
    for number in range(6):
        place.new_post(f"2026-11-21-p{number}")
    good = place.config.read_text()
    place.config.write_text(good.replace(place.sandbox.url, "http://127.0.0.1:9"))
    for _ in range(2):
        place.crosspost("run")
        clock.pass_by(minutes=3)
    place.config.write_text(good)
    shown = place.crosspost("status").out
    assert "mastodon (sandbox) is paused for " in shown
    assert "5 attempts in a row failed" in shown
    assert place.crosspost("run", "--quiet").out == ""
    assert place.crosspost("site/_posts/2026-11-21-p5.md".replace("site", str(place.root / "site"))).code == 0
    assert len(place.sandbox.posts()) == 1
    place.config.write_text(good.replace(place.sandbox.url, "http://127.0.0.1:9"))
    for _ in range(9):
        place.crosspost("run")
        clock.pass_by(minutes=3)
    place.config.write_text(good)
    woken = place.crosspost("retry", "--all")
    assert "mastodon: tried again in the next run" in woken.out
    for _ in range(2):
        place.crosspost("run")
    assert len(place.sandbox.posts()) == 6


def test_the_rests_grow_to_six_hours() -> None:
    lengths = [rest("m", MOST + more) for more in range(12)]
    assert timedelta(minutes=4) <= lengths[0] <= timedelta(minutes=6)
    assert max(lengths) <= timedelta(hours=7.2)
    assert lengths[-1] >= timedelta(hours=4.8)


def test_what_it_knows_outlives_the_process(runs: Runs) -> None:
    unreachable(runs)
    runs.run()
    again = Ledger(runs.ledger.path, runs.place.clock)
    assert again.account("mastodon").failures == 3
