"""Previews of whole files: each post on each account, exactly as it would be sent."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from crosspost.app.outcome import Wrong
from crosspost.app.page_gate import pages
from crosspost.app.preview_model import AccountPreview, ledger_to_read, look, networks, with_repetitions
from crosspost.errors import CrosspostError, SourceError
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger
    from crosspost.model import Entry, Post
    from crosspost.sources.base import Source


class PostPreview(NamedTuple):
    """One post, and what it says on each account."""

    post: "Post"
    entry: "Entry"
    accounts: tuple[AccountPreview, ...]


def preview(
    app: "App", files: Sequence[Path], accounts: Sequence[str], *, drawn: bool = True
) -> tuple[list[PostPreview], list[Wrong]]:
    """Compose the posts of these files for these accounts; asks no network and changes nothing.

    :param drawn: False: title cards are not drawn, and have no bytes
    :returns: the previews, and the files that are not posts
    """
    ledger = ledger_to_read(app)
    try:
        return _previews(app, files, accounts, ledger, drawn=drawn)
    finally:
        if ledger is not None:
            ledger.close()


def _previews(
    app: "App", files: Sequence[Path], accounts: Sequence[str], ledger: "Ledger | None", *, drawn: bool
) -> tuple[list[PostPreview], list[Wrong]]:
    source, adapters = app.source(), networks(app, accounts, ledger)
    load = pages(app, ledger, source.load, asks=False).load
    seen: list[PostPreview] = []
    wrong: list[Wrong] = []
    for file in files:
        try:
            entry = source.entry(file)
            if entry.state == "refused":
                raise SourceError(entry.reason)
            entry = _as_edited(ledger, source, entry)
            post = load(entry)
        except CrosspostError as error:
            wrong.append(Wrong(printable(str(file)), str(error)))
            continue
        before = {row.account: row for row in _deliveries(ledger, source, entry) if row.part == 1}
        found = with_repetitions([look(one, post, entry, before.get(one.account), drawn=drawn) for one in adapters])
        found = [_with_edit(one, ledger, entry.id) for one in found]
        seen.append(PostPreview(post, entry, tuple(found)))
    return seen, wrong


def _with_edit(shown: AccountPreview, ledger: "Ledger | None", post: str) -> AccountPreview:
    """Say where the ledger goes before the file."""
    edit = ledger.edits.of(post, shown.network.account) if ledger is not None else None
    if edit is None:
        return shown
    from crosspost.app.editing.edit_words import kept

    remark = f"{kept(edit.said)}: as {edit.by} changed it in the ledger, which wins over the file"
    return msgspec.structs.replace(shown, remarks=(*shown.remarks, remark))


def _as_edited(ledger: "Ledger | None", source: "Source", entry: "Entry") -> "Entry":
    """The entry under the ledger's id, with what people changed there; without edits as it is."""
    if ledger is None or not (edits := ledger.edits.all()):
        return entry
    from crosspost.delivery.edit_overlay import with_edits
    from crosspost.delivery.planner import known_as
    from crosspost.delivery.renames import renamed

    return with_edits(renamed(entry, known_as(ledger, [entry], source.scan)[entry.id]), edits)


def _deliveries(ledger: "Ledger | None", source: "Source", entry: "Entry") -> "Iterator[Delivery]":
    """What the ledger has of a post that is out, or may be."""
    if ledger is not None:
        from crosspost.delivery.planner import known_as

        for delivery in ledger.deliveries(post=known_as(ledger, [entry], source.scan)[entry.id]):
            if delivery.state in ("sent", "unknown", "held", "sending"):
                yield delivery
