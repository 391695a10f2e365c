"""A yes by a signed link: it names one delivery and the text that was seen, ends after some time, and counts once.

Opening it only shows (programs that look through mails open every link); a button on that page decides.
"""

import base64
import hashlib
import hmac
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from crosspost.app.editing.approval import Waiting, approve, decline, waiting_for, waiting_in
from crosspost.app.editing.editable import reading
from crosspost.app.sites import site_choice
from crosspost.errors import CrosspostError
from crosspost.model import Value
from crosspost.model.value import ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger
    from crosspost.notifications.situation import Asked

#: how long a link can be used
LASTS = timedelta(days=14)
_KEY = "links.key"
_WRONG = "this link is not complete or not from here; open it as it is in the message"


class Token(Value, frozen=True, kw_only=True):
    """What a link says: the delivery's number, the text that was seen, until when, and the link's own id."""

    d: int
    s: str
    e: int
    n: str


def make(app: "App", number: int, seen: str) -> str:
    """The address that asks for a yes to this text of this delivery; "" when ``[web] address`` is not set."""
    address = site_choice.pages(app.settings) if app.settings is not None else ""
    if not address:
        return ""
    end = int((app.clock() + LASTS).timestamp())
    said = msgspec.json.encode(Token(d=number, s=seen, e=end, n=secrets.token_hex(8)))
    return f"{address}/approve?token={_text(said)}.{_text(_signature(app, said))}"


def read(app: "App", token: str) -> Waiting:
    """What a link asks for. Changes nothing.

    :raises CrosspostError: when it is not ours, has ended, was used, or what it asks for waits no more or changed
    """
    said = _checked(app, token)
    one = waiting_for(app, said.d)
    if one.seen != said.s:
        raise CrosspostError("what it says changed since this link was made; a newer message has a new link")
    return one


def use(app: "App", token: str, *, yes: bool, name: str = "") -> "Delivery":
    """Say yes or no by a link; it cannot be used again.

    :param name: who it was, as far as they say
    :raises CrosspostError: as :func:`read`; nothing was changed then
    """
    from crosspost.ledger import Person

    read(app, token)
    said, person = _checked(app, token), Person(name=name or "whoever has the link", origin="link")
    if yes:
        return approve(app, said.d, said.s, person, link=said.n)
    return decline(app, said.d, person, link=said.n)


def asked(app: "App", ledger: "Ledger") -> "Iterator[Asked]":
    """What a notice asks about, each with its link; called by a run, which may fetch pictures."""
    from crosspost.notifications.situation import Asked

    for one in waiting_in(app, ledger, fetch=True):
        if not one.error:
            yield Asked(delivery=one.delivery, seen=one.seen, link=make(app, one.number, one.seen))


def _checked(app: "App", token: str) -> Token:
    body, _, signature = token.partition(".")
    try:
        said, given = _bytes(body), _bytes(signature)
        if not hmac.compare_digest(given, _signature(app, said)):
            raise CrosspostError(_WRONG)
        found = msgspec.json.decode(said, type=ready(Token))
    except (ValueError, msgspec.MsgspecError):
        raise CrosspostError(_WRONG) from None
    if app.clock() > datetime.fromtimestamp(found.e, UTC):
        raise CrosspostError(f"this link ended after {LASTS.days} days; `crosspost approve` does the same")
    with reading(app) as ledger:
        if ledger is not None and ledger.approvals.used(found.n):
            raise CrosspostError("this link was used already")
    return found


def _signature(app: "App", said: bytes) -> bytes:
    return hmac.digest(_key(app.ledger_path().with_name(_KEY)), b"approve\n" + said, hashlib.sha256)


def _key(file: Path) -> bytes:
    """The key beside the ledger, readable by its owner only; made when it is first needed."""
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        found = file.read_bytes()
        if len(found) < 32:
            raise CrosspostError(f"{file} is damaged; delete it, then the next message has new links") from None
        return found
    except OSError as error:
        raise CrosspostError(f"{file} cannot be written: {error.strerror}; make its folder writable") from None
    made = secrets.token_bytes(32)
    with os.fdopen(handle, "wb") as out:
        out.write(made)
    return made


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
