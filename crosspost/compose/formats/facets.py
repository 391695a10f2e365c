"""Where a text has links, hashtags and mentions, in UTF-8 bytes: what Bluesky calls facets.

Bluesky shows a text as plain as it is; only what a client marks becomes a link. The server checks no offset, a wrong
one just renders wrong, so they are made from the text itself.

Source: github.com/bluesky-social/atproto, lexicons/app/bsky/richtext/facet.json, checked 2026-11-22.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from crosspost.compose import graphemes
from crosspost.compose.hashtags import SIGNS, spans
from crosspost.compose.post_link import as_uri
from crosspost.text.lazy_pattern import lazy

#: a tag may have at most this many graphemes and bytes
_TAG_GRAPHEMES, _TAG_BYTES = 64, 640
_URL = lazy(r"(?<!\w)https?://[^\s<>\"„“”»«]+")
# the official client ends a tag at a joiner and takes every other sign
_SIGNS = SIGNS.replace("\u200c", "").replace("\u200d", "")
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
# not in an address (a@b.example), not the beginning of another network's handle (@a.example@b.example)
_MENTION = lazy(rf"(?<![\w@./])@((?:{_LABEL}\.)+[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?)(?![\w@-]|\.\w)")


class Facet(NamedTuple):
    """One marked piece of a text: ``start`` inclusive and ``end`` exclusive in UTF-8 bytes.

    ``value`` is the URI of a link (ASCII), the tag without ``#``, or the DID of a mention.
    """

    start: int
    end: int
    kind: Literal["link", "tag", "mention"]
    value: str


class _Span(NamedTuple):
    start: int  # in code points, like ``end``
    end: int
    kind: Literal["link", "tag", "mention"]
    value: str


def handles(text: str) -> tuple[str, ...]:
    """The handles a text mentions (``@name.example``), in lower case without ``@``, each once, in order."""
    found = (match[1].lower() for match in _MENTION.finditer(text) if len(match[1]) <= 253)
    return tuple(dict.fromkeys(found))


def facets(text: str, *, link: str = "", dids: Mapping[str, str] | None = None) -> tuple[Facet, ...]:
    """The facets of a text, first to last, never overlapping.

    :param text: exactly as it is sent
    :param link: an address that certainly stands in the text; others are marked where they have ``http(s)://``
    :param dids: handle → DID of those mentions that may be marked; the others stay plain text
    """
    taken: list[_Span] = []
    for group in (_known(text, link), _links(text), _mentions(text, dids or {}), _tags(text)):
        for span in group:
            if all(span.end <= other.start or other.end <= span.start for other in taken):
                taken.append(span)
    return tuple(_in_bytes(text, sorted(taken)))


def _known(text: str, link: str) -> Iterator[_Span]:
    uri = as_uri(link)
    if uri:
        for match in re.finditer(re.escape(link), text):
            longer = text[match.end() : match.end() + 1]
            if not longer or longer.isspace() or longer in ".,;:!?)»”\"'":  # not the beginning of another address
                yield _Span(match.start(), match.end(), "link", uri)


def _links(text: str) -> Iterator[_Span]:
    for match in _URL.finditer(text):
        url = match[0]
        while url[-1] in ".,;:!?'…" or (url[-1] == ")" and url.count(")") > url.count("(")):
            url = url[:-1]  # what closes the sentence is not a part of the address
        if uri := as_uri(url):
            yield _Span(match.start(), match.start() + len(url), "link", uri)


def _mentions(text: str, dids: Mapping[str, str]) -> Iterator[_Span]:
    for match in _MENTION.finditer(text):
        if match[1].lower() in dids:
            yield _Span(match.start(), match.end(), "mention", dids[match[1].lower()])


def _tags(text: str) -> Iterator[_Span]:
    for start, end in spans(text, _SIGNS):
        tag = text[start + 1 : end]
        fits = graphemes.count(tag) <= _TAG_GRAPHEMES and len(tag.encode()) <= _TAG_BYTES
        if fits and not tag.isnumeric():
            yield _Span(start, end, "tag", tag)


def _in_bytes(text: str, spans: list[_Span]) -> Iterator[Facet]:
    at, size = 0, 0
    for span in spans:
        start = size + len(text[at : span.start].encode())
        end = start + len(text[span.start : span.end].encode())
        yield Facet(start, end, span.kind, span.value)
        at, size = span.end, end
