"""How a worker divides itself between several sites: whose deliveries come next, what is looked at, what stays open."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crosspost.app.application import App
from crosspost.errors import CrosspostError
from crosspost.ledger.postgresql.address import Address
from crosspost.workers import claim_queue
from crosspost.workers.claim_queue import ClaimQueue
from crosspost.workers.site_contexts import SiteContexts
from crosspost.workers.site_polling import Looks
from crosspost.workers.worker_sites import Sites

AN_APP = cast("App", SimpleNamespace(settings=None))


# ── whose deliveries come next ────────────────────────────────────────────────────────────────────────────────────────


class Table:
    """What was handed out: (site, account, number), in its order. It stops the worker when nothing is left to take.

    :param taken: accounts that somebody else works on
    """

    def __init__(self, rows: Sequence[tuple[str, str, int]], stop: threading.Event, *taken: str) -> None:
        self.rows, self._stop, self._taken, self._rounds = list(rows), stop, taken, 0

    def next_site(self, after: str) -> str:
        self._rounds += 1
        if not self.rows or self._rounds > 1000:
            self._stop.set()
        sites = [site for site, _, _ in self.rows]
        return min((site for site in sites if site > after), default=min(sites, default=""))

    def next_accounts(self, site: str, after: str, only: Sequence[str], most: int) -> list[str]:
        assert not only
        return sorted({name for of, name, _ in self.rows if of == site and name > after})[:most]

    def take(
        self, site: str, account: str, most: int, ended: tuple[str, Sequence[int]] | None = None
    ) -> list[int] | None:
        if ended is not None:
            self.give_back(site, *ended)
        if account in self._taken:
            return None
        return [number for of, name, number in self.rows if (of, name) == (site, account)][:most]

    def give_back(self, site: str, account: str, done: Sequence[int]) -> None:
        assert account not in self._taken
        self.rows = [row for row in self.rows if row[0] != site or row[2] not in done]


def delivered(
    rows: Sequence[tuple[str, str, int]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    able: Callable[[str], bool] = lambda _: True,
    taken: Sequence[str] = (),
) -> list[tuple[str, int]]:
    """Site and number of what one slot delivers, in its order."""
    monkeypatch.setattr(claim_queue, "_IDLE", 0.0)
    stop, said = threading.Event(), list[tuple[str, int]]()
    queue = ClaimQueue(Address("postgresql://127.0.0.1:1/nothing", tmp_path / "ledger"), [])
    queue._offers = cast("Any", Table(rows, stop, *taken))
    queue.work(lambda site, number: said.append((site, number)), 1, stop, able)
    return said


def test_a_site_with_a_thousand_deliveries_takes_no_turn_from_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [("big", account, 100 * at + number) for at, account in enumerate("abcdefghij") for number in range(100)]
    few = [(site, "z", number) for site in ("ant", "small") for number in range(2)]
    order = delivered([*many, *few], tmp_path, monkeypatch)
    assert len(order) == 1004
    assert {site for site, _ in order[:9]} == {"big", "ant", "small"}, "five of each in a row at most"


def test_of_a_site_its_accounts_come_one_after_the_other_and_each_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("one", account, number + at) for number in range(12) for at, account in ((0, "a"), (100, "b"))]
    order = [number % 100 for _, number in delivered(rows, tmp_path, monkeypatch)]
    assert order == [*range(5), *range(5), *range(5, 10), *range(5, 10), 10, 11, 10, 11]


def test_a_site_that_cannot_be_worked_for_here_is_left_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("bad", "a", 1), ("good", "a", 2), ("good", "b", 3)]
    order = delivered(rows, tmp_path, monkeypatch, able=lambda site: site == "good", taken=["b"])
    assert order == [("good", 2)]


def test_it_pauses_only_where_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = list[float]()
    stop = threading.Event()
    table = Table([("one", "a", 1), ("one", "b", 2), ("two", "a", 3)], stop)
    queue = ClaimQueue(Address("postgresql://127.0.0.1:1/nothing", tmp_path / "ledger"), [])
    queue._offers = cast("Any", table)
    monkeypatch.setattr(queue._bell, "wait", lambda _heard, seconds: waits.append(seconds))
    queue.work(lambda *_: None, 1, stop, lambda _: True)
    assert (table.rows, len(waits)) == ([], 1)


def test_what_is_handed_out_is_the_number_and_the_account(tmp_path: Path) -> None:
    queue = ClaimQueue(Address("postgresql://127.0.0.1:1/nothing", tmp_path / "ledger"), [])
    added: dict[str, list[tuple[int, str]]] = {}
    queue._offers = cast("Any", SimpleNamespace(add=lambda site, rows: added.update({site: list(rows)})))
    queue.offer("club", cast("Any", [SimpleNamespace(id=7, account="x"), SimpleNamespace(id=8, account="mastodon")]))
    assert added == {"club": [(7, "x"), (8, "mastodon")]}


def test_what_a_worker_that_ends_has_not_come_to_stays_there(tmp_path: Path) -> None:
    stop, said = threading.Event(), list[int]()
    table = Table([("one", "a", number) for number in range(5)], stop)
    queue = ClaimQueue(Address("postgresql://127.0.0.1:1/nothing", tmp_path / "ledger"), [])
    queue._offers = cast("Any", table)

    def deliver(_: str, number: int) -> None:
        said.append(number)
        if number == 2:
            stop.set()

    queue.work(deliver, 1, stop, lambda _: True)
    assert (said, [number for _, _, number in table.rows]) == ([0, 1, 2], [3, 4])


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
    watched.seen = {"a": 30, "b": 90, "c": CrosspostError("cannot be read")}
    assert [watched.wanted(name) for name in "abc"] == [False, True, True]
    assert watched.wanted("a", failed={"a": "it failed here"})
    watched.now += 59
    assert not watched.wanted("a")
    assert watched.asked == ["a", "b", "c"], "before its time no ledger is asked again"
    watched.now += 1
    watched.seen["a"] = 89.5
    assert not watched.wanted("a")
    watched.now += 0.5
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
