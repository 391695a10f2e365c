"""What waits follows the routes of the accounts; what was left out before is never sent by a new route alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.delivery.inventory import Inventory, note, take
from crosspost.delivery.rerouting import reroute
from crosspost.ledger import BY_HAND, FROM_BACKLOG, Ledger, State
from crosspost.model import Entry, Override, Overrides
from crosspost.testing.harness import Clock
from tests.ledger.rows import put

ROUTE = "takes only posts with the tag “youth”"


class Routed:
    """Posts whose deliveries to the account ``x`` are in a state, and what its route says of them."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.entries = ledger, dict[str, Entry]()
        self.asked: list[str] = []
        self.place: tuple[State, datetime, str] | None = ("planned", ledger.clock() + timedelta(hours=1), "a slot")

    def post(self, name: str = "p", *, out: bool = False, **more: Any) -> Entry:
        """As the listing has it now; ``out``: the route leaves it out."""
        left = ("x",) if out else ()
        more.setdefault("fingerprint", name)
        self.entries[name] = Entry(id=name, path=f"{name}.md", url="", title=name, left_out=left, **more)
        return self.entries[name]

    def add(self, state: State, why: str = "", name: str = "p", account: str = "x", network: str = "net") -> None:
        self.ledger.add([(self.entries[name], account, network, state, self.ledger.clock(), why)])

    def known(self) -> "Routed":
        note(self.inventory(), self.ledger)
        return self

    def inventory(self) -> Inventory:
        return take(self.entries.values(), self.ledger)

    def reroute(self, **routes: str) -> list[tuple[str, str, str]]:
        def place(entry: Entry) -> tuple[State, datetime, str] | None:
            self.asked.append(entry.id)
            return self.place

        reroute(self.inventory(), routes or {"x": ROUTE}, {"x": place}, self.ledger)
        return [(row.account, row.state, row.why) for row in self.ledger.deliveries()]


@pytest.fixture
def routed(tmp_path: Path, clock: Clock) -> Iterator[Routed]:
    ledger = Ledger(tmp_path / "ledger.sqlite3", clock)
    yield Routed(ledger)
    ledger.close()


# ── what waits ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("out", "state"), [(True, "skipped"), (False, "planned")])
def test_what_waits_and_is_not_taken_any_more_is_left_out(routed: Routed, out: bool, state: str) -> None:
    routed.post(out=out)
    routed.add("planned", "at once")
    assert routed.reroute() == [("x", state, ROUTE if out else "at once")]


@pytest.mark.parametrize("state", ["sent", "held", "unknown", "sending", "failed", "before"])
def test_what_does_not_wait_stays(routed: Routed, state: Any) -> None:
    routed.post(out=True)
    routed.add(state, "its reason")
    assert routed.reroute() == [("x", state, "its reason")]


@pytest.mark.parametrize("why", [BY_HAND, FROM_BACKLOG])
def test_what_a_person_asked_for_stays(routed: Routed, why: str) -> None:
    routed.post(out=True)
    routed.add("planned", why)
    assert routed.reroute() == [("x", "planned", why)]


@pytest.mark.parametrize("begun", [{"part": 2}, {"tried_at": "now"}])
def test_what_was_begun_stays(routed: Routed, begun: dict[str, Any]) -> None:
    routed.post(out=True)
    routed.add("planned", "at once")
    values = {name: routed.ledger.clock() if value == "now" else value for name, value in begun.items()}
    (row,) = routed.ledger.deliveries()
    put(routed.ledger, row, **values)
    assert routed.reroute() == [("x", "planned", "at once")]


@pytest.mark.parametrize("to", ["x", "net"])
@pytest.mark.parametrize("skip", [True, False])
def test_what_the_post_itself_says_goes_first(routed: Routed, to: str, skip: bool) -> None:
    routed.post(out=True, overrides=Overrides(targets={to: Override(skip=skip)}))
    routed.add("planned", "at once")
    assert routed.reroute() == [("x", "planned", "at once")], "who is to skip it is seen before it is sent"


def test_an_account_without_a_route_and_a_post_that_is_gone_are_left_alone(routed: Routed) -> None:
    routed.post(out=True)
    routed.add("planned", "at once", account="y")
    routed.add("planned", "at once")
    routed.entries.clear()
    assert routed.reroute() == [("y", "planned", "at once"), ("x", "planned", "at once")]


# ── what was left out ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_that_is_edited_so_that_it_is_taken_is_planned(routed: Routed, clock: Clock) -> None:
    routed.post(out=True)
    routed.add("skipped", ROUTE)
    routed.known().post(fingerprint="edited")
    assert routed.reroute() == [("x", "planned", "a slot")]
    (row,) = routed.ledger.deliveries()
    assert row.due_at == clock() + timedelta(hours=1)


def test_what_has_no_place_stays_out(routed: Routed) -> None:
    routed.post(out=True)
    routed.add("skipped", ROUTE)
    routed.known().post(fingerprint="edited")
    routed.place = None
    assert routed.reroute() == [("x", "skipped", ROUTE)]
    assert routed.asked == ["p"]


@pytest.mark.parametrize(
    ("why", "edit", "routes"),
    [
        ("the file is as it was", {"fingerprint": "p"}, {"x": ROUTE}),
        ("it is still left out", {"fingerprint": "edited", "out": True}, {"x": ROUTE}),
        ("the route is another one", {"fingerprint": "edited"}, {"x": "takes only posts with the tag “board”"}),
        ("it has no route any more", {"fingerprint": "edited"}, {"y": ROUTE}),
    ],
)
def test_what_stays_left_out(routed: Routed, why: str, edit: dict[str, Any], routes: dict[str, str]) -> None:
    routed.post(out=True)
    routed.add("skipped", ROUTE)
    routed.known().post(**edit)
    assert routed.reroute(**routes) == [("x", "skipped", ROUTE)], why
    assert routed.asked == []


def test_what_a_person_said_beside_an_unchanged_file_counts_too(routed: Routed) -> None:
    routed.post(out=True)
    routed.add("skipped", ROUTE)
    entry = routed.known().post(out=True)
    routed.entries["p"] = msgspec.structs.replace(entry, overrides=Overrides(targets={"x": Override(skip=False)}))
    assert routed.reroute() == [("x", "planned", "a slot")]


def test_a_post_that_is_new_is_not_asked_about(routed: Routed) -> None:
    routed.post()
    assert routed.reroute() == []
    assert routed.asked == []


@pytest.mark.parametrize(("state", "why"), [("skipped", "cancelled"), ("failed", ROUTE), ("before", ROUTE)])
def test_only_what_the_route_left_out_comes_back(routed: Routed, state: Any, why: str) -> None:
    routed.post(out=True)
    routed.add(state, why)
    routed.known().post(fingerprint="edited")
    assert routed.reroute() == [("x", state, why)]


def test_an_account_that_is_not_there_any_more_is_left_alone(routed: Routed) -> None:
    routed.post(out=True)
    routed.add("skipped", ROUTE, account="z")
    routed.known().post(fingerprint="edited")
    assert routed.reroute(x=ROUTE, z=ROUTE) == [("z", "skipped", ROUTE)]
