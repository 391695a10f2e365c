"""Refuses posts that share an address, because the site shows only one of them there, at random."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePath
from urllib.parse import quote, unquote, urlsplit

import msgspec

from crosspost.model import Entry
from crosspost.sources.permalink import slugify


def refuse_twins(entries: Iterable[Entry]) -> list[Entry]:
    """The same entries, but those that share an address are refused, because all would link to the same page."""
    listed = list(entries)
    pages = [_page(entry.url) for entry in listed if entry.state == "ready" and entry.url]
    if len(set(pages)) == len(pages):
        return listed
    by_url: dict[str, list[Entry]] = defaultdict(list)
    for entry in listed:
        if entry.state == "ready" and entry.url:
            by_url[_page(entry.url)].append(entry)
    twins = {entry.id: same for same in by_url.values() if len(same) > 1 for entry in same}
    return [refused(entry, twins[entry.id]) if entry.id in twins else entry for entry in listed]


def refused(entry: Entry, same: Iterable[Entry]) -> Entry:
    """The refused form of an entry that shares its address with others."""
    others = ", ".join(other.path for other in same if other.id != entry.id)
    reason = (
        f"{entry.path}: has the same address as {others} ({entry.url}), and the site can show only one of them there; "
        "give one a permalink or another name"
    )
    return msgspec.structs.replace(entry, state="refused", reason=reason)


def may_share(url: str, name: str, text: bytes) -> bool:
    """Whether a file may have an address, by its name or the bytes in it, without parsing it.

    :param name: the slug of the file's name
    :param text: the bytes of the file
    """
    last = PurePath(unquote(urlsplit(_page(url)).path)).name
    stem = last.rpartition(".")[0] or last
    squashed = slugify(name, pretty=False, cased=False, jekyll4=True)
    if squashed == slugify(stem, pretty=False, cased=False, jekyll4=True):
        return True
    return stem.encode() in text or quote(stem).encode() in text or b"slug:" in text


def same_page(url: str, other: str) -> bool:
    """Whether two addresses lead to the same page."""
    return _page(url) == _page(other)


def _page(url: str) -> str:
    return url.removesuffix("index.html")
