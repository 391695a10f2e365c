"""What crosspost remembers: every delivery, its state, and everything needed to find out whether it is out.

    before                       existed before the account's first run; not sent
    planned → sending → sent     the way it should go
              sending → failed   refused for good, or given up
              sending → planned  certainly not out: again at ``due_at``
              sending → unknown → sent | planned | held
                                 it may be out: looked for on the network, never blindly sent again
    skipped                      the post says not to

A post may be said in parts, a thread: the delivery of the next part is planned in the same moment in which the one
before it becomes ``sent``, whoever found that out, and knows which post it answers.

Every change of a delivery that is being worked on names its lease, so that a worker that lost it cannot write.
"""

import contextlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from crosspost.errors import LedgerError
from crosspost.ledger.access import Access, chunks
from crosspost.ledger.changes import TAKEN_BACK, Changes, to_be_taken_back
from crosspost.ledger.connection import connect, connect_to_read, told
from crosspost.ledger.posts import Posts
from crosspost.ledger.rows import AccountState, Delivery, LeaseLostError, State, as_delivery, as_identity
from crosspost.ledger.tables import accounts, deliveries, facts, posts
from crosspost.model import Draft, Entry, Receipt

LEASE = timedelta(minutes=15)


class Ledger(Access):
    """The ledger of one installation.

    :param path: the SQLite file
    :param clock: gives the present moment, with a zone
    :param read_only: open it without changing a byte; every change then fails
    :ivar posts: what is known of each post's file
    :ivar changes: what is to be changed in what is out
    """

    def __init__(self, path: Path, clock: Callable[[], datetime], *, read_only: bool = False) -> None:
        super().__init__(path, clock, connect_to_read(path) if read_only else connect(path))
        self.posts = Posts(path, clock, self._engine)
        self.changes = Changes(path, clock, self._engine)
        #: see :mod:`crosspost.ledger.presence`: called while there is work, and at the end
        self.present: Callable[[], None] = lambda: None
        self.leave: Callable[[], None] = lambda: None

    def close(self) -> None:
        with contextlib.suppress(LedgerError):  # whoever cannot write "done" must not hide why it ended
            self.leave()
        self._engine.dispose()

    # ── posts and plans ───────────────────────────────────────────────────────────────────────────────────────────

    def planned_pairs(self) -> set[tuple[str, str]]:
        """Every (post, account) that has a delivery."""
        return {(post, account) for post, account in self._all(sa.select(deliveries.c.post, deliveries.c.account))}

    def ids_by_url(self) -> dict[str, str]:
        """Address → post id, for recognising a post that was moved."""
        return {url: post for url, post in self._all(sa.select(posts.c.url, posts.c.id)) if url}

    def add(self, rows: Iterable[tuple[Entry, str, str, State, datetime, str]]) -> int:
        """Write deliveries down: (entry, account, network, state, due, why). A pair that exists already is left alone.

        :returns: how many are new
        """
        now = self.clock()
        rows = list(rows)
        with told(self.path), self._engine.begin() as connection:
            seen = [
                {"id": e.id, "path": e.path, "url": e.url, "title": e.title, "seen_at": now}
                for e in {row[0].id: row[0] for row in rows}.values()
            ]
            for chunk in chunks(seen):
                connection.execute(sa.insert(posts).prefix_with("OR IGNORE"), chunk)
            plan = [
                _blank(entry.id, now)
                | {"account": account, "network": network, "state": state, "due_at": due, "why": why}
                for entry, account, network, state, due, why in rows
            ]
            before = connection.execute(sa.select(sa.func.count()).select_from(deliveries)).scalar_one()
            for chunk in chunks(plan):
                connection.execute(sa.insert(deliveries).prefix_with("OR IGNORE"), chunk)
            return connection.execute(sa.select(sa.func.count()).select_from(deliveries)).scalar_one() - before

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    def deliveries(
        self, *, states: Sequence[State] = (), account: str = "", post: str = "", due: datetime | None = None
    ) -> list[Delivery]:
        """Deliveries that match everything given, the earliest due first; the parts of a thread one after the other."""
        query = sa.select(deliveries).order_by(deliveries.c.due_at, deliveries.c.id)
        if states:
            query = query.where(deliveries.c.state.in_(states))
        if account:
            query = query.where(deliveries.c.account == account)
        if post:
            query = query.where(deliveries.c.post == post)
        if due is not None:
            query = query.where(deliveries.c.due_at <= due)
        with told(self.path):
            return [as_delivery(row) for row in self._all(query)]

    def get(self, delivery_id: int) -> Delivery:
        with told(self.path):
            return as_delivery(self._all(sa.select(deliveries).where(deliveries.c.id == delivery_id))[0])

    def moments(self, account: str, *, planned: bool) -> list[datetime]:
        """When an account's posts of the last 35 days went out or may have; ``planned``: also when others are due.

        A thread counts once, by its first part.
        """
        c, since = deliveries.c, self.clock() - timedelta(days=35)
        out = sa.select(sa.func.coalesce(c.sent_at, c.publishing_at, type_=c.sent_at.type)).where(
            c.account == account,
            c.part == 1,
            c.state.in_(("sent", "sending", "unknown", "held")),
            c.publishing_at > since,
        )
        due = sa.select(c.due_at).where(c.account == account, c.part == 1, c.state == "planned", sa.literal(planned))
        return [row[0] for query in (out, due) for row in self._all(query)]

    def waiting(self, account: str, why: str, before: datetime) -> bool:
        """Whether an account has skipped deliveries with this reason, noted before a moment."""
        return bool(self._all(sa.select(deliveries.c.id).where(*_noted(account, why, before)).limit(1)))

    def gather(self, account: str, why: str, before: datetime, *, into: str) -> int:
        """Give those of :meth:`waiting` another reason: the id of the digest they are in now."""
        return self._change(sa.update(deliveries).where(*_noted(account, why, before)).values(why=into))

    def counts(self) -> dict[tuple[str, State], int]:
        """(account, state) → how many."""
        query = sa.select(deliveries.c.account, deliveries.c.state, sa.func.count()).group_by(
            deliveries.c.account, deliveries.c.state
        )
        return {(account, state): number for account, state, number in self._all(query)}

    # ── the way of one delivery ───────────────────────────────────────────────────────────────────────────────────

    def claim(self, delivery: Delivery, owner: str) -> Delivery | None:
        """Take a planned delivery; None when somebody else was faster, or it is to be taken back.

        :param owner: names machine and process
        """
        now = self.clock()
        lease = f"{owner}/{uuid.uuid4().hex}"
        tried = deliveries.c.tried_at
        first = sa.literal(now, tried.type)
        change = (
            sa.update(deliveries)
            .where(deliveries.c.id == delivery.id, deliveries.c.state == "planned", ~to_be_taken_back())
            .values(
                state="sending",
                lease=lease,
                lease_until=now + LEASE,
                attempts=deliveries.c.attempts + 1,
                # the first real attempt counts, not the waiting before it
                tried_at=sa.case((deliveries.c.attempts == 0, first), else_=sa.func.coalesce(tried, first)),
                updated_at=now,
            )
        )
        if not self._change(change):
            return None
        self.present()
        return self.get(delivery.id)

    def freeze(self, delivery: Delivery, draft: Draft, handle: str) -> Delivery:
        """Write down what will be said, before anything is sent. A changed draft forgets earlier uploads."""
        same = delivery.draft == draft
        return self._held(
            delivery,
            draft=msgspec.json.encode(draft).decode(),
            handle=handle,
            **({} if same else {"remote": "{}", "remote_at": None}),
        )

    def remember(self, delivery: Delivery, remote: dict[str, Any]) -> Delivery:
        """Write down what is on the server for this delivery, before the request that uses it."""
        return self._held(delivery, remote=msgspec.json.encode(remote).decode(), remote_at=self.clock())

    def begin(self, delivery: Delivery) -> Delivery:
        """Write down that the irreversible request comes next."""
        return self._held(delivery, publishing_at=self.clock())

    def sent(self, delivery: Delivery, receipt: Receipt) -> Delivery:
        return self._held(
            self._as_it_is(delivery),
            state="sent",
            receipt=receipt.id,
            url=receipt.url,
            sent_at=receipt.at,
            error="; ".join(receipt.notes),
            **_FREE,
        )

    def _as_it_is(self, delivery: Delivery) -> Delivery:
        """The row that a receipt belongs to: also when its lease ended meanwhile and others began to look for it."""
        now = self.get(delivery.id)
        same_attempt = now.publishing_at == delivery.publishing_at is not None
        return now if same_attempt and now.state in ("unknown", "held", "planned") else delivery

    def again(self, delivery: Delivery, error: str, due_at: datetime, *, certain: bool = True) -> Delivery:
        """Certainly not out: plan it again. ``certain=False`` keeps the frozen draft: an earlier request went out."""
        reset = {"publishing_at": None} if certain else {}
        return self._held(delivery, state="planned", error=error, due_at=due_at, **reset, **_FREE)

    def failed(self, delivery: Delivery, error: str) -> Delivery:
        return self._held(delivery, state="failed", error=error, **_FREE)

    def doubt(self, delivery: Delivery, error: str, look_at: datetime) -> Delivery:
        return self._held(delivery, state="unknown", error=error, due_at=look_at, **_FREE)

    def wait(self, delivery: Delivery, until: datetime, why: str, *, error: str = "") -> Delivery:
        """Not now: leave it planned, for later. The first wait is remembered, so that pauses can grow."""
        return self._held(delivery, due_at=until, why=why, error=error, tried_at=delivery.tried_at or self.clock())

    def skip(self, delivery: Delivery, why: str) -> Delivery:
        return self._held(delivery, state="skipped", why=why)

    def hold(self, delivery: Delivery, error: str, *, why: str = "") -> Delivery:
        return self._held(delivery, state="held", error=error, why=why or delivery.why, **_FREE)

    def orphaned(self, owner: str) -> int:
        """Deliveries whose worker is gone become ``unknown``, never ``planned``.

        :param owner: the machine's name; its leases are all dead, because the caller holds the machine's run lock.
            Leases of other machines end by the clock.
        """
        now = self.clock()
        until = deliveries.c.lease_until
        ended = sa.or_(until < now, until > now + LEASE + timedelta(minutes=5))  # none is that long: a wrong clock
        dead = sa.or_(deliveries.c.lease.startswith(f"{owner}:", autoescape=True), ended)
        change = (
            sa.update(deliveries)
            .where(deliveries.c.state == "sending", dead)
            .values(state="unknown", error="crosspost was interrupted here", due_at=now, updated_at=now, **_FREE)
        )
        return self._change(change)

    def revive(self, delivery: Delivery) -> bool:
        """A person asks for this post: what was old, failed or waiting becomes due now. Never what may be out."""
        now = self.clock()
        change = (
            sa.update(deliveries)
            .where(deliveries.c.id == delivery.id, deliveries.c.state.in_(("before", "failed", "planned", "skipped")))
            .values(state="planned", due_at=now, tried_at=None, updated_at=now)
        )
        return self._change(change) > 0

    def decide(
        self, delivery: Delivery, state: Literal["sent", "planned", "skipped"], url: str = "", receipt: str = ""
    ) -> Delivery:
        """A person has looked: what was held or in doubt is out (at ``url``), is to be sent, or is to be left.

        ``planned`` words it anew: the person says that nothing is out.

        :param receipt: the network's id of the post, where its address tells it; the next part of a thread answers it
        """
        now = self.clock()
        changes: dict[str, Any] = {"state": state, "error": "", "url": url, **_FREE}
        if state == "sent":
            changes |= {"sent_at": delivery.publishing_at or now, "receipt": receipt}
        if state == "planned":
            changes |= {"due_at": now, "tried_at": None, "publishing_at": None}
            changes |= {"remote": msgspec.json.encode(_thread(delivery)).decode()}
        return self._held(delivery, **changes)

    def following(self, delivery: Delivery) -> Delivery | None:
        """The next part of a thread, when it waits to go out now."""
        if delivery.state != "sent" or delivery.draft is None or not delivery.draft.parts:
            return None
        rows = self.deliveries(states=["planned"], account=delivery.account, post=delivery.post, due=self.clock())
        return next((row for row in rows if row.part == delivery.part + 1), None)

    def found(self, entry: Entry, account: str, network: str, receipt: Receipt) -> None:
        """Write down a post that was found on the account, for a ledger that is being rebuilt: whatever was thought of
        it, it is out."""
        self.add([(entry, account, network, "before", self.clock(), "")])
        change = (
            sa.update(deliveries)
            .where(deliveries.c.post == entry.id, deliveries.c.account == account, deliveries.c.part == 1)
            .where(deliveries.c.state.in_(_NOT_KNOWN))
            .values(
                state="sent", receipt=receipt.id, url=receipt.url, sent_at=receipt.at, updated_at=self.clock(), **_FREE
            )
        )
        self._change(change)

    # ── accounts ──────────────────────────────────────────────────────────────────────────────────────────────────

    def account(self, name: str) -> AccountState:
        rows = self._all(sa.select(accounts).where(accounts.c.name == name))
        if not rows:
            return AccountState(name=name)
        found = dict(rows[0]._mapping)  # noqa: SLF001  # SQLAlchemy's documented way to a mapping
        identity = found.pop("identity")
        return AccountState(**found, identity=as_identity(identity))

    def note(self, name: str, **known: Any) -> None:
        """Write down something about an account; see :class:`AccountState` for the names."""
        if "identity" in known and known["identity"] is not None:
            known["identity"] = msgspec.json.encode(known["identity"]).decode()
        with told(self.path), self._engine.begin() as connection:
            connection.execute(
                sa.insert(accounts)
                .prefix_with("OR IGNORE")
                .values(name=name, paused_for="", paused_why="", credential="", failures=0)
            )
            connection.execute(sa.update(accounts).where(accounts.c.name == name).values(**known))

    # ── the ledger itself ─────────────────────────────────────────────────────────────────────────────────────────

    def fact(self, name: str) -> str:
        """Something known about the ledger; "" when nothing is."""
        rows = self._all(sa.select(facts.c.value).where(facts.c.name == name))
        return str(rows[0].value) if rows else ""

    def keep_fact(self, name: str, value: str | None) -> None:
        """Write down something about the ledger; None takes it away."""
        with told(self.path), self._engine.begin() as connection:
            connection.execute(sa.delete(facts).where(facts.c.name == name))
            if value is not None:
                connection.execute(sa.insert(facts).values(name=name, value=value))

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _held(self, delivery: Delivery, **values: Any) -> Delivery:
        """Change a delivery only if it still is as this worker knows it: same lease, same state."""
        change = (
            sa.update(deliveries)
            .where(
                deliveries.c.id == delivery.id,
                deliveries.c.state == delivery.state,
                sa.func.coalesce(deliveries.c.lease, "") == delivery.lease,
            )
            .values(**values, updated_at=self.clock())
        )
        with told(self.path), self._engine.begin() as connection:
            if not connection.execute(change).rowcount:
                raise LeaseLostError(
                    f"the delivery of {delivery.post} to {delivery.account} was taken over by another run"
                )
            if values.get("state") == "sent" and delivery.draft is not None and delivery.draft.parts:
                following = self._following(delivery, delivery.draft, str(values["receipt"]))
                connection.execute(sa.insert(deliveries).prefix_with("OR IGNORE"), following)
                connection.execute(_once_more(following))
        return self.get(delivery.id)

    def _following(self, delivery: Delivery, draft: Draft, receipt: str) -> dict[str, Any]:
        """The next part of a thread: planned in the very moment in which the one before it is out."""
        now, (following, *rest) = self.clock(), draft.parts
        following = msgspec.structs.replace(following, parts=tuple(rest))
        remote = {"reply_to": receipt, "root": delivery.remote.get("root") or receipt}
        return _blank(delivery.post, now) | {
            "account": delivery.account,
            "network": delivery.network,
            "part": delivery.part + 1,
            "state": "planned",
            "due_at": now,
            "why": f"part {delivery.part + 1} of the thread",
            "draft": msgspec.json.encode(following).decode(),
            "remote": msgspec.json.encode(remote).decode(),
        }


#: states of deliveries that a look at the account may settle
_NOT_KNOWN: tuple[State, ...] = ("before", "planned", "sending", "unknown", "held")
_FREE: dict[str, Any] = {"lease": None, "lease_until": None}


def _once_more(following: dict[str, Any]) -> sa.Update:
    """A part that was taken back with its thread goes out again with it, under the key it was given then."""
    c = deliveries.c
    mine = (c[name] == following[name] for name in ("post", "account", "part"))
    taken_back = c.state == "skipped", c.why == TAKEN_BACK
    return sa.update(deliveries).where(*mine, *taken_back).values(following)


def _thread(delivery: Delivery) -> dict[str, Any]:
    """What a part of a thread answers, which nothing may forget."""
    return {name: delivery.remote[name] for name in ("reply_to", "root") if name in delivery.remote}


def _noted(account: str, why: str, before: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    c = deliveries.c
    return c.account == account, c.state == "skipped", c.why == why, c.due_at < before


def _blank(post: str, now: datetime) -> dict[str, Any]:
    return {"post": post, "part": 1, "attempts": 0, "remote": "{}", "url": "", "error": "", "updated_at": now}
