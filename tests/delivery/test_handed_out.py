"""What a look hands out to workers, and what a worker makes of one delivery that it was handed."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.delivery import Engine, Rules, engine, make_plan
from crosspost.errors import NotSent, RateLimited, Unknown
from crosspost.ledger import Delivery
from crosspost.ledger.facts import Suspicion
from crosspost.ledger.plans import Elsewhere
from crosspost.model import Override, Overrides
from crosspost.testing.harness import Clock
from crosspost.transport.rate_limits import RateLimit
from tests.delivery.scripted import Listening, Quick
from tests.delivery.texts import texts
from tests.ledger.rows import put


class Handing(Quick):
    """Everything of it is planned; looks hand out, workers deliver."""

    def engine(
        self, *, most: int = 3, offer: Callable[[Sequence[Delivery]], None] | None = None, **more: Any
    ) -> Engine:
        told = Listening({name: more.pop(name) for name in ("begin", "report", "done", "expect") if name in more})
        rules = Rules(site="https://tal.example", max_per_run=dict.fromkeys(self.networks, most), **more)
        load = lambda entry: self.posts[entry.id]  # noqa: E731  # as Quick has it
        return Engine(self.ledger, self.networks, load, rules, owner="machine:1", listener=told, offer=offer)

    def look(self, *, by_hand: bool = False, **more: Any) -> tuple[list[tuple[str, str]], list[Delivery]]:
        """What is handed out, (post, account), and what the look itself did."""
        offered: list[Delivery] = []
        made = self.engine(offer=offered.extend, **more).run(self.entries, list(self.networks), by_hand=by_hand)
        return [(row.post, row.account) for row in offered], made

    def plan(self) -> "Handing":
        make_plan(self.entries.values(), dict.fromkeys(self.networks, "scripted"), self.ledger, backfill=True)
        return self

    def deliver(self, post: str = "beet", **more: Any) -> list[Delivery]:
        """As a worker does, with the first part of a post."""
        row = next(row for row in self.ledger.deliveries(post=post, account="a") if row.part == 1)
        return self.engine(**more).one(self.ledger.handed.of(row.id), self.entries[post], list(self.networks))


@pytest.fixture(params=[2000, 0], autouse=True)
def _listed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What all accounts have open is read at once, or account by account where that is too much."""
    monkeypatch.setattr(engine, "_LISTED", request.param)


@pytest.fixture
def handing(tmp_path: Path, clock: Clock) -> Iterator[Handing]:
    made = Handing(tmp_path, clock)
    made.write()
    yield made.plan()
    made.ledger.close()


# ── a look ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_due_is_handed_out_and_not_sent(tmp_path: Path, clock: Clock) -> None:
    quick = Handing(tmp_path, clock, "a", "b")
    quick.write("beet")
    quick.write("tal")
    quick.plan().ledger.wait(quick.row("tal", "b"), clock() + timedelta(seconds=1), "a slot")
    offered, made = quick.look()
    assert sorted(offered) == [("beet", "a"), ("beet", "b"), ("tal", "a")]
    assert (made, texts(quick), {*quick.states()}) == ([], [], {"planned"})


@pytest.mark.parametrize(("by_hand", "handed"), [(False, 2), (True, 4)])
def test_a_look_hands_out_no_more_than_a_run_sends(handing: Handing, by_hand: bool, handed: int) -> None:
    for name in ("b", "c", "d"):
        handing.write(name)
    offered, made = handing.plan().look(most=2, by_hand=by_hand)
    assert len(offered) == handed
    assert (made, texts(handing)) == ([], []), "nor does it send the rest itself"


@pytest.mark.parametrize(("seconds", "rests"), [(0, False), (1, True)])
def test_an_account_that_rests_is_handed_nothing(handing: Handing, seconds: int, rests: bool) -> None:
    until = handing.clock() + timedelta(seconds=seconds)
    handing.ledger.note("a", paused_until=until, paused_for="rate", paused_why="slow down")
    assert handing.look() == ([] if rests else [("beet", "a")], [])


