"""Reads the recipients file, and keeps the journal that prevents anybody from getting a mail twice."""

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

from crosspost.compose.formats import mail
from crosspost.config.small_file import read_small
from crosspost.errors import ConfigError
from crosspost.model.value import ready
from crosspost.text.lazy_pattern import lazy
from crosspost.text.numbers import counted
from crosspost.transport.mail_server import SmtpError

if TYPE_CHECKING:
    from email.headerregistry import Address

#: maximum size of the file in bytes, enough for hundreds of thousands of people
_MOST = 50_000_000
_LEAVE = lazy(r"https://[!#-;=?-~]+")  # printable ASCII but " < >
#: names of the address column; the second group is used only without one of the first
_MAIL, _MAYBE_MAIL = ("email", "e-mail", "mail"), ("address", "adresse")
_SECOND = lazy(r"[^\s@<>]@[^\s@<>]")
_COMMENT = lazy(r"^[ \t]*#.*", re.MULTILINE)
_SHOWN = 5  # wrong lines in one message
#: sorts after every person's key
_EVERYBODY = "~"


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """One person on the list. ``leave`` is their https address for unsubscribing, "" when there is none."""

    address: "Address"
    leave: str = ""

    def key(self, handle: str) -> str:
        """This person's key in the journal of the delivery ``handle``; no address is stored."""
        return key_of(handle, self.address.addr_spec)


def key_of(handle: str, address: str) -> str:
    """The journal key of an address in a delivery."""
    return hashlib.sha256(f"{handle}|{address.casefold()}".encode()).hexdigest()[:20]


def read(file: str, leave: str) -> list[Recipient]:
    """Read a recipients file: an address per line, or a table (CSV with , ; or tabs) with columns email, name,
    unsubscribe.

    Empty lines and lines that begin with ``#`` are skipped; a repeated address counts once. One wrong line stops the
    whole mailing before it starts, because anybody left out would never get the mail.

    :param leave: template of the unsubscribe address, for people without their own in the file
    :raises ConfigError: with file and line, when the file or an address in it cannot be used
    """
    try:
        text = read_small(Path(file), _MOST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"the recipients file {file} cannot be read: {error.strerror}") from None
    found: dict[str, Recipient] = {}
    columns: list[str] = []
    wrong: list[str] = []
    for line, cells in _rows(text, file):
        where = f"{file}:{line}"
        if not columns:
            columns, is_heading = _columns(cells, where)
            if is_heading:
                continue
        try:
            person = _recipient(columns, cells, leave, where)
            found.setdefault(person.address.addr_spec.casefold(), person)
        except ConfigError as error:
            wrong.append(str(error))
    if wrong:
        rest = len(wrong) - _SHOWN
        more = f"; and {counted(rest, 'more line is', 'more lines are')} wrong" if rest > 0 else ""
        raise ConfigError("; ".join(wrong[:_SHOWN]) + more + "; nobody gets the mail until the file is right")
    if not found:
        raise ConfigError(f"the recipients file {file} has no addresses")
    return list(found.values())


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """The non-empty rows, each with the number of its last line."""
    text = _COMMENT.sub("", text)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((sign for sign in ";\t" if sign in first), ",")
    import csv

    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield rows.line_num, cells
    except csv.Error as error:
        raise ConfigError(
            f"{file}:{rows.line_num}: this is not a valid table: {error}; look for an extra quotation mark"
        ) from None


def _columns(cells: list[str], where: str) -> tuple[list[str], bool]:
    """The columns' names, and whether the first row is a heading."""
    names = [cell.casefold() for cell in cells]
    addresses = [name for name in names if name in _MAIL] or [name for name in names if name in _MAYBE_MAIL]
    if "@" in "".join(cells) or not addresses:
        return ["email", "name", "unsubscribe"], False
    if len(addresses) > 1:
        raise ConfigError(f"{where}: several columns have addresses ({', '.join(addresses)}); keep one, named email")
    return ["email" if name == addresses[0] else name for name in names], True


def _recipient(columns: list[str], cells: list[str], leave: str, where: str) -> Recipient:
    if any(cells[len(columns) :]):
        raise ConfigError(
            f"{where}: there is more than {', '.join(columns)}; write one person per line, and quotes around a comma"
        )
    known = dict(zip(columns, cells, strict=False))
    address = mail.address(known.get("email", ""), where)
    name = known.get("name", "")
    if _SECOND.search(name) or len(name.splitlines()) > 1:  # a second person, or the rest of the file
        shown = " ".join(name.split())[:100]
        raise ConfigError(f"{where}: “{shown}” is not a name; write each address on its own line")
    if name and not address.display_name:
        from email.headerregistry import Address

        address = Address(name, address.username, address.domain)
    own = known.get("unsubscribe") or (mail.leave_url(leave, address.addr_spec) if leave else "")
    if own and not _LEAVE.fullmatch(own):  # it becomes a header of the mail
        raise ConfigError(f"{where}: “{own}” is not an unsubscribe address; it must begin with https://")
    return Recipient(address=address, leave=own)


