"""The turns of a ledger in PostgreSQL: an advisory lock for each account, on a connection of their own.

The server ends them with the connection, so a killed process blocks nobody. They are those of the whole database: sites
whose ledgers are in schemas of their own may have an account in common.
"""

import contextlib
import threading
from collections.abc import Sequence

import psycopg

from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.database import lock_number
from crosspost.ledger.postgresql.errors import translate
from crosspost.ledger.postgresql.pipeline import Pipeline
from crosspost.ledger.postgresql.reconnecting import connection_to, is_cut, settle
from crosspost.ledger.write_requests import Row, Step

_TAKE = "SELECT pg_try_advisory_lock(:number)"
_GIVE_BACK = "SELECT pg_advisory_unlock(:number)"


class SharedTurns:
    """See :class:`crosspost.ledger.account_locks.Turns`.

    :raises LedgerError: from each method, when the database cannot be reached
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: psycopg.Connection[Row] | None = None
        self._lock = threading.Lock()
        self._mine: set[str] = set()

    def take(self, account: str) -> bool:
        return self.take_asking(account) is not None

    def give_back(self, account: str) -> None:
        with contextlib.suppress(psycopg.Error), self._lock:  # with its connection the lock is gone too
            self._given_back(account, ())

    def take_asking(
        self, account: str, *more: Step, ended: str | None = None, with_it: Sequence[Step] = ()
    ) -> list[list[Row]] | None:
        """Take the turn, and ask more in the same question; it is answered as things are once the turn is taken.

        :param ended: the account whose turn is given back before, in the same question; None: there is none
        :param with_it: what is changed when it is given back
        :returns: what each of them found; None where the turn is another one's
        """
        with self._lock:
            if account in self._mine:
                if ended is not None:
                    with translate(self._address):
                        self._given_back(ended, with_it)
                return None
            before = [] if ended is None else [*with_it, Step(_GIVE_BACK, _number(ended))]
            answers = self._asked(*before, Step(_TAKE, _number(account)), *more)
            self._mine.discard(ended or "")
            got, *found = answers[len(before) :]
            if got != [(True,)]:
                return None
            self._mine.add(account)
            return found

    def give_back_with(self, account: str, *more: Step) -> None:
        """Give it back, and change something in the same question."""
        with translate(self._address), self._lock:
            self._given_back(account, more)

    def _given_back(self, account: str, more: Sequence[Step]) -> None:
        self._mine.discard(account)
        if self._connection is not None and not self._connection.closed:
            try:
                self._pipeline.run([*more, Step(_GIVE_BACK, _number(account))])
            except psycopg.Error:
                self._connection.close()  # else nobody would ever have the turn again
                raise
        elif more:  # the turn has ended with the connection
            self._asked(*more)

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def _asked(self, *steps: Step) -> list[list[Row]]:
        """Ask, once more after a cut: what was held before that is only a matter of order."""
        with translate(self._address):
            if self._connection is not None:
                try:
                    return self._ask(steps)
                except psycopg.Error as error:
                    self._connection.close()
                    if not is_cut(error):
                        raise
            self._connection = connection_to(self._address, name="crosspost turns")
            self._pipeline = Pipeline(self._connection)
            settle(self._connection)
            return self._ask(steps)

    def _ask(self, steps: Sequence[Step]) -> list[list[Row]]:
        return [found.fetchall() for found in self._pipeline.run(steps)]


def _number(account: str) -> dict[str, int]:
    return {"number": lock_number(f"account {account}", "")}
