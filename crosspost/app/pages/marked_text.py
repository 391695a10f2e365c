"""A draft's text in pieces, with links, hashtags and mentions marked as a reader of the network sees them."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from crosspost.app.preview_words import link_apart
from crosspost.compose.hashtags import spans
from crosspost.compose.measure import links
from crosspost.model import Draft, Look
from crosspost.text.lazy_pattern import lazy

_SHOWN_OF_LINK = 30  # characters of a link where the network cuts it
_MENTION = lazy(r"(?<![\w/@.])@\w[\w.-]*\w(?:@[\w-]+(?:\.[\w-]+)+)?")


class Piece(NamedTuple):
    """``text`` as it is shown; ``url`` is where a link leads."""

    kind: Literal["plain", "tag", "link"]
    text: str
    url: str = ""


class MarkedText(NamedTuple):
    """A text in three runs; ``title`` is empty where the network does not show the title in bold."""

    before: list[Piece]
    title: list[Piece]
    after: list[Piece]


def marked(draft: Draft, look: Look) -> MarkedText:
    """The pieces of a draft's text."""
    leads = link_apart(draft, look)
    text, found = draft.text, links(draft.text, draft.unit)

    def run(start: int, end: int) -> list[Piece]:
        pieces, at = [], start
        for link in found:
            if start <= link.start < end:
                shown = _shortened(link.text) if look.short_links else link.text
                pieces += [*_tags(text[at : link.start]), Piece("link", shown, link.text)]
                at = link.end
        return [*pieces, *_tags(text[at:end])]

    start = text.find(draft.title) if (look.bold_title or leads) and draft.title else -1
    end = start + len(draft.title)
    # a link that reaches into or beyond the title stays whole
    if start < 0 or any(link.start < bound < link.end for link in found for bound in (start, end)):
        return MarkedText(run(0, len(text)), [], [])
    title = [Piece("link", draft.title, draft.link)] if leads else run(start, end)
    return MarkedText(run(0, start), title, run(end, len(text)))


def _tags(text: str) -> Iterator[Piece]:
    at = 0
    for start, end in sorted([*spans(text), *(found.span() for found in _MENTION.finditer(text))]):
        if start >= at:
            if start > at:
                yield Piece("plain", text[at:start])
            yield Piece("tag", text[start:end])
            at = end
    if at < len(text):
        yield Piece("plain", text[at:])


def _shortened(url: str) -> str:
    bare = url.partition("://")[2] or url
    return bare if len(bare) <= _SHOWN_OF_LINK else bare[:_SHOWN_OF_LINK] + "…"
