"""What waits for a yes, on accounts with ``approve = true``, and the yes or no to it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from crosspost.app.editing.editable import reading, writing
from crosspost.errors import CrosspostError
from crosspost.model import Draft, Entry, Post, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger, Person


class Waiting(Value, frozen=True, kw_only=True):
    """A delivery that waits for a yes.

    ``draft`` is what it would say now, and ``seen`` a checksum of it; ``error`` is why there is none. ``before`` is who
    said yes to an earlier text ("" for nobody). ``file`` is the name of the post's file.
    """

    delivery: "Delivery"
    title: str
    file: str = ""
    draft: Draft | None = None
    seen: str = ""
    error: str = ""
    before: str = ""

    @property
    def number(self) -> int:
        """The delivery's number."""
        return self.delivery.id


def waiting(app: "App", *, fetch: bool = False) -> list[Waiting]:
    """Everything that waits for a yes, what is due first. Changes nothing.

    :param fetch: whether pictures that are only on the web may be fetched, so that they are part of what is seen
    """
    with reading(app) as ledger:
        return list(waiting_in(app, ledger, fetch=fetch)) if ledger is not None else []


def approve(app: "App", number: int, seen: str, person: "Person", *, link: str = "") -> "Delivery":
    """Say yes to what was seen; the next run sends it when it is due.

    :param number: of the delivery
    :param seen: the checksum of what was seen
    :param link: the id of the link that says so, which is used up by it
    :raises CrosspostError: when it does not wait any more, or says something else by now; nothing was changed then
    """
    one = waiting_for(app, number)
    if one.error:
        raise CrosspostError(f"{one.delivery.post} on {one.delivery.account}: {one.error}")
    if one.seen != seen:
        raise CrosspostError(
            f"{one.delivery.post} on {one.delivery.account}: what it says changed since you looked; nothing was "
            "approved, look again"
        )
    with writing(app) as ledger:
        ledger.approvals.give(one.delivery, seen, person, link=link)
        return ledger.get(number)


def decline(app: "App", number: int, person: "Person", *, link: str = "") -> "Delivery":
    """Say no: it is left out, as by `crosspost cancel`.

    :raises CrosspostError: when it does not wait any more, or the link was used; nothing was changed then
    """
    from crosspost.ledger import CANCELLED

    one = waiting_for(app, number)
    with writing(app) as ledger:
        if link and not ledger.approvals.use(link):
            raise CrosspostError("this link was used already")
        row = ledger.skip(one.delivery, CANCELLED)
        ledger.audit.note(person, "decline", post=row.post, account=row.account)
        return row


def waiting_for(app: "App", number: int) -> Waiting:
    """What waits under this number.

    :raises CrosspostError: when nothing does
    """
    with reading(app) as ledger:
        found = list(waiting_in(app, ledger, only=number)) if ledger is not None else []
    if not found:
        raise CrosspostError(
            f"delivery {number} does not wait for approval; `crosspost approve --list` shows what does"
        )
    return found[0]


def waiting_in(app: "App", ledger: "Ledger", *, fetch: bool = False, only: int = 0) -> Iterator[Waiting]:
    """:func:`waiting` with a ledger that is open; ``only`` the delivery of this number."""
    from crosspost.app.preview_model import networks

    names = app.approves()
    rows = [
        row
        for row in (ledger.deliveries(states=["planned"]) if names else ())
        if row.account in names and row.part == 1 and row.publishing_at is None and only in (0, row.id)
    ]
    if not rows:
        return
    entries, load = _posts(app, ledger, fetch=fetch)
    accounts = [name for name in app.accounts() if any(row.account == name for row in rows)]
    adapters = {network.account: network for network in networks(app, accounts, ledger)}
    for row in rows:
        if row.post in entries:
            one = _looked(ledger, row, entries[row.post], load, adapters)
            if one is not None:
                yield one


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _looked(
    ledger: "Ledger",
    row: "Delivery",
    entry: Entry,
    load: "Callable[[Entry], Post]",
    adapters: Mapping[str, "object"],
) -> Waiting | None:
    """One delivery as it waits; None when somebody said yes to just this, or the post says not to go there."""
    from crosspost.delivery.approval_checksum import checksum
    from crosspost.delivery.planner import skipped
    from crosspost.networks.base import Network

    network = adapters[row.account]
    assert isinstance(network, Network)  # noqa: S101  # typed so that the module need not import it at once
    if skipped(entry, row.account, row.network):
        return None
    given = ledger.approvals.of(row.post, row.account)
    common: dict[str, Any] = {"title": entry.title or row.post, "before": given.by if given is not None else ""}
    common |= {"delivery": row, "file": Path(entry.path).name}
    try:
        draft = network.draft(load(entry))
    except CrosspostError as error:
        return Waiting(error=str(error), **common)
    seen = checksum(draft, network)
    if given is not None and given.seen == seen:
        return None
    return Waiting(draft=draft, seen=seen, **common)


def _posts(app: "App", ledger: "Ledger", *, fetch: bool) -> tuple[dict[str, Entry], "Callable[[Entry], Post]"]:
    """The site's entries and those of digests by id, and what loads them."""
    from crosspost.app.page_gate import pages
    from crosspost.app.runner import digests_of
    from crosspost.delivery import digest
    from crosspost.delivery.inventory import take

    source = app.source()
    known = pages(app, ledger, source.load, asks=False)

    def load(entry: Entry) -> Post:
        if fetch:
            known.fetch(entry)
        return known.load(entry)

    entries = {entry.id: entry for entry in take(source.scan(), ledger).entries if entry.state != "refused"}
    if not app.digests():
        return entries, load
    site, digests = digests_of(app, source)
    coming = {
        name: msgspec.structs.replace(entry, title=entry.title) for name, entry in digest.planned(ledger, site).items()
    }
    return {**entries, **coming}, digest.loader(ledger, site, digests, entries, load)
