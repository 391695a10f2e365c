"""The pieces a text is made of, the order in which they give way, and what went missing."""

from collections.abc import Callable
from typing import NamedTuple

from crosspost.compose.fit import shorten
from crosspost.compose.style import Part


class Pieces(NamedTuple):
    """What a text is made of. ``hashtags`` have their ``#``; the link never gives way.

    ``refused`` are tags of the post that cannot be a hashtag on this network.
    """

    title: str = ""
    description: str = ""
    excerpt: str = ""
    body: str = ""
    link: str = ""
    hashtags: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


Render = Callable[[Pieces], str]
Fits = Callable[[str], bool]
#: how much room a text leaves, in the network's unit
Spare = Callable[[str], int]

_ALL: tuple[Part, ...] = ("hashtags", "description", "title")
_FIELDS: dict[Part, tuple[str, ...]] = {"description": ("body", "excerpt", "description"), "title": ("title",)}


def usual(pieces: Pieces) -> str:
    """Title, description, link and hashtags, with a blank line between them."""
    blocks = (pieces.title, pieces.description, pieces.link, " ".join(pieces.hashtags))
    return "\n\n".join(filter(None, blocks))


def _with(pieces: Pieces, field: str, text: str) -> Pieces:
    return Pieces(**{**pieces._asdict(), field: text})


def _shorter(pieces: Pieces, part: Part, render: Render, fits: Fits, spare: Spare) -> Pieces:
    for field in _FIELDS[part]:
        whole = getattr(pieces, field)
        text, without = render(pieces), render(_with(pieces, field, ""))
        if not whole or fits(text) or without == text:
            continue

        def fits_with(cut: str, field: str = field, around: Pieces = pieces) -> bool:
            return fits(render(_with(around, field, cut)))

        pieces = _with(pieces, field, shorten(whole, fits_with, spare(without)))
    return pieces


def _refill(pieces: Pieces, wanted: tuple[str, ...], render: Render, fits: Fits) -> Pieces:
    """Put back the hashtags that fit, the first ones first: a text may be cut at a better place than its last word."""
    for tag in wanted:
        if tag not in pieces.hashtags:
            more = pieces._replace(hashtags=(*pieces.hashtags, tag))
            pieces = more if fits(render(more)) else pieces
    return pieces


def give_way(pieces: Pieces, order: tuple[Part, ...], render: Render, fits: Fits, spare: Spare) -> Pieces:
    """Pieces whose rendered text fits: the parts in ``order`` give way one after the other, then those not named.

    When even that is not enough, what is left may still not fit; the caller measures again.
    """
    if fits(render(pieces)):
        return pieces
    wanted = pieces.hashtags
    for part in (*order, *(part for part in _ALL if part not in order)):
        # of the hashtags, as many as there is room for are put back below
        none = part == "hashtags"
        pieces = pieces._replace(hashtags=()) if none else _shorter(pieces, part, render, fits, spare)
        if fits(render(pieces)):
            return _refill(pieces, wanted, render, fits)
    return pieces


def lost(before: Pieces, after: Pieces, *, own: bool = False) -> tuple[str, ...]:
    """What went missing on the way, in plain words.

    :param own: the description is a text the author wrote for this account
    """
    said: list[str] = []
    if gone := len(before.hashtags) - len(after.hashtags):
        total = len(before.hashtags)
        said.append(f"{gone} of {total} hashtags" if total > 1 else "the hashtag")
    if before.refused:
        names = ", ".join(f"“{tag}”" for tag in before.refused)
        said.append(f"the tag{'s' if len(before.refused) > 1 else ''} {names}, which cannot be a hashtag here")
    for field in ("title", "description", "excerpt", "body"):
        whole, kept = getattr(before, field), getattr(after, field)
        if kept == whole:
            continue
        name = "text" if own else field
        if not kept:
            said.append(f"the {name}")
        else:
            cut = len(whole) - len(kept.removesuffix("…").rstrip())
            said.append(f"{name} shortened by {cut} character{'s' if cut != 1 else ''}")
    return tuple(said)
