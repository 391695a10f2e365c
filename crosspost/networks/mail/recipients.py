"""Who gets a mail of their own, and the journal that keeps anybody from getting it twice."""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.headerregistry import Address
from pathlib import Path
from typing import Any, Self

import msgspec

from crosspost.compose.formats import mail
from crosspost.config.small_file import read_small
from crosspost.errors import ConfigError
from crosspost.transport.smtp import SmtpError

#: bytes of the file: hundreds of thousands of people
_MOST = 50_000_000
_LEAVE = re.compile(r"https://[!#-;=?-~]+")  # printable ASCII but " < >
#: names of the column with the address; the second ones only where none of the first is there
_MAIL, _MAYBE_MAIL = ("email", "e-mail", "mail"), ("address", "adresse")
_SECOND = re.compile(r"[^\s@<>]+@[^\s@<>]")
_COMMENT = re.compile(r"^[ \t]*#.*", re.MULTILINE)
_TOLD = 5  # wrong lines in one message
#: comes after the key of every person
_EVERYBODY = "~"


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """One person on the list. ``leave`` is an https address of their own for leaving it, "" when there is none."""

    address: Address
    leave: str = ""

    def key(self, handle: str) -> str:
        """What the journal calls this person in the delivery ``handle``: no address is written down."""
        return key_of(handle, self.address.addr_spec)


def key_of(handle: str, address: str) -> str:
    """What the journal of a delivery calls the person with an address."""
    return hashlib.sha256(f"{handle}|{address.casefold()}".encode()).hexdigest()[:20]


def read(file: str, leave: str) -> list[Recipient]:
    """Read a recipients file: an address per line, or a table (CSV with , ; or tabs) with columns email, name,
    unsubscribe.

    Empty lines and lines that begin with ``#`` are passed over; an address that stands there twice counts once. One
    wrong line stops the whole list before anybody gets a mail: who is left out of a mailing would never get it.

    :param leave: address template for leaving the list, for those who have none of their own in the file
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
        more = f"; and {len(wrong) - _TOLD} more lines are wrong" if len(wrong) > _TOLD else ""
        raise ConfigError("; ".join(wrong[:_TOLD]) + more + "; nobody gets the mail until the file is right")
    if not found:
        raise ConfigError(f"the recipients file {file} names nobody")
    return list(found.values())


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that say something, each with the line it ends on."""
    text = _COMMENT.sub("", text)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((sign for sign in ";\t" if sign in first), ",")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield rows.line_num, cells
    except csv.Error as error:
        raise ConfigError(
            f"{file}:{rows.line_num}: this is no table: {error}; look for a quotation mark too many"
        ) from None


def _columns(cells: list[str], where: str) -> tuple[list[str], bool]:
    """What the columns hold, and whether the first row is a heading that says so."""
    names = [cell.casefold() for cell in cells]
    addresses = [name for name in names if name in _MAIL] or [name for name in names if name in _MAYBE_MAIL]
    if "@" in "".join(cells) or not addresses:
        return ["email", "name", "unsubscribe"], False
    if len(addresses) > 1:
        raise ConfigError(f"{where}: several columns hold addresses ({', '.join(addresses)}); keep one, named email")
    return ["email" if name == addresses[0] else name for name in names], True


def _recipient(columns: list[str], cells: list[str], leave: str, where: str) -> Recipient:
    if any(cells[len(columns) :]):
        raise ConfigError(
            f"{where}: there is more than {', '.join(columns)}; one person a line, a comma within quotation marks"
        )
    known = dict(zip(columns, cells, strict=False))
    address = mail.address(known.get("email", ""), where)
    name = known.get("name", "")
    if _SECOND.search(name) or len(name.splitlines()) > 1:  # a second person, or the rest of the file
        shown = " ".join(name.split())[:100]
        raise ConfigError(f"{where}: “{shown}” stands where a name belongs; write each address on a line of its own")
    if name and not address.display_name:
        address = Address(name, address.username, address.domain)
    own = known.get("unsubscribe") or (mail.leave_url(leave, address.addr_spec) if leave else "")
    if own and not _LEAVE.fullmatch(own):  # it stands in a header of the mail
        raise ConfigError(f"{where}: “{own}” is no address for leaving the list; it begins with https://")
    return Recipient(address=address, leave=own)