def test_while_everything_is_in_doubt_nothing_is_handed_out(handing: Handing) -> None:
    handing.ledger.keep_doubt(Suspicion(why="an older copy"))
    offered, made = handing.look()
    assert (offered, [row.state for row in made]) == ([], ["sent"])


def test_a_digest_is_sent_by_the_look_that_gathered_it(handing: Handing) -> None:
    handing.write("digest/a/2026-11")
    offered, made = handing.plan().look()
    assert offered == [("beet", "a")]
    assert [(row.post, row.state) for row in made] == [("digest/a/2026-11", "sent")]


def test_what_is_in_doubt_is_looked_for_by_the_look_itself(handing: Handing) -> None:
    handing.network.next("publish", Unknown("a: no answer"))
    handing.deliver()
    handing.later(minutes=5)
    offered, made = handing.look()
    assert (offered, [row.state for row in made]) == ([], ["planned"])
    assert texts(handing) == [], "that it is not out was only found now"
    assert handing.look()[0] == [("beet", "a")]


# ── a worker ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_worker_delivers_it_and_tells(handing: Handing) -> None:
    begun: list[str] = []
    told: list[str] = []
    (row,) = handing.deliver(begin=lambda row: begun.append(row.post), report=lambda row: told.append(row.state))
    assert (row, row.state, texts(handing)) == (handing.row(), "sent", ["Beet"])
    assert (begun, told) == (["beet"], ["sent"])


def test_a_thread_is_delivered_to_its_end(handing: Handing) -> None:
    handing.network.parts = ("zwei", "drei")
    rows = handing.deliver()
    assert [(row.part, row.state) for row in rows] == [(1, "sent"), (2, "sent"), (3, "sent")]


def test_a_post_in_doubt_is_told_once_though_it_comes_last(handing: Handing) -> None:
    told: list[str] = []
    handing.network.next("publish", Unknown("a: no answer"))
    (row,) = handing.deliver(report=lambda row: told.append(row.state))
    assert (row.state, told) == ("unknown", ["unknown"])


@pytest.mark.parametrize(("seconds", "goes"), [(0, True), (1, False)])
def test_what_is_not_due_any_more_stays(handing: Handing, seconds: int, goes: bool) -> None:
    handing.ledger.wait(handing.row(), handing.clock() + timedelta(seconds=seconds), "moved")
    assert [row.state for row in handing.deliver()] == (["sent"] if goes else [])
    assert len(texts(handing)) == int(goes)


@pytest.mark.parametrize("state", ["sent", "held", "unknown", "sending", "skipped", "failed", "before"])
def test_only_what_is_planned_goes(handing: Handing, state: str) -> None:
    row = put(handing.ledger, handing.row(), state=state)
    assert handing.deliver() == []
    assert (handing.row(), texts(handing)) == (row, [])


@pytest.mark.parametrize("why", ["a pause", "a doubt", "its post", "its time", "no yes"])
def test_what_speaks_against_it_by_now_is_heeded(handing: Handing, why: str) -> None:
    more: dict[str, Any] = {}
    if why == "a pause":
        handing.ledger.note("a", paused_until=handing.clock() + timedelta(hours=1), paused_for="rate")
    elif why == "a doubt":
        handing.ledger.keep_doubt(Suspicion(why="an older copy"))
    elif why == "its post":
        handing.write(overrides=Overrides(targets={"a": Override(skip=True)}))
    elif why == "its time":
        handing.write(overrides=Overrides(targets={"a": Override(at=handing.clock() + timedelta(hours=1))}))
    else:
        more = {"approve": frozenset({"a"})}
    assert handing.deliver(**more) == []
    assert (texts(handing), handing.row().state) == ([], "planned")


def test_one_that_another_run_took_over_stops_no_worker(handing: Handing) -> None:
    handing.network.next("prepare", lambda: put(handing.ledger, handing.row(), lease="machine:2/x") and None)
    assert handing.deliver() == []
    assert (handing.row().lease, texts(handing)) == ("machine:2/x", [])


