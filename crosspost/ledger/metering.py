"""What is measured of the ledger, so that it is the same whichever process of whichever machine is asked.

What is open and how much there is of it comes from indexes alone, and what went out is looked at for the last hour
only: a look takes as long with ten years of posts as with ten days.
"""

from datetime import datetime, timedelta

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import moment
from crosspost.ledger.plans import COUNTS
from crosspost.ledger.rows import State, as_identity
from crosspost.ledger.schema import OPEN
from crosspost.ledger.write_requests import Step
from crosspost.model import Value

_PLANNED = f"FROM deliveries WHERE {OPEN} AND state = 'planned'"
_DUE = f"SELECT account, count(*), min(due_at) {_PLANNED} AND due_at <= :now GROUP BY account"
_NEXT = f"SELECT min(due_at) {_PLANNED} AND due_at > :now"
_NETWORK = "SELECT network FROM deliveries WHERE account = :account LIMIT 1"
_LEASED = f"SELECT lease, lease_until FROM deliveries WHERE {OPEN} AND state = 'sending'"
_SENT = """SELECT network, tried_at, publishing_at, sent_at, attempts FROM deliveries
    WHERE sent_at IS NOT NULL AND sent_at > :since"""
_IDENTITIES = "SELECT name, identity FROM accounts WHERE identity IS NOT NULL"
_NOTICES = "SELECT count(*) FROM notices"


class Due(Value, frozen=True, kw_only=True):
    """How many deliveries of an account are due, and since when the oldest of them is."""

    number: int
    oldest: datetime


class Lease(Value, frozen=True, kw_only=True):
    """A delivery that somebody works on: who, without the number of the process, and until when at most."""

    owner: str
    until: datetime | None


class Out(Value, frozen=True, kw_only=True):
    """One that went out, and when; seconds from the first try and from its request until it was out (None: unknown)."""

    network: str
    at: datetime
    seconds: float | None
    request: float | None
    attempts: int


class Measured(Value, frozen=True, kw_only=True):
    """What is measured of a ledger.

    :ivar counts: (account, state) → how many deliveries
    :ivar due: account → what of it is due; without those of which nothing is
    :ivar next_due: when the next one is due that is not due yet
    :ivar leases: every delivery that somebody works on, or did until he died
    :ivar out: what went out lately
    :ivar token_ends: account → when its token ends, of those whose network says it
    :ivar notices: how many alerts are open
    """

    counts: dict[tuple[str, State], int]
    due: dict[str, Due]
    next_due: datetime | None
    leases: list[Lease]
    out: list[Out]
    token_ends: dict[str, datetime]
    notices: int


class Metering(LedgerPart):
    """Counts and times."""

    def measured(self, window: timedelta) -> Measured:
        """All of it, as one question to a server.

        :param window: how far what went out is looked at
        """
        now = self.clock()
        asked = (
            Step(COUNTS, {}),
            Step(_DUE, {"now": now}),
            Step(_NEXT, {"now": now}),
            Step(_LEASED, {}),
            Step(_SENT, {"since": now - window}),
            Step(_IDENTITIES, {}),
            Step(_NOTICES, {}),
        )
        with translate_errors(self.path):
            counts, due, next_due, leased, sent, identities, notices = self._database.rows_of_each(asked)
            known = {str(name): as_identity(stored) for name, stored in identities}
            return Measured(
                counts={(account, state): number for account, state, number in counts},
                due={
                    account: Due(number=number, oldest=datetime.fromisoformat(oldest))
                    for account, number, oldest in due
                },
                next_due=moment(next_due[0][0]),
                leases=[_lease(*row) for row in leased],
                out=[_out(*row) for row in sent],
                token_ends={name: one.expires_at for name, one in known.items() if one and one.expires_at},
                notices=int(notices[0][0]),
            )

    def network(self, account: str) -> str:
        """The network of an account that is not in the config any more; "" when it never had a delivery."""
        rows = self._all(_NETWORK, {"account": account})
        return str(rows[0][0]) if rows else ""


def _lease(lease: str | None, until: str | None) -> Lease:
    return Lease(owner=str(lease or "").partition("/")[0].rpartition(":")[0], until=moment(until))


def _out(network: str, tried: str | None, asked: str | None, sent: str, attempts: int) -> Out:
    return Out(
        network=network,
        at=datetime.fromisoformat(sent),
        seconds=_between(tried, sent),
        request=_between(asked, sent),
        attempts=attempts,
    )


def _between(before: str | None, after: str) -> float | None:
    """Seconds, never less than none: a network's clock may be behind ours."""
    begun, ended = moment(before), moment(after)
    return max((ended - begun).total_seconds(), 0.0) if begun is not None and ended is not None else None
