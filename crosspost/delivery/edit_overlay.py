"""What people changed in the ledger goes before what a post's file says, wherever a post is planned or composed."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import msgspec

from crosspost.ledger import Ledger
from crosspost.ledger.edits import Edit
from crosspost.model import Entry, Override, Post

if TYPE_CHECKING:
    from crosspost.ledger.handed_out import KnownOfPost

T = TypeVar("T", Entry, Post)


def with_edits(read: T, edits: Mapping[str, Mapping[str, Override]]) -> T:
    """A listed or loaded post with its edits.

    :param edits: post → account → what is changed, as :meth:`crosspost.ledger.edits.Edits.all` gives it
    """
    mine = edits.get(read.id)
    return msgspec.structs.replace(read, overrides=read.overrides.with_edits(mine)) if mine else read


def loading(ledger: Ledger, load: Callable[[Entry], Post]) -> Callable[..., Post]:
    """``load`` that gives posts with their edits of that moment, or with those that were asked for just before."""

    def loaded(entry: Entry, known: "KnownOfPost | None" = None) -> Post:
        post = load(entry)
        return with_edits(post, {post.id: ledger.edits.on(post.id) if known is None else known.edits})

    return loaded


def newest(post: Post, account: str, edit: Edit | None) -> Post:
    """A post, perhaps read a while ago, with the edit for one account as it is now."""
    return with_edits(post, {post.id: {account: edit.said}}) if edit is not None else post
