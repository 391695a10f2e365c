"""Which items of a feed are one and the same, and what each is called.

An item's own id, else its address, else its title and date. Whether a post is known already is decided by the ledger,
which remembers all of them: see :mod:`crosspost.delivery.renames`.
"""

import hashlib
from collections.abc import Iterable, Iterator

from crosspost.sources.feed.items import Item
from crosspost.text.printable import printable
from crosspost.text.url_comparison import place

_LONGEST = 200


def named(items: Iterable[Item]) -> Iterator[tuple[str, Item]]:
    """The items with their ids, each once; the first of those that are the same.

    Two items with one id and different addresses are two posts: some feeds give every item the same.
    """
    ids: dict[str, str] = {}
    places: set[str] = set()
    for item in items:
        where = place(item.url)
        if where and where in places:
            continue
        name = _name(item, where)
        if name in ids:
            if ids[name] == where or not where:
                continue
            name = _short(where)
            if name in ids:
                continue
        ids[name] = where
        places.add(where)
        yield name, item


def _name(item: Item, where: str) -> str:
    return _short(item.id or where or f"{item.title} {item.published}".strip() or "?")


def _short(text: str) -> str:
    text = printable(text)
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}…{hashlib.sha256(text.encode()).hexdigest()[:8]}"
