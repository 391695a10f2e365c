"""Whether this process may send at all: its clock goes as the database's does, and it still has the run lock."""

import time
from collections.abc import Callable
from datetime import timedelta

from crosspost.errors import LedgerError
from crosspost.ledger.database import Database
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.errors import NO_RIGHTS, READ_ONLY, translate
from crosspost.ledger.postgresql.lock import held_here
from crosspost.ledger.schema import TABLES

#: by how much a clock may differ. Leases are compared by the clocks of different machines: with two of them wrong by so
#: much, in opposite directions, a lease still lasts :data:`crosspost.ledger.deliveries.SURE`
MOST = timedelta(minutes=2)
#: seconds until the clock is compared anew, and by how much it may be moved meanwhile before it is compared at once:
#: with a clock that was just put back, a request that is on its way would count as one of which nothing came
_EVERY, _MOVED = 30, 60
#: tables of the ledger that this user may not change
_DENIED = """SELECT name FROM unnest(string_to_array(:tables, ',')) AS name
    WHERE NOT (has_table_privilege(name, 'INSERT') AND has_table_privilege(name, 'UPDATE')
        AND has_table_privilege(name, 'DELETE')) LIMIT 1"""
#: this machine's time in seconds since 1970; replaced in tests
here: Callable[[], float] = time.time


class Certainty:
    """Called before each claim and before each irreversible request, see ``Deliveries.certain``.

    :param leased: whether the caller works without the run lock, as workers do
    """

    def __init__(self, address: Address, database: Database, *, leased: bool) -> None:
        self._address, self._database = address, database
        self._still_held = held_here(address) if not leased else None
        self._compared, self._apart = float("-inf"), 0.0

    def __call__(self) -> None:
        """:raises LedgerError: when nothing more may be sent from here"""
        if self._still_held is not None:
            self._still_held()
        steady = time.monotonic()
        if steady - self._compared >= _EVERY or abs(here() - steady - self._apart) > _MOVED:
            refuse_wrong_clock(self._address, self._database)
            self._compared = time.monotonic()
            self._apart = here() - self._compared


def refuse_wrong_clock(address: Address, database: Database) -> None:
    """:raises LedgerError: when this machine's clock differs from the database's, or that cannot be asked"""
    before = here()
    with translate(address):
        ((there,),) = database.rows("SELECT extract(epoch FROM clock_timestamp())::float8")
    after = here()
    # the answer may have taken its time: the smallest difference that is possible counts
    ahead = max(before - there, 0.0) + min(after - there, 0.0)
    if abs(ahead) <= MOST.total_seconds():
        return
    which = "ahead of" if ahead > 0 else "behind"
    raise LedgerError(
        f"{address}: this machine's clock is {round(abs(ahead))} seconds {which} the database's, so nothing is sent "
        "from here. Put it right (`timedatectl set-ntp true`); other machines go on meanwhile. See `crosspost help "
        "workers`"
    )


def refuse_closed(address: Address, database: Database) -> None:
    """Ask the server itself whether it takes changes from this user: this connection may be one that only reads.

    :raises LedgerError: on a standby, while the server pauses on the way to an earlier time, when its settings or those
        of this user or database say so (postgresql.org/docs/current/view-pg-settings.html), and where the user lacks
        a right on a table (functions-info.html#FUNCTIONS-INFO-ACCESS there)
    """
    with translate(address):
        ((closed,),) = database.rows(
            "SELECT pg_is_in_recovery() OR reset_val = 'on' FROM pg_settings "
            "WHERE name = 'default_transaction_read_only'"
        )
        if closed:
            raise LedgerError(f"{address}: {READ_ONLY}")
        denied = database.rows(_DENIED, {"tables": ",".join(TABLES)})
    if denied:
        raise LedgerError(f"{address}: {NO_RIGHTS.format(said=f'permission denied for table {denied[0][0]}')}")
