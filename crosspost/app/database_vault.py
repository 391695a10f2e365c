"""Sessions and renewed tokens of an installation whose ledger is in a database: there, encrypted, for every machine.

The key never is in the database. Without it nothing is kept anywhere else instead.
"""

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.token_keys import keys_of
from crosspost.config.credentials import RENEWED_KEY, variable
from crosspost.config.encryption import Keys, UnopenedError
from crosspost.config.vault_stores import Folder, held
from crosspost.errors import ConfigError, LedgerError, NotSent
from crosspost.ledger.postgresql.renewed_tokens import Logins, Sealed
from crosspost.transport import send_permission
from crosspost.transport.send_permission import TooLateError

if TYPE_CHECKING:
    from crosspost.config.credentials import Credentials
    from crosspost.ledger.postgresql.address import Address

#: seconds between two looks whether somebody else is done
_PAUSE = 0.1


class SharedLogins:
    """See :class:`crosspost.config.vault_stores.Store`. Creating one does no I/O.

    :param logins: the table
    :param keys: gives the keys; asked once, when one is needed
    :param before: where this machine kept the same before; what is newer there moves into the table
    """

    def __init__(self, logins: Logins, keys: Callable[[], Keys], before: Folder) -> None:
        self._logins, self._ask_for_keys, self._before = logins, keys, before
        self._known_keys: Keys | None = None
        self._turns: dict[tuple[str, int], int] = {}  # account, thread → the version its row had when it was locked

    def read(self, account: str) -> bytes | None:
        with _told(account):
            row = self._logins.read(account)
            if (written := _written(self._before.file(account))) is not None:
                row = self._moved(account, row, written)
            return None if row is None else self.opened(row)

    def write(self, account: str, data: bytes) -> None:
        mine = account, threading.get_ident()
        if mine not in self._turns:
            with self.lock(account, 90, 300, time.sleep):
                self.write(account, data)
            return
        with _told(account):
            keys = self._keys
            sealed = keys.seal(data, about(account))
            if not self._logins.write(account, keys.first, sealed, version=self._turns[mine]):
                raise NotSent(f"{account}: another machine has renewed this login meanwhile; its result is used")
            self._turns[mine] += 1

    def remove(self, account: str) -> None:
        with _told(account):
            self._logins.remove(account)
        self._before.remove(account)

    @contextlib.contextmanager
    def lock(self, account: str, wait: float, lasts: float, sleep: Callable[[float], None]) -> Iterator[None]:
        mine, deadline = f"{os.getpid()}-{secrets.token_hex(8)}", time.monotonic() + wait
        with _told(account):
            _ = self._keys  # without them nothing could be kept
            while True:
                turn = _Turn(lasts)
                if (version := self._logins.begin(account, mine, lasts)) is not None:
                    break
                if time.monotonic() >= deadline:
                    raise held(account, wait)
                sleep(_PAUSE)
        turn_of = account, threading.get_ident()
        self._turns[turn_of] = version
        try:
            with send_permission.asked(turn.ask):
                yield
        finally:
            del self._turns[turn_of]
            with contextlib.suppress(LedgerError):  # then it ends by itself
                self._logins.end(account, mine)

    def opened(self, row: Sealed) -> bytes:
        """What is in a row.

        :raises ConfigError: when this machine has not its key, or it was changed
        """
        keys = self._keys
        try:
            return keys.opened(row.key_name, row.sealed, about(row.account))
        except UnopenedError:
            raise ConfigError(_why_not(row, keys)) from None

    def _moved(self, account: str, row: Sealed | None, written: datetime) -> Sealed | None:
        """Take over what this machine kept in a file, unless the table has something newer; the file then goes."""
        data = self._before.read(account)
        if data is not None and (row is None or row.at is None or row.at < written):
            keys = self._keys
            sealed, version = keys.seal(data, about(account)), row.version if row is not None else 0
            self._logins.write(account, keys.first, sealed, version=version, at=written)
            row = self._logins.read(account)
        self._before.remove(account)
        return row

    @property
    def _keys(self) -> Keys:
        if self._known_keys is None:
            self._known_keys = self._ask_for_keys()
        return self._known_keys


class _Turn:
    """How long this process may renew, by clocks that nobody has to set right; one of them stands still while a machine
    sleeps."""

    def __init__(self, lasts: float) -> None:
        self._lasts, self._since = lasts, (time.monotonic(), time.time())

    def ask(self) -> None:
        """:raises TooLateError: when another one may be renewing it before a request that begins now has ended"""
        steady, wall = self._since
        if max(time.monotonic() - steady, time.time() - wall) >= self._lasts / 2:
            raise TooLateError("this process stood still for so long that another one may be renewing this login")


def shared_logins(credentials: "Credentials", address: "Address", before: Path) -> SharedLogins:
    """The logins that a database keeps.

    :param before: the folder in which this machine kept them
    """
    return SharedLogins(Logins(address), lambda: keys_of(credentials), Folder(before))


def about(account: str) -> str:
    return f"crosspost login 1 {account}"


def _written(file: Path) -> datetime | None:
    """When a file was written; None when it is not there."""
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return None


def _why_not(row: Sealed, keys: Keys) -> str:
    name = variable(*RENEWED_KEY)
    if row.key_name in keys.names:
        return (
            f"the login of {row.account} in the database was changed by something else, so it is not used. "
            f"`crosspost accounts renew {row.account}` logs in again"
        )
    return (
        f"the login of {row.account} in the database is encrypted with the key {row.key_name}, and {name} has only "
        f"{', '.join(keys.names)} here. Give this machine the key of the others; while keys change, both: NEW,OLD. "
        f"When the key is lost, `crosspost tokens forget {row.account}` forgets this login, and `crosspost accounts "
        f"renew {row.account}` begins a new one. See `crosspost help database`"
    )


@contextlib.contextmanager
def _told(account: str) -> Iterator[None]:
    """What cannot be kept or read is a reason not to send."""
    try:
        yield
    except (ConfigError, LedgerError) as error:
        raise NotSent(f"{account}: {error}") from error
