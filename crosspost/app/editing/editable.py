"""What can be changed of one post on one account, and what counts there now."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.errors import ConfigError, CrosspostError, SourceError
from crosspost.model import Entry, Override, Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger


class Editable(Value, frozen=True, kw_only=True):
    """What is known of a post on an account.

    ``post`` is its id, ``in_file`` what its file says for this account by name, ``in_ledger`` what people changed
    beside it (None: nothing), ``meant`` what counts of both and of what the post says for everywhere. ``state`` is that
    of its delivery ("" for none yet), ``refusal`` why nothing can be changed now ("" when it can). ``writable`` is
    whether the file can be written.
    """

    post: str
    path: str
    account: str
    in_file: Override
    in_ledger: Override | None
    meant: Override
    state: str
    refusal: str
    writable: bool


def look(app: "App", post: "str | Path", account: str) -> Editable:
    """Everything about one post on one account; changes nothing.

    :param post: a file of the site, or a post's id
    :raises CrosspostError: when there is no such post or account
    """
    with reading(app) as ledger:
        return looked(app, ledger, find(app, ledger, post), account)


def find(app: "App", ledger: "Ledger | None", post: "str | Path") -> Entry:
    """The post that is meant, under the id the ledger knows it by; without the edits.

    :raises CrosspostError: when there is none, or it cannot be read
    """
    from crosspost.delivery.planner import known_as
    from crosspost.delivery.renames import renamed

    source, path = app.source(), Path(post)
    if ledger is not None and not path.is_file():
        known = ledger.posts.known().get(str(post))
        path = Path(known.path) if known is not None else path
    entry = source.entry(path)
    if entry.state == "refused":
        raise SourceError(entry.reason)
    return renamed(entry, known_as(ledger, [entry], source.scan)[entry.id]) if ledger is not None else entry


@contextlib.contextmanager
def reading(app: "App") -> "Iterator[Ledger | None]":
    ledger = None if no_ledger_yet(app) else open_ledger(app, read_only=True)
    try:
        yield ledger
    finally:
        if ledger is not None:
            ledger.close()


@contextlib.contextmanager
def writing(app: "App") -> "Iterator[Ledger]":
    """The ledger to change, beside a run that may be at work.

    :raises CrosspostError: when there is none yet
    """
    from crosspost.ledger import Ledger

    if no_ledger_yet(app):
        raise ConfigError("there is no ledger yet: the first `crosspost run` makes it; until then change the file")
    ledger = Ledger(app.ledger_place(), app.clock)
    try:
        yield ledger
    finally:
        ledger.close()


def looked(app: "App", ledger: "Ledger | None", entry: Entry, account: str) -> Editable:
    network = network_of(app, account)
    edit = ledger.edits.of(entry.id, account) if ledger is not None else None
    in_ledger = edit.said if edit is not None else None
    meant = entry.overrides.with_edits({account: in_ledger} if in_ledger is not None else {})
    rows = ledger.deliveries(post=entry.id, account=account) if ledger is not None else []
    state, refusal = next((row.state for row in rows if row.part == 1), ""), ""
    try:
        if ledger is not None:
            ledger.edits.refuse_under_way(entry.id, account)
    except CrosspostError as error:
        refusal = str(error)
    return Editable(
        post=entry.id,
        path=entry.path,
        account=account,
        in_file=entry.overrides.targets.get(account, Override()),
        in_ledger=in_ledger,
        meant=msgspec.structs.replace(entry, overrides=meant).for_account(account, network),
        state=state,
        refusal=refusal,
        writable=app.source().has_front_matter(Path(entry.path)) and _writable(entry.path),
    )


def network_of(app: "App", account: str) -> str:
    """The network of an account.

    :raises ConfigError: when there is no such account
    """
    if account not in app.accounts():
        app.chosen([account])  # says which there are
        raise ConfigError(f"{account} is a network; name one account of it: {', '.join(app.chosen([account]))}")
    return app.accounts()[account].network


def _writable(path: str) -> bool:
    return os.access(path, os.W_OK) and os.access(Path(path).resolve().parent, os.W_OK)
