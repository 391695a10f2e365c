"""A network in memory that does what a test tells it, and runs of the engine over it: a hundred take a second."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec

from crosspost.app.progress import Progress
from crosspost.compose import Style
from crosspost.delivery import Engine, Rules, make_plan
from crosspost.delivery.change_detector import ChangeDetector, Policy
from crosspost.delivery.editor import Editor
from crosspost.errors import Unknown
from crosspost.ledger import Change, Delivery, Ledger
from crosspost.model import (
    Abilities,
    Draft,
    Entry,
    Identity,
    ImageLimits,
    Limits,
    Overrides,
    Post,
    Prepared,
    Receipt,
    Value,
)
from crosspost.networks.base import Network, Save
from crosspost.testing.harness import Clock


class Options(Value, frozen=True, kw_only=True):
    """It has no settings of its own."""


class Scripted(Network):
    """What was published stands in ``out``: (key, text). Each next ``publish`` or ``find`` does what ``will`` says.

    :param able: what differs from a network whose list of posts shows everything at once
    """

    key, name, home = "scripted", "Scripted", "https://scripted.example"
    limits = Limits(
        text=500, unit="code-points", images=ImageLimits(count=4), source="a test", checked=date(2026, 11, 1)
    )
    abilities = Abilities(absence_after=60)
    Options = Options
    credentials = {"token": "a token"}  # noqa: RUF012  # the shape of every adapter

    def __init__(self, account: str, clock: Clock, **able: Any) -> None:
        session: Any = SimpleNamespace(ahead=None, last=None, limits={}, redact=lambda text: text)
        super().__init__(
            account=account, options=Options(), style=Style(), credentials={}, session=session, clock=clock
        )
        self.abilities = msgspec.structs.replace(Abilities(absence_after=60), **able)  # type: ignore[misc]
        self.out: list[tuple[str, str]] = []
        self.begun: list[datetime | None] = []
        self.uploads = 0
        self.parts: tuple[str, ...] = ()
        self.who, self.connected = Identity(id="1", handle="me", server="test"), 0
        self.dated: list[datetime | None] = []
        self.asked: list[datetime] = []
        self.edited: list[tuple[str, str, bool]] = []
        self.keys_of_edits: list[str] = []
        self.deleted: list[str] = []
        self.notes: tuple[str, ...] = ()
        self.will: dict[str, list[Callable[[], None]]] = {}

    def next(self, verb: str, *steps: BaseException | Callable[[], None] | None) -> None:
        """What each of the next calls of a verb does first: raise, or run; None: nothing out of the ordinary."""
        self.will.setdefault(verb, []).extend(_step(step) for step in steps)

    def _play(self, verb: str) -> None:
        if self.will.get(verb):
            self.will[verb].pop(0)()

    def connect(self) -> Identity:
        self.connected += 1
        self._play("connect")
        return self.who

    def compose(self, post: Post) -> Draft:
        """``parts`` are the replies that follow each post in a thread."""
        self._play("compose")
        draft = super().compose(post)
        parts = tuple(msgspec.structs.replace(draft, text=text, link="") for text in self.parts)
        return msgspec.structs.replace(draft, parts=parts)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        self._play("prepare")
        if "media_0" not in prepared.remote:
            self.uploads += 1
            save("media_0", self.uploads)
        return msgspec.structs.replace(prepared, remote={**prepared.remote, "media_0": self.uploads})

    def publish(self, prepared: Prepared) -> Receipt:
        self.begun.append(prepared.begun)
        self.dated.append(prepared.dated)
        self._play("publish")
        return self.take(prepared)

    def take(self, prepared: Prepared) -> Receipt:
        """The post is out."""
        self.out.append((prepared.handle, prepared.draft.text))
        return self._receipt(len(self.out))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        self.asked.append(since)
        self._play("find")
        keys = [key for key, _ in self.out]
        return self._receipt(keys.index(prepared.handle) + 1) if prepared.handle in keys else None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:
        self._play("edit")
        self.keys_of_edits.append(prepared.handle)
        self.edited.append((receipt.id, prepared.draft.text, pictures))
        return msgspec.structs.replace(receipt, notes=self.notes)

    def delete(self, receipt: Receipt) -> None:
        self._play("delete")
        self.deleted.append(receipt.id)

    def lost_answer(self) -> None:
        """The next publish goes out, and nobody hears of it."""
        self._once(Unknown(f"{self.account}: no answer"), out=True)

    def blunder(self) -> None:
        """The next publish fails by a mistake in the adapter itself, where its boundary does not see it."""
        self._once(ZeroDivisionError("oops"), out=False)

    def _once(self, error: Exception, *, out: bool) -> None:
        def publish(prepared: Prepared) -> Receipt:
            del self.publish  # the class's own again
            self.begun.append(prepared.begun)
            if out:
                self.take(prepared)
            raise error

        self.publish = publish  # type: ignore[method-assign]

    def _receipt(self, number: int) -> Receipt:
        return Receipt(id=str(number), url=f"{self.home}/{number}", at=self.clock())


class Listening(Progress):
    """Passes on what a test wants to hear: name of the method → what is called."""

    def __init__(self, told: dict[str, Callable[[Any], None]]) -> None:
        for name, call in told.items():
            setattr(self, name, call)


class Quick:
    """A ledger, accounts of :class:`Scripted`, and posts: each :meth:`run` is what one `crosspost run` does."""

    def __init__(self, root: Path, clock: Clock, *accounts: str, **able: Any) -> None:
        self.clock, self.ledger = clock, Ledger(root / "ledger.sqlite3", clock)
        self.networks = {name: Scripted(name, clock, **able) for name in accounts or ("a",)}
        self.posts: dict[str, Post] = {}
        self.entries: dict[str, Entry] = {}

    @property
    def network(self) -> Scripted:
        return next(iter(self.networks.values()))

    def write(self, name: str = "beet", text: str = "Beet", **entry: Any) -> Entry:
        """A post of the site, or another wording of it."""
        of_post = {key: entry.pop(key) for key in ("thumbnail", "images", "lang", "description") if key in entry}
        when = entry.pop("date", datetime(2026, 11, 20, 9, tzinfo=UTC))
        path, url = f"_posts/{name}.md", f"https://tal.example/{name}"
        overrides = entry.get("overrides", Overrides())
        self.posts[name] = Post(id=name, path=path, url=url, title=text, date=when, overrides=overrides, **of_post)
        entry.setdefault("fingerprint", f"{text} {of_post} {overrides}")
        self.entries[name] = Entry(id=name, path=path, url=url, title=text, date=when, **entry)
        return self.entries[name]

    def run(
        self, *, by_hand: bool = False, most: int = 3, stop: threading.Event | None = None, **rule: Any
    ) -> dict[str, Delivery]:
        """One run over everything; what it touched, by account (the last of each).

        :param rule: fields of :class:`Rules`, and what is told of the run, such as ``begin``
        """
        told = Listening({name: rule.pop(name) for name in ("expect", "begin", "report", "done") if name in rule})
        accounts = dict.fromkeys(self.networks, "scripted")
        schedules = rule.get("schedules")
        plan = make_plan(self.entries.values(), accounts, self.ledger, backfill=True, schedules=schedules)
        rules = Rules(site="https://tal.example", max_per_run=dict.fromkeys(accounts, most), **rule)
        made = Engine(
            self.ledger,
            self.networks,
            lambda entry: self.posts[entry.id],
            rules,
            owner="machine:1",
            listener=told,
            stop=stop,
        )
        return {row.account: row for row in made.run(plan.entries, list(accounts), by_hand=by_hand)}

    def detect(self, policies: dict[str, Policy] | None = None) -> list[Change]:
        """What a run finds changed after its plan; every account asks, unless told otherwise."""
        plan = make_plan(self.entries.values(), dict.fromkeys(self.networks, "scripted"), self.ledger)
        found = self.detector(policies).look(plan.entries, plan.inventory)
        return sorted(found, key=lambda change: (change.post, change.account))

    def detector(self, policies: dict[str, Policy] | None = None) -> ChangeDetector:
        asking = dict.fromkeys(self.networks, Policy())
        policies = asking if policies is None else policies
        return ChangeDetector(
            ledger=self.ledger, networks=self.networks, load=lambda entry: self.posts[entry.id], policies=policies
        )

    def carry_out(self, *, most: int = 9, editor: dict[str, Any] | None = None, **how: Any) -> list[Change]:
        """One run of the editor."""
        accounts = dict.fromkeys(self.networks, most)
        made = Editor(ledger=self.ledger, networks=self.networks, max_per_run=accounts, **(editor or {}))
        return made.run(list(accounts), **how)

    def row(self, post: str = "beet", account: str = "") -> Delivery:
        (row,) = self.ledger.deliveries(post=post, account=account or self.network.account)
        return row

    def later(self, **duration: float) -> None:
        self.clock.now += timedelta(**duration)

    def states(self) -> Iterator[str]:
        return (row.state for row in self.ledger.deliveries())


def _step(step: BaseException | Callable[[], None] | None) -> Callable[[], None]:
    def play() -> None:
        if isinstance(step, BaseException):
            raise step
        if step is not None:
            step()

    return play