class Journal(msgspec.Struct, kw_only=True):
    """Who has been sent one delivery. It is stored before and after each message.

    Recipients are processed in the order of their keys, so everybody up to ``reached`` is known to have had their turn,
    even when the file changes meanwhile. ``open`` is the recipient whose message is being submitted; after a crash it
    moves to ``doubt``, and nobody in doubt is sent it again. ``later`` were refused temporarily, ``refused`` for good;
    ``since`` is when the delivery began (ISO 8601).
    """

    reached: str = ""
    open: str = ""
    sent: int = 0
    doubt: list[str] = []
    later: list[str] = []
    refused: list[str] = []
    since: str = ""

    @classmethod
    def of(cls, remote: dict[str, Any]) -> Self:
        """The stored journal of a delivery; an empty one at first."""
        journal = msgspec.convert(remote.get("journal", {}), ready(cls))
        if journal.open:  # the message whose outcome is unknown
            journal.doubt, journal.open = [*journal.doubt, journal.open], ""
        return journal

    def due(self, keys: list[str]) -> list[str]:
        """The keys that have not had their turn, then those that were refused temporarily."""
        return sorted(key for key in keys if key > self.reached) + sorted(set(self.later) & set(keys))

    def decide(self, key: str, *, has_it: bool, over: bool, now: str) -> None:
        """Record a person's decision about a recipient in doubt.

        :param over: whether everybody else has had their turn, including people who joined the list since
        :param now: when a new attempt would begin (ISO 8601)
        """
        self.doubt = [other for other in self.doubt if other != key]
        if has_it:
            self.sent += 1
            return
        self.later = [*self.later, key]
        if over:
            self.reached, self.since = _EVERYBODY, now

    def stored(self) -> dict[str, Any]:
        """The form :meth:`of` reads."""
        return msgspec.structs.asdict(self) | {
            "doubt": [*self.doubt],
            "later": [*self.later],
            "refused": [*self.refused],
        }


class StoppedError(Exception):
    """A round that had to stop. ``cause`` is the reason; ``doubted`` the address that may or may not have the mail."""

    def __init__(self, cause: SmtpError, doubted: str = "") -> None:
        self.cause, self.doubted = cause, doubted
        super().__init__(str(cause))


class Round:
    """One run's part of a delivery to many people: a message each, with the journal stored before and after.

    :param people: journal key → person
    :param store: stores the journal
    """

    def __init__(self, journal: Journal, people: dict[str, Recipient], store: Callable[[Journal], None]) -> None:
        self.journal, self.people, self._store = journal, people, store

    @property
    def left(self) -> list[str]:
        """Keys of the people who still have to get the mail."""
        return self.journal.due([*self.people])

    @property
    def out(self) -> bool:
        """Whether anybody may have the mail already."""
        return bool(self.journal.sent or self.journal.doubt)

    def write(self, send: Callable[[Recipient], object], *, most: int, go_on: Callable[[], bool]) -> None:
        """Send to everybody who is due.

        :param send: submits one message
        :param most: maximum number of messages
        :param go_on: checked before each message
        :raises StoppedError: when the server accepts no more
        """
        for key in self.left[:most]:
            if not go_on():
                return
            self._send_to(key, send)

    def _send_to(self, key: str, send: Callable[[Recipient], object]) -> None:
        journal, before = self.journal, self.journal.reached
        waiting = key in journal.later
        journal.reached, journal.open = max(before, key), key
        journal.later = [other for other in journal.later if other != key]
        self._store(journal)
        try:
            send(self.people[key])
        except SmtpError as error:
            journal.open = ""
            if error.in_doubt:
                journal.doubt.append(key)
            elif error.refused and error.answer is not None and error.answer.code >= 500:
                journal.refused.append(key)
            elif waiting or error.refused or (self.out and error.answer is not None and error.answer.code >= 500):
                journal.later.append(key)  # the others come first
            else:
                journal.reached = before
            self._store(journal)
            if error.in_doubt or not error.refused:
                raise StoppedError(error, self.people[key].address.addr_spec if error.in_doubt else "") from None
            return
        journal.open, journal.sent = "", journal.sent + 1
        self._store(journal)

    def keep(self) -> None:
        """Store the journal now, so that recipients found in doubt after a crash stay in doubt."""
        self._store(self.journal)

    def notes(self) -> str:
        """A note with the addresses that did not get the mail; "" without any."""
        gone = [*self.journal.refused, *self.journal.later]
        return f"the mail server refused: {', '.join(named(gone, self.people))}" if gone else ""


def named(keys: Iterable[str], people: Mapping[str, Recipient]) -> list[str]:
    """The addresses for journal keys; a placeholder for people who are no longer in the file."""
    known = ((key, people.get(key)) for key in keys)
    return [
        person.address.addr_spec if person else f"somebody who is not in the recipients file now ({key[:8]})"
        for key, person in known
    ]
