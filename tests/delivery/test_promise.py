"""The promise against a small model of it: whatever happens in whatever order, a post is out once, refused with a
reason, or held for a person; never twice, never forgotten.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crosspost.app.progress import Progress
from crosspost.delivery import Engine, Rules, make_plan
from crosspost.delivery.change_detector import ChangeDetector, Policy
from crosspost.delivery.editor import Editor
from crosspost.ledger import Delivery, Ledger, opening
from crosspost.ledger.database import Statements
from crosspost.ledger.postgresql.address import Address
from crosspost.model import Entry, Post
from crosspost.testing.harness import Clock
from tests.delivery.promise import ABILITIES, FAULTS, Killed, Obedient, Server, Stored

KINDS = tuple(ABILITIES)
_POSTS = st.integers(0, 3)
_TROUBLE = st.lists(st.sampled_from(FAULTS), max_size=2)
_HANDS_OFF = ("sent", "failed", "held", "skipped", "before")


class Dying(Ledger):
    """A ledger whose process may be killed before or after one of its next writes."""

    deadly = 0

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Statements]:
        """Counts down; an odd number dies before the write, an even one after it."""
        self.deadly -= 1
        if self.deadly == 1:
            self.deadly = 0
            raise Killed
        with super()._transaction() as statements:
            yield statements
        if self.deadly == 0:
            self.deadly = -1
            raise Killed


class Promise(RuleBasedStateMachine):
    """Three accounts, one for each kind of proof a network gives."""

    #: the ledger that is tried
    make: type[Ledger] = Dying

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.right = Clock(), Clock()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.place()
        self.servers = {kind: Server(kind, self.right) for kind in KINDS}
        self.entries: dict[int, Entry] = {}
        self.titles: dict[int, int] = {}
        #: numbers of posts whose rows may be older than what happened, since an older ledger was put back
        self.older: set[int] = set()
        self.restored = 0
        self.ledger = self.opened()

    # ── what a user, the network and accidents do ─────────────────────────────────────────────────────────────────

    @initialize()
    def first_run(self) -> None:
        self.run_now()
        self.write(0)
        self.write(1)

    @rule()
    def write_anew(self) -> None:
        self.write(len(self.titles))

    @rule(number=_POSTS)
    def write(self, number: int) -> None:
        """A new post, or another title for one that is there.

        What was removed before an older ledger was put back, which does not know it, does not come again: that it was
        out once is written nowhere then, and some networks cannot be asked.
        """
        if number in self.older and number not in self.entries:
            return
        self.titles[number] = self.titles.get(number, 0) + 1
        name = self.entries[number].id if number in self.entries else f"2026-11-20-post-{number}"
        self.enter(number, name)

    @rule(number=_POSTS)
    def rename(self, number: int) -> None:
        """Another file name; address and text stay."""
        if number in self.entries:
            self.enter(number, f"{self.entries[number].id}-x")

    @rule(number=_POSTS)
    def remove(self, number: int) -> None:
        self.entries.pop(number, None)

    @rule(keyed=_TROUBLE, proving=_TROUBLE, blind=_TROUBLE, by_hand=st.booleans())
    def troubled_run(self, keyed: list[str], proving: list[str], blind: list[str], by_hand: bool) -> None:
        for kind, faults in zip(KINDS, (keyed, proving, blind), strict=True):
            self.servers[kind].faults[:] = faults
        self.write_anew()
        self.run_now(by_hand=by_hand)

    @rule()
    def run_now(self, by_hand: bool = False) -> None:
        try:
            self.run_once(by_hand=by_hand)
        except Killed:
            self.reopened()

    @rule(write=st.integers(2, 40))
    def killed_at_a_write(self, write: int) -> None:
        self.write_anew()
        self.ledger.deadly = write
        self.run_now()
        self.reopened()

    @rule(seconds=st.sampled_from([1, 30, 59, 61, 119, 600, 2_900, 3_100, 7_200, 90_000]))
    def time_passes(self, seconds: int) -> None:
        for clock in (self.clock, self.right):
            clock.pass_by(seconds=seconds)

    @precondition(lambda self: not self.restored)  # a wrong clock and a ledger that is too old at once: not promised
    @rule(hours=st.sampled_from([-100_000, -30, -1, 0, 0, 1, 30]))
    def the_clock_is_set(self, hours: int) -> None:
        """This machine's clock only: it goes wrong, or right again."""
        self.clock.now = self.right() + timedelta(hours=hours)

    @rule(skip=st.booleans())
    def a_person_looks(self, skip: bool) -> None:
        """Settles what waits, truthfully."""
        for row in self.ledger.deliveries(states=["held", "unknown"]):
            if row.publishing_at is not None or row.state == "held":
                self.settle(row, skip=skip)

    @rule()
    def retry(self) -> None:
        for row in self.ledger.deliveries(states=["failed"]):
            self.ledger.revive(row)

    @rule()
    def new_tokens(self) -> None:
        for kind in KINDS:
            self.ledger.note(kind, paused_until=None, paused_for="", paused_why="", failures=0)

    @precondition(lambda self: self.restored < 2 and self.clock() == self.right())
    @rule(troubled=_TROUBLE)
    def an_older_ledger_is_put_back(self, troubled: list[str]) -> None:
        """Files are backed up, work goes on, and then somebody puts the backup back."""
        self.ledger.close()
        backup = self.backup()
        self.ledger = self.opened()
        self.troubled_run(troubled, troubled, troubled, by_hand=False)
        self.ledger.close()
        self.put_back(backup)
        self.older.update(self.titles)
        self.restored += 1
        self.ledger = self.opened()

    # ── what is promised ──────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def nothing_is_out_twice(self) -> None:
        for kind, server in self.servers.items():
            for number in self.titles:
                out = server.out(self.link(number))
                assert len(out) <= 1, f"{kind}: post {number} is out {len(out)} times"

    @invariant()
    def what_the_ledger_says_is_true(self) -> None:
        for row in self.ledger.deliveries(states=["sent", "failed", "skipped", "before"]):
            if self.number(row) not in self.older:
                assert len(self.out(row)) == (row.state == "sent"), f"{row.account}: {row.post} is {row.state}"

    @invariant()
    def every_doubt_and_refusal_has_its_reason(self) -> None:
        for row in self.ledger.deliveries(states=["failed", "held", "unknown"]):
            assert row.error

    def teardown(self) -> None:
        """The network recovers, the clock is right and time passes: everything comes to its end."""
        for server in self.servers.values():
            server.faults.clear()
        self.clock.now = self.right()
        try:
            for _ in range(40):
                self.new_tokens()
                self.run_once()
                self.time_passes(7 * 3600)
                if not self.under_way():
                    break
            self.nothing_is_out_twice()
            self.what_the_ledger_says_is_true()
            rows = self.ledger.deliveries()
            for row in rows:
                assert row.state in _HANDS_OFF or self.number(row) not in self.entries, row
                assert row.state != "held" or row.account == "blind" or self.number(row) in self.older, row
            planned = {(self.number(row), row.account) for row in rows}
            assert {(number, kind) for number in self.entries for kind in KINDS} <= planned, "a post was forgotten"
        finally:
            self.ledger.close()
            shutil.rmtree(self.folder)

    # ── how it is done ────────────────────────────────────────────────────────────────────────────────────────────

    def run_once(self, *, by_hand: bool = False) -> None:
        networks = {kind: Obedient(server, kind, self.clock) for kind, server in self.servers.items()}
        plan = make_plan(list(self.entries.values()), dict.fromkeys(KINDS, "obedient"), self.ledger)
        for kind in KINDS:  # one after the other: at the same time, no two examples would be alike
            rules = Rules(site="https://site.example", max_per_run=dict.fromkeys(KINDS, 10))
            engine = Engine(self.ledger, networks, self.load, rules, owner="machine:1", listener=Progress())
            engine.run(plan.entries, [kind], by_hand=by_hand)
        policies = dict.fromkeys(KINDS, Policy(on_edit="update", on_delete="unpublish"))
        detector = ChangeDetector(ledger=self.ledger, networks=networks, load=self.load, policies=policies)
        detector.look(plan.entries, plan.inventory)
        Editor(ledger=self.ledger, networks=networks, max_per_run=dict.fromkeys(KINDS, 10)).run(
            list(KINDS), wait=lambda _: ""
        )

    def under_way(self) -> list[Delivery]:
        """What goes on by itself, or may still be looked for."""
        rows = self.ledger.deliveries(states=["planned", "sending", "unknown", "held"])
        return [row for row in rows if row.state != "held" or row.account != "blind"]

    def enter(self, number: int, name: str) -> None:
        self.entries[number] = Entry(
            id=name,
            path=f"_posts/{name}.md",
            url=self.link(number),
            title=f"Post {number}, version {self.titles[number]}",
            date=datetime(2026, 11, 20, tzinfo=UTC),
            fingerprint=f"{number}.{self.titles[number]}",
        )

    def load(self, entry: Entry) -> Post:
        assert entry.date is not None
        return Post(id=entry.id, path=entry.path, url=entry.url, title=entry.title, date=entry.date)

    def settle(self, row: Delivery, *, skip: bool) -> None:
        out = self.out(row)
        if any(self.servers[row.account].waits(post) for post in out):
            return  # nobody can see yet what becomes of it
        if out:
            self.ledger.decide(row, "sent", out[0].id, out[0].id)
        else:
            self.ledger.decide(row, "skipped" if skip else "planned")

    def out(self, row: Delivery) -> list[Stored]:
        return self.servers[row.account].out(self.link(self.number(row)))

    def number(self, row: Delivery) -> int:
        return int(row.post.removesuffix("-x").partition("-post-")[2].partition("-")[0])

    def link(self, number: int) -> str:
        return f"https://site.example/{number}"

    def place(self) -> Path | Address:
        """A new ledger."""
        return self.folder / "ledger.sqlite3"

    def backup(self) -> Any:
        return {file: file.read_bytes() for file in self.folder.glob("ledger.sqlite3*")}

    def put_back(self, backup: Any) -> None:
        for file in self.folder.glob("ledger.sqlite3*"):
            file.unlink()
        for file, data in backup.items():
            file.write_bytes(data)

    def opened(self) -> Any:
        with patch.object(opening, "Ledger", self.make):
            outside = opening.Outside(home=self.folder / "home", moves=not isinstance(self.path, Path))
            return opening.open_to_write(self.path, self.clock, outside)

    def reopened(self) -> None:
        """The next process: nothing is left but what was written down."""
        self.ledger.deadly = 0  # whatever was left of the count
        self.ledger.close()
        self.ledger = self.opened()


TestPromise = pytest.mark.long(Promise.TestCase)
TestPromise.settings = settings(
    max_examples=30, stateful_step_count=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
