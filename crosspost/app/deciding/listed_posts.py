"""What an account lists at the moment, for a person who decides about a delivery in doubt. Asks the network once."""

import itertools
from typing import TYPE_CHECKING

from crosspost.errors import CrosspostError, OutOfSight, Unknown
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery
    from crosspost.networks.searching import Listed

#: posts that are shown
_MOST = 20


class Seen(Value, frozen=True, kw_only=True):
    """What was seen. ``url`` is where the post was found ("" for nowhere), ``posts`` what the account lists.

    ``error`` is why it could not be asked, or does not say.
    """

    posts: "tuple[Listed, ...]" = ()
    found: bool = False
    url: str = ""
    error: str = ""


def look(app: "App", row: "Delivery") -> Seen:
    """Ask the network for the account's latest posts, and whether this one is among them. Changes nothing.

    The account's own ``timeout`` bounds each request.
    """
    if row.account not in app.accounts():
        return Seen(error=f"the config has no account {row.account} any more, so it cannot be asked")
    if row.draft is None:
        return Seen(error=f"{row.account}: nothing of it was ever sent")
    network = app.network(row.account)
    since = row.publishing_at or row.tried_at or row.due_at
    receipt, error = None, ""
    for ask in (network.find, network.look_back):
        try:
            receipt = ask(row.prepared, since)
        except (OutOfSight, Unknown) as doubt:
            error = str(doubt)
        except CrosspostError as failed:
            return Seen(posts=network.listed[:_MOST], error=str(failed))
        if receipt is not None or network.listed:
            break
    posts = tuple(itertools.islice(network.listed, _MOST))
    url = receipt.url if receipt is not None else ""
    return Seen(posts=posts, found=receipt is not None, url=url, error=error)
