"""A preview as one HTML page: no script, nothing from elsewhere, readable on a phone, light and dark."""

from collections.abc import Sequence

from crosspost.app.pages.post_card import looks, templates
from crosspost.app.preview_model import AccountPreview
from crosspost.model import Entry, Post


def document(seen: Sequence[tuple[Post, Entry, Sequence[AccountPreview]]], *, diff: bool = False) -> str:
    """The whole page.

    :param seen: each post with what is shown of it
    :param diff: show what was sent against what would be sent now
    """
    every = [shown for _, _, accounts in seen for shown in accounts]
    return templates().get_template("preview.html").render(seen=seen, looks=looks(every), diff=diff)