def test_another_accounts_words_count_though_it_is_another_delivery(tmp_path: Path, clock: Clock) -> None:
    quick = Handing(tmp_path, clock, "b", "a", same_text_once=True)
    quick.write()
    (row,) = quick.plan().deliver()
    assert row.state == "failed"
    assert "Scripted" in row.error


@pytest.mark.parametrize("fails", [True, False])
def test_what_the_network_said_of_its_limits_and_clock_is_kept(handing: Handing, fails: bool) -> None:
    handing.network.session.limits = {"posts": RateLimit(most=300, left=7, at=handing.clock())}
    handing.network.session.ahead = timedelta(minutes=9)
    if fails:
        handing.network.next("prepare", NotSent("a: no route"))
    handing.deliver()
    facts = handing.ledger.facts()
    assert '"left":7' in facts["limits:a"]
    assert facts["clock:a"] == "540"


def test_a_limit_ends_a_workers_turn(handing: Handing) -> None:
    until = handing.clock() + timedelta(hours=1)
    handing.network.next("publish", RateLimited("a: slow down", until))
    assert [(row.state, row.error) for row in handing.deliver()] == [("planned", "a: slow down")]
    assert handing.deliver() == []
    assert handing.ledger.account("a").paused_until == until


# ── the turn, and what is read ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("by_hand", "wait"), [(False, 0), (True, 60)])
def test_a_person_waits_a_minute_for_a_worker_that_is_busy_and_a_run_does_not(
    handing: Handing, monkeypatch: pytest.MonkeyPatch, by_hand: bool, wait: float
) -> None:
    asked: list[tuple[Any, str, float]] = []

    @contextlib.contextmanager
    def turn(turns: Any, account: str, seconds: float) -> Iterator[bool]:
        asked.append((turns, account, seconds))
        yield False

    monkeypatch.setattr("crosspost.ledger.account_locks.turn", turn)
    done: list[str] = []
    assert handing.engine(done=done.append).run(handing.entries, ["a"], by_hand=by_hand) == []
    assert asked == [(handing.ledger.turns, "a", wait)]
    assert (done, texts(handing)) == (["a"], [])


@pytest.mark.parametrize("ahead", [None, timedelta()])
def test_what_a_worker_was_told_of_the_account_is_not_read_again(
    handing: Handing, monkeypatch: pytest.MonkeyPatch, ahead: timedelta | None
) -> None:
    """A worker asks one question for each delivery, which is where its time goes."""
    handing.network.session.ahead = ahead
    handing.write("b")
    handing.plan().deliver("b")
    handed, ledger = handing.ledger.handed.of(handing.row().id), handing.ledger
    monkeypatch.setattr(ledger, "account", lambda _: pytest.fail("it is known"))
    monkeypatch.setattr(ledger, "fact", lambda name: pytest.fail(f"{name} is known"))
    (row,) = handing.engine().one(handed, handing.entries["beet"], ["a"])
    assert row.state == "sent"


def test_a_site_that_shares_the_account_is_looked_at_before_each_delivery(
    handing: Handing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it knows of a pause counts at once; only a person's wish goes before it."""
    asked: list[str] = []

    class Other(Elsewhere):
        def look(self, account: str) -> bool:
            asked.append(account)
            handing.ledger.note("a", paused_until=handing.clock() + timedelta(hours=1), paused_for="rate")
            return True

    handing.ledger.elsewhere = Other()
    handing.write("b")
    assert handing.plan().deliver() == []
    assert handing.run() == {}
    assert asked == ["a"], "it rests, so the run did not get that far"
    handing.ledger.note("a", paused_until=None, paused_for="")
    assert handing.run() == {}
    assert asked == ["a", "a"]
    handing.ledger.note("a", paused_until=None, paused_for="")
    assert len(texts(handing)) == 0
    handing.run(by_hand=True)
    assert (len(texts(handing)), asked) == (2, ["a", "a"])
