"""What a post lost or lacks although it is out: each warning of its drafts is told once, not once an account."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.ledger import Delivery


def remarks(deliveries: Iterable["Delivery"], *, pictures_only: bool = False) -> Iterator[str]:
    """A sentence for each warning of what was sent, with the accounts it holds for where others have none.

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
    for (post, said), mine in found.items():
        where = f" ({', '.join(mine)})" if len(mine) < len(accounts[post]) else ""
        yield f"{post}: {said}{where}"
