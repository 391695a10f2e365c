"""Adds deliveries, and queries them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from crosspost.ledger.approvals import WAITS
from crosspost.ledger.base import LedgerPart
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import chunks, listed
from crosspost.ledger.rows import COLUMNS, Delivery, State, as_delivery
from crosspost.ledger.schema import OPEN, OUT
from crosspost.model import Entry

_OPEN = frozenset({"planned", "sending", "unknown", "held", "failed"})
#: the reason of a delivery a person cancelled
CANCELLED = "cancelled"
#: the reason of one that a person asked for now
BY_HAND = "by hand"
#: the reason of one that a person sent from the backlog
FROM_BACKLOG = "you sent it from the backlog"
#: the columns of a delivery without a lease
FREE: dict[str, Any] = {"lease": None, "lease_until": None}
#: adds a delivery, if its post, account and part have none
ADD = """INSERT INTO deliveries
    (post, account, network, part, state, due_at, why, attempts, draft, remote, url, error, updated_at)
    VALUES (:post, :account, :network, :part, :state, :due_at, :why, 0, :draft, :remote, '', '', :now)
    ON CONFLICT DO NOTHING"""
_POST = """INSERT INTO posts (id, path, url, title, seen_at, fingerprint) VALUES (:id, :path, :url, :title, :now, '')
    ON CONFLICT DO NOTHING"""
_GET = f"SELECT {COLUMNS} FROM deliveries WHERE id = :id"
_BEGAN = f"SELECT id FROM deliveries WHERE account = :account AND {OUT} LIMIT 1"
_OUT = """SELECT coalesce(sent_at, publishing_at) FROM deliveries WHERE account = :account AND part = 1
    AND state IN ('sent', 'sending', 'unknown', 'held') AND publishing_at IS NOT NULL AND publishing_at > :since"""
#: what networks keep until its time counts then, and not when it was handed over
_KEPT = """SELECT publishing_at, due_at FROM deliveries WHERE account = :account AND part = 1 AND state = 'unknown'
    AND publishing_at > :since AND remote LIKE '%"kept_until"%'"""
_SAID = f"""SELECT {COLUMNS} FROM deliveries WHERE account = :account AND publishing_at > :since
    AND state IN ('sent', 'sending', 'unknown', 'held') AND draft IS NOT NULL"""
_PLANNED = "SELECT due_at FROM deliveries WHERE account = :account AND part = 1 AND state = 'planned'"
#: what was due for a day without going out is stopped by something else than the limits
_DUE = """SELECT count(*) FROM deliveries WHERE account = :account AND part = 1 AND state = 'planned'
    AND publishing_at IS NULL AND due_at <= :now AND due_at > :since AND why NOT LIKE :unapproved"""
#: as it is with the two strokes, SQLite does not look for each pair of post and account by itself
_ON_ALL = """SELECT post FROM deliveries WHERE post IN {posts} AND part = 1 AND account || '' IN {accounts}
    GROUP BY post HAVING count(*) = :everywhere"""
_OPEN_NOW = f"""SELECT {COLUMNS} FROM deliveries WHERE {OPEN}
    AND (state IN ('unknown', 'held') OR (state = 'planned' AND due_at <= :now)) ORDER BY due_at, id LIMIT :most"""
_WITH_OPEN = """SELECT a.name, EXISTS (SELECT 1 FROM deliveries d WHERE d.account = a.name
    AND d.state IN ('planned', 'sending', 'unknown', 'held', 'failed')) FROM accounts a"""
_LEFT_OUT = "account = :account AND state = 'skipped' AND why = :why"
_NOTED = f"{_LEFT_OUT} AND due_at < :before"
# databases count what is equal twice as fast as they group, and the next name is one look into the index; as one
# statement, because each is a question to a server
COUNTS = """WITH RECURSIVE names(account) AS (
        SELECT min(account) FROM deliveries
        UNION ALL SELECT (SELECT min(d.account) FROM deliveries d WHERE d.account > names.account)
        FROM names WHERE names.account IS NOT NULL
    ), pairs(account, state) AS (
        SELECT account, (SELECT min(d.state) FROM deliveries d WHERE d.account = names.account)
        FROM names WHERE account IS NOT NULL
        UNION ALL SELECT account, (
            SELECT min(d.state) FROM deliveries d WHERE d.account = pairs.account AND d.state > pairs.state)
        FROM pairs WHERE state IS NOT NULL
    )
    SELECT account, state, (
        SELECT count(*) FROM deliveries d WHERE d.account = pairs.account AND d.state = pairs.state)
    FROM pairs WHERE state IS NOT NULL ORDER BY account, state"""


class Elsewhere:
    """What other ledgers know of the accounts that this one has, too; here: nothing."""

    def look(self, account: str) -> bool:  # noqa: ARG002  # part of the shape
        """Somebody is about to speak on an account, and nobody else may meanwhile: from now on nothing older counts.

        :returns: whether anything was looked at
        """
        return False

    def moments(self, account: str) -> list[datetime]:  # noqa: ARG002  # the same
        """When posts of other ledgers went out on an account, or may have."""
        return []

    def waiting(self, account: str, spoke: datetime) -> int:  # noqa: ARG002  # the same
        """How many posts are due on an account in ledgers that spoke there before a moment, but not after it."""
        return 0

    def said(self, account: str, network: str) -> list[Delivery]:  # noqa: ARG002  # the same
        """What those who have this account, too, said lately on accounts of its network."""
        return []


class Plans(LedgerPart):
    """All deliveries; :class:`crosspost.ledger.deliveries.Deliveries` changes a single one.

    :ivar elsewhere: what other ledgers know of accounts that this one has, too; set by who knows of them
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.elsewhere = Elsewhere()

    def unplanned(self, posts: Sequence[str], accounts: Collection[str]) -> dict[str, set[str]]:
        """Those of the posts that lack a delivery to any of the accounts → the accounts they lack."""
        lacking: dict[str, set[str]] = {}
        for some in chunks(self._not_everywhere(posts, accounts)):
            text, values = listed("post", some)
            has: dict[str, set[str]] = {post: set() for post in some}
            for post, account in self._all(f"SELECT post, account FROM deliveries WHERE post IN {text}", values):
                has[post].add(account)
            lacking |= {post: lacks for post in some if (lacks := set(accounts) - has[post])}
        return lacking

    def _not_everywhere(self, posts: Sequence[str], accounts: Collection[str]) -> list[str]:
        """Those of the posts that have no first part on one of the accounts. The database counts them: at most looks
        that is none of thousands of posts.
        """
        if not accounts:
            return []
        among, named = listed("account", list(accounts))
        named["everywhere"] = len(accounts)
        found: list[str] = []
        for some in chunks(posts):
            text, values = listed("post", some)
            rows = self._all(_ON_ALL.format(posts=text, accounts=among), named | values)
            everywhere = {post for (post,) in rows}
            found += [post for post in some if post not in everywhere]
        return found

    def with_open(self) -> dict[str, bool]:
        """Each account of which anything was noted → whether it has deliveries that are not settled."""
        return {name: bool(some) for name, some in self._all(_WITH_OPEN)}

    def open_by_account(self, most: int) -> dict[str, list[Delivery]] | None:
        """What is due, in doubt or held: account → its deliveries, earliest due first.

        :param most: rows; where there are more, they are not all to be in memory at the same time, and this is None
        """
        rows = self._deliveries(_OPEN_NOW, {"now": self.clock(), "most": most + 1})
        found: dict[str, list[Delivery]] = {}
        for row in rows:
            found.setdefault(row.account, []).append(row)
        return found if len(rows) <= most else None

    def add(self, rows: Iterable[tuple[Entry, str, str, State, datetime, str]]) -> int:
        """Add deliveries: (entry, account, network, state, due, why). Existing pairs are not changed.

        :returns: how many are new
        """
        now = self.clock()
        rows = list(rows)
        seen = {row[0].id: row[0] for row in rows}.values()
        places = ({"id": e.id, "path": e.path, "url": e.url, "title": e.title, "now": now} for e in seen)
        plan = (
            blank(entry.id, now) | {"account": account, "network": network, "state": state, "due_at": due, "why": why}
            for entry, account, network, state, due, why in rows
        )
        with self._transaction() as statements:
            statements.change_many(_POST, places)
            return statements.change_many(ADD, plan)

    def deliveries(
        self,
        *,
        states: Sequence[State] = (),
        account: str = "",
        post: str = "",
        due: datetime | None = None,
        sent_since: datetime | None = None,
    ) -> list[Delivery]:
        """Deliveries that match all arguments, earliest due first; the parts of a thread in order."""
        conditions, values = [], {"account": account, "post": post, "due": due, "since": sent_since}
        if states:
            text, among = listed("state", states)
            conditions.append(f"state IN {text}")
            values |= among
            if not account and not post and _OPEN.issuperset(states):
                conditions.append(OPEN)  # so that the index of those is used
        if account:
            conditions.append("account = :account")
        if post:
            conditions.append("post = :post")
        if due is not None:
            conditions.append("due_at <= :due")
        if sent_since is not None:
            conditions.append("state = 'sent' AND sent_at IS NOT NULL AND sent_at >= :since")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return self._deliveries(f"SELECT {COLUMNS} FROM deliveries{where} ORDER BY due_at, id", values)

    def _deliveries(self, sql: str, values: Mapping[str, Any]) -> list[Delivery]:
        with translate_errors(self.path):
            return self._database.each(as_delivery, sql, values)

    def began(self, account: str) -> bool:
        """Whether anything was ever sent on an account, or may have been."""
        return bool(self._all(_BEGAN, {"account": account}))

    def get(self, delivery_id: int) -> Delivery:
        return self._deliveries(_GET, {"id": delivery_id})[0]

    def moments(self, account: str, *, planned: bool) -> list[datetime]:
        """When an account's posts of the last 35 days went out or may have; ``planned``: also when others are due.

        A thread counts once, by its first part. What is out from other ledgers counts, too.
        """
        return [*self._own_moments(account, planned=planned), *self.elsewhere.moments(account)]

    def _own_moments(self, account: str, *, planned: bool) -> list[datetime]:
        values = {"account": account, "since": self.clock() - timedelta(days=35)}
        with translate_errors(self.path):
            queries = (_OUT, _PLANNED) if planned else (_OUT,)
            found = [str(at) for query in queries for (at,) in self._database.rows(query, values)]
            for handed, shown in self._database.rows(_KEPT, values):
                found[found.index(handed)] = shown
        return list(map(datetime.fromisoformat, found))

    def due_now(self, account: str) -> int:
        """How many posts wait for nothing but an account's limits."""
        now = self.clock()
        values = {"account": account, "now": now, "since": now - timedelta(days=1), "unapproved": f"{WAITS}%"}
        return int(self._all(_DUE, values)[0][0])

    def before_us(self, account: str) -> int:
        """How many posts are due in other ledgers whose turn it is, because they spoke there longer ago."""
        spoke = max(self._own_moments(account, planned=False), default=None)
        return self.elsewhere.waiting(account, spoke) if spoke is not None else 0

    def said(self, account: str) -> list[Delivery]:
        """What an account has said within 35 days, or may have."""
        return self._deliveries(_SAID, {"account": account, "since": self.clock() - timedelta(days=35)})

    def left_out(self, account: str, why: str) -> list[Delivery]:
        """An account's skipped deliveries with this reason, in the order in which they were added."""
        query = f"SELECT {COLUMNS} FROM deliveries WHERE {_LEFT_OUT} ORDER BY id"
        return self._deliveries(query, {"account": account, "why": why})

    def waiting(self, account: str, why: str, before: datetime) -> bool:
        """Whether an account has skipped deliveries with this reason from before a moment."""
        values = {"account": account, "why": why, "before": before}
        return bool(self._all(f"SELECT id FROM deliveries WHERE {_NOTED} LIMIT 1", values))

    def gather(self, account: str, why: str, before: datetime, *, into: str) -> int:
        """Change the reason of the deliveries of :meth:`waiting` to ``into``, the id of the digest they are in now."""
        values = {"account": account, "why": why, "before": before, "into": into}
        return self._change(f"UPDATE deliveries SET why = :into WHERE {_NOTED}", values)

    def counts(self) -> dict[tuple[str, State], int]:
        """(account, state) → how many."""
        return {(account, state): number for account, state, number in self._all(COUNTS)}

    def counts_as_told(self, now: datetime) -> dict[tuple[str, State], int]:
        """The same as people are told them: what networks keep as they should is still to come, and in no doubt."""
        found = self.counts()
        for row in self.deliveries(states=["unknown"]) if any(state == "unknown" for _, state in found) else ():
            if row.well_kept(now):
                found[row.account, "unknown"] -= 1
                found[row.account, "planned"] = found.get((row.account, "planned"), 0) + 1
        return found


def blank(post: str, now: datetime) -> dict[str, Any]:
    """The default values of a new row."""
    return {"post": post, "part": 1, "remote": "{}", "draft": None, "now": now}
