"""Deletions of posts that are gone: decided for all that is out of them by a few statements, however much that is.

A site may lose thousands of posts at once, and rows that pass through Python one by one take ten times as long.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.changes import COLUMNS, REPLACED, TAKEN_BACK, Change, Fate, as_change, undecided
from crosspost.ledger.database import Statements, chunks, listed
from crosspost.ledger.schema import OUT

Rule = TypeVar("Rule", bound=Hashable)
# temporary tables are of this connection alone; a transaction that fails takes them along
_TABLES = {
    "gone_now": """delivery INTEGER NOT NULL PRIMARY KEY, post TEXT NOT NULL, account TEXT NOT NULL,
    network TEXT NOT NULL, url TEXT NOT NULL, rule INTEGER NOT NULL""",
    "fates": """rule INTEGER NOT NULL, account TEXT NOT NULL, network TEXT NOT NULL, state TEXT NOT NULL,
    why TEXT NOT NULL, PRIMARY KEY (rule, account, network)""",
}
#: of a thread its first part
_GATHER = f"""INSERT INTO gone_now (delivery, post, account, network, url, rule)
    SELECT id, post, account, network, url, :rule FROM deliveries
    WHERE {OUT} AND state = 'sent' AND part = 1 AND {undecided("deliveries.post")}"""
_KINDS = "SELECT DISTINCT rule, account, network FROM gone_now"
_FATE = "INSERT INTO fates (rule, account, network, state, why) VALUES (:rule, :account, :network, :state, :why)"
_WHY = "CASE WHEN f.why = '' OR g.url = '' THEN f.why ELSE f.why || ' (' || g.url || ')' END"
_DECIDED = "FROM gone_now g JOIN fates f ON f.rule = g.rule AND f.account = g.account AND f.network = g.network"
_DECIDE = f"""INSERT INTO changes (delivery, kind, state, draft, due_at, attempts, tried_at, error, updated_at)
    SELECT g.delivery, 'delete', f.state, NULL, :now, 0, NULL, {_WHY}, :now {_DECIDED} WHERE true {REPLACED}"""
_TOLD = f"""SELECT g.delivery, g.post, g.account, g.network, g.url, f.state, {_WHY} {_DECIDED}
    WHERE f.state != 'ignored' ORDER BY g.delivery"""
_DROP = "DELETE FROM changes WHERE kind = 'delete' AND delivery IN (SELECT id FROM deliveries WHERE post IN {posts})"
_TAKEN_BACK = f"d.state = 'skipped' AND d.why = '{TAKEN_BACK}' AND d.part = 1 AND d.post IN {{posts}}"
_BACK = f"""INSERT INTO changes (delivery, kind, state, draft, due_at, attempts, tried_at, error, updated_at)
    SELECT d.id, 'delete', 'back', NULL, :now, 0, NULL, '', :now FROM deliveries d WHERE {_TAKEN_BACK} {REPLACED}"""
_ARE_BACK = f"""SELECT {COLUMNS} FROM deliveries d CROSS JOIN changes c WHERE c.delivery = d.id AND {_TAKEN_BACK}
    ORDER BY d.id"""


class Deletions(LedgerPart):
    """The deletions among the changes, many at once."""

    def decide(
        self, posts: Mapping[Rule, Sequence[str]], fate: Callable[[Rule, str, str], Fate | None]
    ) -> list[Change]:
        """Decide, all in one transaction, about what is out of posts that are gone and was not decided about.

        :param posts: what is said of posts → those of which it is said
        :param fate: what becomes of such a post on an account (its name, its network); None: nothing is decided there
        :returns: those that a person is to know of: all but the ignored
        """
        with self._transaction() as statements:
            for name, columns in _TABLES.items():
                statements.change(f"CREATE TEMPORARY TABLE {name} ({columns})")
            for rule, several in enumerate(posts.values()):
                for some in chunks(several):
                    text, values = listed("post", some)
                    statements.change(f"{_GATHER} AND post IN {text}", {**values, "rule": rule})
            new = self._decided(statements, list(posts), fate)
            for name in _TABLES:
                statements.change(f"DROP TABLE {name}")
        return new

    def undo(self, posts: Sequence[str]) -> list[Change]:
        """Posts that were gone are there again: nothing takes them away any more.

        :returns: what is not out any more, because it was taken back meanwhile
        """
        back: list[Change] = []
        with self._transaction() as statements:
            for some in chunks(posts):
                text, values = listed("post", some)
                statements.change(_DROP.format(posts=text), values)
                statements.change(_BACK.format(posts=text), {**values, "now": self.clock()})
                back += [as_change(row) for row in statements.rows(_ARE_BACK.format(posts=text), values)]
        return back

    def _decided(
        self, statements: Statements, rules: Sequence[Rule], fate: Callable[[Rule, str, str], Fate | None]
    ) -> list[Change]:
        fates = [
            {"rule": number, "account": account, "network": network, "state": found.state, "why": found.why}
            for number, account, network in statements.rows(_KINDS)
            if (found := fate(rules[number], account, network)) is not None
        ]
        if not fates:
            return []
        statements.change_many(_FATE, fates)
        now = self.clock()
        statements.change(_DECIDE, {"now": now})
        return [
            Change(
                delivery=delivery,
                kind="delete",
                state=state,
                due_at=now,
                error=why,
                post=post,
                account=account,
                network=network,
                url=url,
            )
            for delivery, post, account, network, url, state, why in statements.rows(_TOLD)
        ]
