"""Who said yes to which text. A yes counts for the text that was seen, and for no other."""

from collections.abc import Collection
from datetime import datetime

from crosspost.errors import CrosspostError
from crosspost.ledger.audit import Person, write
from crosspost.ledger.base import LedgerPart
from crosspost.ledger.rows import Delivery
from crosspost.model import Value

#: why a delivery does not go out that nobody has said yes to
WAITS = "waits for approval"
_GET = "SELECT seen, by, at FROM approvals WHERE post = :post AND account = :account"
_PAIRS = "SELECT post, account FROM approvals"
_PUT = """INSERT INTO approvals (post, account, seen, by, at) VALUES (:post, :account, :seen, :by, :at)
    ON CONFLICT (post, account) DO UPDATE SET seen = :seen, by = :by, at = :at"""
_DROP = "DELETE FROM approvals WHERE post = :post AND account = :account AND seen = :seen"
_RELEASE = """UPDATE deliveries SET why = :why, updated_at = :now,
    due_at = CASE WHEN due_at < :now THEN :now ELSE due_at END
    WHERE id = :id AND state = 'planned' AND publishing_at IS NULL"""
_USE = "INSERT INTO used_links (id, at) VALUES (:id, :at) ON CONFLICT DO NOTHING"
_MARK = """UPDATE deliveries SET why = :waits, updated_at = :now
    WHERE account = :account AND part = 1 AND state = 'planned' AND publishing_at IS NULL AND why <> :waits
    AND NOT EXISTS (SELECT 1 FROM approvals a WHERE a.post = deliveries.post AND a.account = deliveries.account)"""


class Approval(Value, frozen=True, kw_only=True):
    """A yes. ``seen`` is a checksum of the text that was seen."""

    seen: str
    by: str
    at: datetime


class Approvals(LedgerPart):
    """The table of approvals."""

    def of(self, post: str, account: str) -> Approval | None:
        """The yes to a post on an account; None without one."""
        rows = self._all(_GET, {"post": post, "account": account})
        return Approval(seen=rows[0][0], by=rows[0][1], at=datetime.fromisoformat(rows[0][2])) if rows else None

    def pairs(self) -> set[tuple[str, str]]:
        """Every (post, account) somebody said yes to."""
        return {(post, account) for post, account in self._all(_PAIRS)}

    def give(self, delivery: Delivery, seen: str, person: Person, *, link: str = "") -> None:
        """Say yes to the text with this checksum. What was due meanwhile is due now.

        :param link: the id of the link that says so, which is used up by it
        :raises CrosspostError: when the delivery does not wait any more, or the link was used
        """
        now = self.clock()
        with self._transaction() as statements:
            if link and not statements.change(_USE, {"id": link, "at": now}):
                raise CrosspostError("this link was used already")
            values = {"id": delivery.id, "why": f"approved by {person.name}", "now": now}
            if not statements.change(_RELEASE, values):
                raise CrosspostError(
                    f"{delivery.post} on {delivery.account} does not wait any more; nothing was changed"
                )
            key = {"post": delivery.post, "account": delivery.account}
            statements.change(_PUT, key | {"seen": seen, "by": person.name, "at": now})
            write(statements, now, person, "approve", said=f"text {seen[:8]}", **key)

    def forget(self, delivery: Delivery, seen: str) -> None:
        """The text is another one than this: it needs a new yes."""
        values = {"post": delivery.post, "account": delivery.account, "seen": seen}
        with self._transaction() as statements:
            statements.change(_DROP, values)

    def mark(self, accounts: Collection[str]) -> None:
        """Have the deliveries on these accounts say that they wait for a yes."""
        with self._transaction() as statements:
            for account in accounts:
                statements.change(_MARK, {"account": account, "waits": WAITS, "now": self.clock()})

    def used(self, link: str) -> bool:
        """Whether a link was used."""
        return bool(self._all("SELECT 1 FROM used_links WHERE id = :id", {"id": link}))

    def use(self, link: str) -> bool:
        """Use up a link; False when it was used before."""
        with self._transaction() as statements:
            return statements.change(_USE, {"id": link, "at": self.clock()}) > 0