class Journal(msgspec.Struct, kw_only=True):
    """Who was written to in one delivery. It is stored before each message and after it.

    Recipients are worked on in the order of their keys, so that everybody up to ``reached`` is known to have had
    their turn, also when the file changes meanwhile. ``open`` is the one whose message is being handed in: found so
    after a crash, it is in ``doubt``, and nobody in doubt is written to again. ``later`` were refused for the moment,
    ``refused`` for good; ``since`` is when it began (ISO 8601).
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
        """The journal of a delivery as it was stored; an empty one at first."""
        journal = msgspec.convert(remote.get("journal", {}), cls)
        if journal.open:  # the one message nobody heard the end of
            journal.doubt, journal.open = [*journal.doubt, journal.open], ""
        return journal

    def due(self, keys: list[str]) -> list[str]:
        """Those who have not had their turn, then those who were refused for the moment."""
        return sorted(key for key in keys if key > self.reached) + sorted(set(self.later) & set(keys))

    def decide(self, key: str, *, has_it: bool, over: bool, now: str) -> None:
        """A person has found out about one who was in doubt.

        :param over: everybody else has had their turn, also those who joined the list since then
        :param now: when the new attempt begins (ISO 8601), should there be one
        """
        self.doubt = [other for other in self.doubt if other != key]
        if has_it:
            self.sent += 1
            return
        self.later = [*self.later, key]
        if over:
            self.reached, self.since = _EVERYBODY, now

    def stored(self) -> dict[str, Any]:
        """As :meth:`of` reads it."""
        return msgspec.structs.asdict(self) | {
            "doubt": [*self.doubt],
            "later": [*self.later],
            "refused": [*self.refused],
        }


class StoppedError(Exception):
    """A round that could not go on. ``cause`` says why; ``doubted`` is the one who may or may not have the mail."""

    def __init__(self, cause: SmtpError, doubted: str = "") -> None:
        self.cause, self.doubted = cause, doubted
        super().__init__(str(cause))


class Round:
    """One run's turn with the people of a delivery: a message each, the journal stored before and after.

    :param people: key in the journal → person
    :param store: writes the journal down
    """

    def __init__(self, journal: Journal, people: dict[str, Recipient], store: Callable[[Journal], None]) -> None:
        self.journal, self.people, self._store = journal, people, store

    @property
    def left(self) -> list[str]:
        """Keys of those who still get the mail."""
        return self.journal.due([*self.people])

    @property
    def out(self) -> bool:
        """Whether anybody may have the mail already."""
        return bool(self.journal.sent or self.journal.doubt)

    def write(self, send: Callable[[Recipient], object], *, most: int, go_on: Callable[[], bool]) -> None:
        """Write to those who are due.

        :param send: hands one message in
        :param most: greatest number of messages
        :param go_on: asked before each message
        :raises StoppedError: when the server takes no more
        """
        for key in self.left[:most]:
            if not go_on():
                return
            self._one(key, send)

    def _one(self, key: str, send: Callable[[Recipient], object]) -> None:
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
        """Write the journal down as it is now: whoever was found in doubt after a crash stays so."""
        self._store(self.journal)

    def notes(self) -> str:
        """Who did not get the mail, by name."""
        gone = [*self.journal.refused, *self.journal.later]
        return f"the mail server refused: {', '.join(named(gone, self.people))}" if gone else ""


def named(keys: Iterable[str], people: Mapping[str, Recipient]) -> list[str]:
    """The people behind keys of a journal; who left the file since then has no name any more."""
    known = ((key, people.get(key)) for key in keys)
    return [
        one.address.addr_spec if one else f"somebody who is not in the recipients file now ({key[:8]})"
        for key, one in known
    ]
