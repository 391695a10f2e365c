"""What is known of the hubs of feeds: two small files a site, each written by one side only.

A run writes what it asks of a hub *before* it asks, since the hub may ask back before it answers. The dashboard, which
is asked, writes what the hub granted. So neither waits for the other, and neither can undo what the other wrote.
"""

import hmac
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from crosspost.app import wake_file
from crosspost.config.sites import MAIN
from crosspost.config.small_file import read_small
from crosspost.model import Value
from crosspost.model.value import ready

if TYPE_CHECKING:
    from crosspost.app.application import App

_ASKED, _GRANTED = ".asked.json", ".granted.json"
Kept = TypeVar("Kept", bound=Value)


class Asked(Value, frozen=True, kw_only=True):
    """What a run asked of the hub of a feed (``topic``) at ``at``; it asks again from ``due`` on.

    ``token`` is in the address that the hub calls, ``secret`` what it signs with. ``attempts`` counts questions since
    the last one that was granted, ``problem`` is why the last one failed, as a clause. Without ``hub`` the feed names
    none.
    """

    topic: str
    at: datetime
    due: datetime
    hub: str = ""
    token: str = ""
    secret: str = ""
    attempts: int = 0
    problem: str = ""

    def __repr__(self) -> str:
        return f"Asked(hub={self.hub!r}, topic={self.topic!r})"


class Granted(Value, frozen=True, kw_only=True):
    """The hub's answer to the question with this ``token``.

    It tells of new items ``until`` then; None: it does not, and ``denied`` is why, if it said so.
    """

    token: str
    at: datetime
    until: datetime | None = None
    denied: str = ""


def asked(app: "App") -> Asked | None:
    """What was asked for this site; None: nothing yet."""
    return _read(_place(app, _ASKED), Asked)


def granted(app: "App") -> Granted | None:
    """What the hub granted for what was asked last; None: nothing."""
    question, answer = asked(app), _read(_place(app, _GRANTED), Granted)
    return answer if question is not None and answer is not None and answer.token == question.token else None


def keep_asked(app: "App", one: Asked) -> None:
    """:raises OSError: when it cannot be written"""
    wake_file.write(_place(app, _ASKED), msgspec.json.encode(one))


def grant(app: "App", name: str, one: Granted) -> None:
    """Write down what a hub granted.

    :param name: of the site, as :func:`of_token` gives it
    :raises OSError: when it cannot be written
    """
    wake_file.write(wake_file.folder(app.main_ledger_file()) / f"{name}{_GRANTED}", msgspec.json.encode(one))


def of_token(app: "App", token: str) -> tuple[str, Asked] | None:
    """The site, and the question, whose address has this token; None when there is none, or not any more."""
    for file in wake_file.folder(app.main_ledger_file()).glob(f"*{_ASKED}"):
        one = _read(file, Asked)
        if one is not None and one.token and hmac.compare_digest(one.token.encode(), token.encode()):
            return file.name.removesuffix(_ASKED), one
    return None


def _place(app: "App", end: str) -> Path:
    name = (app.settings.name if app.settings is not None else "") or MAIN
    return wake_file.folder(app.main_ledger_file()) / f"{name}{end}"


def _read(file: Path, kind: type[Kept]) -> Kept | None:
    try:
        return msgspec.json.decode(read_small(file), type=ready(kind))
    except (OSError, msgspec.DecodeError):
        return None
