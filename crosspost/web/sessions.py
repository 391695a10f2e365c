"""Who has logged in: one-use links and signed cookies. Both survive a restart of the server."""

import hashlib
import os
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from crosspost.model import Value
from crosspost.model.value import ready
from crosspost.web.signing import Signer
from crosspost.web.users import OWNER, User

#: how long a session and a link are good for
SESSION, LINK = timedelta(days=30), timedelta(minutes=15)


class _Ticket(Value, frozen=True, kw_only=True):
    """What is signed: who, until when (seconds since 1970), and ``mark``, which changes with the password."""

    name: str
    until: float
    mark: str = ""
    once: str = ""


class Sessions:
    """Gives and reads the tickets of one ledger.

    :param folder: where key and used links are kept
    :param clock: gives the present moment, with a zone
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._signer, self._used, self._clock = Signer(folder / "key"), folder / "used-links", clock
        #: cookies do not know ports: two dashboards on one machine must not take each other's
        self.cookie = f"crosspost_{hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:10]}"

    def link(self) -> str:
        """A ticket for the person at the terminal, good once and for a quarter of an hour."""
        return self._ticket("link", OWNER, LINK, once=secrets.token_hex(16))

    def enter(self, ticket: str) -> User | None:
        """Who comes with a link; None when it is used, too old, or not ours."""
        found = self._read("link", ticket)
        return OWNER if found is not None and self._first_use(found) else None

    def session(self, user: User) -> str:
        """The value of a cookie."""
        return self._ticket("session", user, SESSION)

    def visitor(self, cookie: str, users: dict[str, User]) -> User | None:
        """Who comes with a cookie, as the list of users knows them now."""
        found = self._read("session", cookie)
        if found is None:
            return None
        user = OWNER if found.name == OWNER.name else users.get(found.name)
        return user if user is not None and user.mark == found.mark else None

    def _ticket(self, purpose: str, user: User, lasts: timedelta, once: str = "") -> str:
        until = (self._clock() + lasts).timestamp()
        ticket = _Ticket(name=user.name, until=until, mark=user.mark, once=once)
        return self._signer.sign(purpose, msgspec.json.encode(ticket).decode())

    def _read(self, purpose: str, signed: str) -> _Ticket | None:
        text = self._signer.read(purpose, signed)
        found = msgspec.json.decode(text, type=ready(_Ticket)) if text is not None else None
        return found if found is not None and found.until > self._clock().timestamp() else None

    def _first_use(self, ticket: _Ticket) -> bool:
        """Note that a link was used; making a file that must not exist is the one step that only one can win."""
        self._used.mkdir(mode=0o700, exist_ok=True)
        now = self._clock().timestamp()
        for old in self._used.iterdir():
            if float(old.name.partition("-")[0]) < now:
                old.unlink(missing_ok=True)
        try:
            os.close(os.open(self._used / f"{ticket.until}-{ticket.once}", os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return False
        return True
