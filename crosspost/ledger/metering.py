"""What is measured of the ledger, so that it is the same whichever process of whichever machine is asked.

What is open and how much there is of it comes from indexes alone, and what went out is looked at for the last hour
only: a look takes as long with ten years of posts as with ten days.
"""

from collections.abc import Iterator
from datetime import datetime

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.database import moment
from crosspost.ledger.rows import as_identity
from crosspost.ledger.schema import OPEN
from crosspost.model import Value

_DUE = """SELECT count(*), min(due_at) FROM deliveries
    WHERE account = :account AND state = 'planned' AND due_at <= :now"""
_NETWORK = "SELECT network FROM deliveries WHERE account = :account LIMIT 1"
_LEASED = f"SELECT lease, lease_until FROM deliveries WHERE {OPEN} AND state = 'sending'"
_SENT = """SELECT network, tried_at, publishing_at, sent_at, attempts FROM deliveries
    WHERE sent_at IS NOT NULL AND sent_at > :since"""
_IDENTITIES = "SELECT name, identity FROM accounts WHERE identity IS NOT NULL"
_NOTICES = "SELECT count(*) FROM notices"


class Due(Value, frozen=True, kw_only=True):
    """How many deliveries of an account are due, and since when the oldest of them is."""

    number: int
    oldest: datetime | None


class Lease(Value, frozen=True, kw_only=True):
    """A delivery that somebody works on: who, without the number of the process, and until when at most."""

    owner: str
    until: datetime | None


class Out(Value, frozen=True, kw_only=True):
    """One that went out: seconds from the first try and from its request until it was out (None: not known)."""

    network: str
    seconds: float | None
    request: float | None
    attempts: int


class Metering(LedgerPart):
    """Counts and times."""

    def due(self, account: str) -> Due:
        """What of an account is due now."""
        ((number, oldest),) = self._all(_DUE, {"account": account, "now": self.clock()})
        return Due(number=number, oldest=moment(oldest))

    def network(self, account: str) -> str:
        """The network of an account that is not in the config any more; "" when it never had a delivery."""
        rows = self._all(_NETWORK, {"account": account})
        return str(rows[0][0]) if rows else ""

    def leases(self) -> list[Lease]:
        """Every delivery that somebody works on, or did until he died."""
        return [
            Lease(owner=str(lease or "").partition("/")[0].rpartition(":")[0], until=moment(until))
            for lease, until in self._all(_LEASED)
        ]

    def out(self, since: datetime) -> Iterator[Out]:
        """What went out after that moment."""
        for network, tried, asked, sent, attempts in self._all(_SENT, {"since": since}):
            yield Out(network=network, seconds=_between(tried, sent), request=_between(asked, sent), attempts=attempts)

    def token_ends(self) -> dict[str, datetime]:
        """When the token of each account ends, of those whose network says it."""
        found = {str(name): as_identity(stored) for name, stored in self._all(_IDENTITIES)}
        return {name: one.expires_at for name, one in found.items() if one is not None and one.expires_at is not None}

    def notices(self) -> int:
        """How many alerts are open."""
        return int(self._all(_NOTICES)[0][0])


def _between(before: str | None, after: str) -> float | None:
    """Seconds, never less than none: a network's clock may be behind ours."""
    begun, ended = moment(before), moment(after)
    return max((ended - begun).total_seconds(), 0.0) if begun is not None and ended is not None else None
