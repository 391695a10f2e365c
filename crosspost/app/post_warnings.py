"""What a post lost or lacks although it is out: each warning is told once, not once an account, nor once a post."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from crosspost.text.numbers import counted

if TYPE_CHECKING:
    from crosspost.ledger import Delivery


#: posts with the same warning are named up to here
_NAMED = 3


def remarks(deliveries: Iterable["Delivery"], *, pictures_only: bool = False) -> Iterator[str]:
    """A sentence for each warning of what was sent, with its posts, and its accounts where others have none.

    :param pictures_only: only those of pictures that did not go along
    """
    found: dict[tuple[str, str], dict[str, None]] = {}
    accounts: dict[str, dict[str, None]] = {}
    for row in deliveries:
        if row.state != "sent" or row.draft is None:
            continue
        accounts.setdefault(row.post, {})[row.account] = None
        for said in row.draft.lost_pictures if pictures_only else row.draft.warnings:
            found.setdefault((row.post, said.removeprefix(f"{row.account}: ")), {})[row.account] = None
    posts: dict[str, list[str]] = {}
    for (post, said), mine in found.items():
        where = f" ({', '.join(mine)})" if len(mine) < len(accounts[post]) else ""
        posts.setdefault(f"{said}{where}", []).append(post)
    for said, named in posts.items():
        more = f" and {counted(len(named) - _NAMED, 'more post')}" if len(named) > _NAMED else ""
        yield f"{', '.join(named[:_NAMED])}{more}: {said}"
