"""Where each post of the site can be seen, as a page needs to know it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.ledger.history import Address


class Link(Value, frozen=True, kw_only=True, omit_defaults=True):
    """One post on one account, as it stands in the data file.

    ``at_uri`` is the address of a Bluesky post's record; ``host`` the server and ``username`` the account there, which
    the scripts that show comments ask for. ``when`` is UTC.
    """

    network: str
    account: str
    url: str
    id: str = ""
    at_uri: str = ""
    host: str = ""
    username: str = ""
    when: str


class Page(Value, frozen=True, kw_only=True):
    """A post of the site with its links: ``path`` is its file, ``url`` its address."""

    post: str
    path: str
    url: str
    links: tuple[Link, ...]


def pages(app: "App", ledger: "Ledger") -> list[Page]:
    """Every post of the site that can be seen somewhere, by address.

    Accounts in the sandbox count only when all are there: a page should not lead its readers to this machine. Accounts
    that boost do not count: what they show is another account's post.
    """
    from crosspost.delivery.digest import is_digest

    names = app.accounts()
    trial = [name for name in names if app.in_sandbox(name)]
    unseen = frozenset(trial) if len(trial) < len(names) else frozenset[str]()
    unseen |= {name for name, account in names.items() if account.boost_from}
    handles: dict[str, str] = {}
    found: dict[str, list[Address]] = {}
    for one in ledger.history.addresses():
        if not is_digest(one.post) and one.account not in unseen and one.page:
            found.setdefault(one.post, []).append(one)
            if one.account not in handles:
                identity = ledger.account(one.account).identity
                handles[one.account] = identity.handle if identity is not None else ""
    return [
        Page(post=post, path=rows[0].path, url=rows[0].page, links=tuple(_link(row, handles) for row in rows))
        for post, rows in found.items()
    ]


def _link(row: "Address", handles: Mapping[str, str]) -> Link:
    return Link(
        network=row.network,
        account=row.account,
        url=row.url,
        id=row.receipt,
        at_uri=row.receipt if row.receipt.startswith("at://") else "",
        host=urlsplit(row.url).netloc,
        username=handles[row.account].lstrip("@"),
        when=row.sent_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
