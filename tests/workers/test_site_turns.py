"""How a worker divides itself between several sites: whose deliveries come next, what is looked at, what stays open."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from crosspost.app.application import App
from crosspost.app.progress import Progress
from crosspost.app.runner import RunControl
from crosspost.errors import ConfigError, CrosspostError
from crosspost.ledger.postgresql.address import Address
from crosspost.workers import claim_queue, site_contexts
from crosspost.workers.claim_queue import ClaimQueue
from crosspost.workers.site_contexts import SiteContexts
from crosspost.workers.site_polling import Looks
from crosspost.workers.worker_sites import Sites

AN_APP = cast("App", object())


# ── whose deliveries come next ────────────────────────────────────────────────────────────────────────────────────────


class Table:
    """What was handed out: (site, account, number), in its order. It stops the worker when nothing is left to take."""

    def __init__(self, rows: Sequence[tuple[str, str, int]], stop: threading.Event) -> None:
        self.rows, self._stop, self._rounds = list(rows), stop, 0

    def next_site(self, after: str) -> str:
        self._rounds += 1
        if not self.rows or self._rounds > 1000:
            self._stop.set()
        return min((site for site, _, _ in self.rows if site > after), default="")

    def next_account(self, site: str, after: str, only: Sequence[str]) -> str:
        assert not only
        return min((name for of, name, _ in self.rows if of == site and name > after), default="")

    def take(self, site: str, account: str) -> int | None:
        found = next((row for row in self.rows if row[:2] == (site, account)), None)
        if found is not None:
            self.rows.remove(found)
        return found[2] if found is not None else None


class Turns:
    """Nobody else works on any account, but on those that are named."""

    def __init__(self, *taken: str) -> None:
        self._taken = taken

    def take(self, account: str) -> bool:
        return account not in self._taken

    def give_back(self, account: str) -> None:
        assert account not in self._taken


def delivered(
    rows: Sequence[tuple[str, str, int]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    able: Callable[[str], bool] = lambda _: True,
    turns: Turns | None = None,
) -> list[tuple[str, int]]:
    """Site and number of what one slot delivers, in its order."""
    monkeypatch.setattr(claim_queue, "_IDLE", 0.0)
    stop, said = threading.Event(), list[tuple[str, int]]()
    queue = ClaimQueue(Address("postgresql://127.0.0.1:1/nothing", tmp_path / "ledger"), [])
    queue._offers = cast("Any", Table(rows, stop))
    queue._turns = cast("Any", turns or Turns())
    queue.work(lambda site, number: said.append((site, number)), 1, stop, able)
    return said


def test_a_site_with_a_thousand_deliveries_takes_no_turn_from_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [("big", account, number) for account in "abcdefghij" for number in range(100)]
    few = [(site, "z", number) for site in ("ant", "small") for number in range(2)]
    order = delivered([*many, *few], tmp_path, monkeypatch)
    assert len(order) == 1004
    assert {site for site, _ in order[:9]} == {"big", "ant", "small"}, "five of each in a row at most"


def test_of_a_site_its_accounts_come_one_after_the_other_and_each_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("one", account, number) for number in range(12) for account in "ab"]
    order = [number for _, number in delivered(rows, tmp_path, monkeypatch)]
    assert order == [*range(5), *range(5), *range(5, 10), *range(5, 10), 10, 11, 10, 11]


def test_a_site_that_cannot_be_worked_for_here_is_left_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("bad", "a", 1), ("good", "a", 2), ("good", "b", 3)]
    order = delivered(rows, tmp_path, monkeypatch, able=lambda site: site == "good", turns=Turns("b"))
    assert order == [("good", 2)]


# ── what stays open ───────────────────────────────────────────────────────────────────────────────────────────────────


class CurrentContext:
    """Opens at the first delivery; that of the site "bad" cannot be opened."""

    def __init__(self, app: Callable[[], App], *_: object) -> None:
        self._app, self.open, self.tried = app, False, 0

    def deliver(self, number: int) -> None:
        self.open = number > 0

    def able(self, *, alone: bool) -> bool:
        assert not alone
        self.tried += 1
        try:
            return self._app() is AN_APP
        except CrosspostError:
            return False

    def rest(self) -> None:
        self.open = False


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch, now: list[float]) -> SiteContexts:
    monkeypatch.setattr(site_contexts, "CurrentContext", CurrentContext)
    found: list[tuple[str, App | ConfigError]] = [(name, AN_APP) for name in "abcd"]
    sites = Sites(lambda: [*found, ("bad", ConfigError("wrong"))], lambda app: app)
    return SiteContexts(sites, "m:1", lambda _: Progress(), RunControl(), lambda *_: None, most=2, clock=lambda: now[0])


def test_only_the_desks_used_last_stay_open(contexts: SiteContexts) -> None:
    for site in "abcdb":
        contexts.deliver(site, 1)
    assert [site for site, one in contexts._contexts.items() if one.open] == ["d", "b"]


def test_a_desk_that_cannot_be_opened_is_not_tried_again_at_once(contexts: SiteContexts, now: list[float]) -> None:
    assert [contexts.able(site) for site in ("a", "bad", "bad", "gone", "a")] == [True, False, False, False, True]
    bad = cast("CurrentContext", contexts._contexts["bad"])
    assert (bad.tried, "gone" in contexts._contexts) == (1, False)
    now[0] += 5
    assert not contexts.able("bad")
    assert bad.tried == 2


# ── when a site is looked at ──────────────────────────────────────────────────────────────────────────────────────────


class Watched(Looks):
    """Looks of a worker every 100 seconds, with a clock that the test sets.

    :ivar seen: site → seconds since the last look of any worker, or what goes wrong when that is asked
    """

    def __init__(self, *names: str) -> None:
        self.now, self.asked, self.seen = 1000.0, list[str](), dict[str, float | CrosspostError]()
        sites = Sites(lambda: [(name, AN_APP) for name in names], lambda app: app)
        super().__init__(sites, cast("SiteContexts", None), 100, clock=lambda: self.now)

    def _rest(self, name: str) -> float:
        self.asked.append(name)
        said = self.seen[name]
        if isinstance(said, CrosspostError):
            raise said
        return 90 - said


def test_several_sites_are_gone_through_once_in_a_while() -> None:
    watched = Watched("a", "b", "c")
    assert (watched.due(), watched.due()) == (True, False)
    watched.now += 90
    assert (watched.due(), watched.due()) == (True, False)


def test_what_another_worker_has_just_looked_at_is_left_alone() -> None:
    watched = Watched("a", "b", "c")
    watched.seen = {"a": 30, "b": 91, "c": CrosspostError("cannot be read")}
    assert [watched.wanted(name) for name in "abc"] == [False, True, True]
    assert watched.wanted("a", failed={"a": "it failed here"})
    watched.now += 59
    assert not watched.wanted("a")
    assert watched.asked == ["a", "b", "c"], "before its time no ledger is asked again"
    watched.now += 1
    watched.seen["a"] = 90
    assert watched.wanted("a")


def test_the_only_site_is_asked_for_each_time() -> None:
    watched = Watched("")
    watched.seen = {"site": 95}
    assert (watched.due(), watched.due()) == (True, True)
    watched.seen = {"site": 0}
    assert not watched.due()


def test_what_was_asked_for_all_sites_together_needs_no_question() -> None:
    watched = Watched("a", "b")
    watched.seen = {"a": 95, "b": 95}
    assert [watched.wanted("a", ago=30), watched.wanted("b", ago=91)] == [False, True]
    assert watched.asked == []
    watched.now += 59
    assert not watched.wanted("a", ago=91), "its time is known"
    watched.now += 1
    assert watched.wanted("a", ago=90)
