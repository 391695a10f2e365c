"""What an edit would make of a post, before it is made: the very draft that would be sent, with its length."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from crosspost.app.editing.edit_words import UNSET, Edit
from crosspost.app.editing.editable import find, reading
from crosspost.model import Entry, Override, Post

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.preview_model import AccountPreview


def trial(app: "App", post: "str | Path", account: str, edit: Edit) -> "tuple[Post, AccountPreview]":
    """The post, and what it would say on one account with this edit; asks no network and changes nothing.

    :raises CrosspostError: when there is no such post
    """
    from crosspost.app.page_gate import pages
    from crosspost.app.preview_model import look, networks

    source = app.source()
    with reading(app) as ledger:
        entry = find(app, ledger, post)
        edits = ledger.edits.all().get(entry.id, {}) if ledger is not None else {}
        (network,) = networks(app, [account], ledger)
        load = pages(app, ledger, source.load, asks=False).load
        said = edits.get(account, Override())
        meant = {**edits, account: _with(said, edit)}
        tried: Entry = msgspec.structs.replace(entry, overrides=entry.overrides.with_edits(meant))
        read = load(entry)
        loaded: Post = msgspec.structs.replace(read, overrides=read.overrides.with_edits(meant))
        return loaded, look(network, loaded, tried)


def _with(said: Override, edit: Edit) -> Override:
    """What is said already with the edit on top of it."""
    given = {name: value for name in ("text", "at", "skip") if (value := getattr(edit, name)) is not UNSET}
    alt = {name: text for name, text in {**said.alt, **edit.alt}.items() if text is not None}
    changed: Override = msgspec.structs.replace(said, **given, alt=alt)
    return changed
