"""Which deliveries there are: one per (post, account), added once and never twice."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from crosspost.delivery.digest import WAITING
from crosspost.delivery.inventory import Inventory, note, take
from crosspost.delivery.renames import recognise
from crosspost.errors import SourceError
from crosspost.ledger import Change, KnownPost, Ledger, State
from crosspost.model import Entry, Value
from crosspost.schedule import Schedule, due, found_at, lateness, wanted
from crosspost.sources.git_checkout import Checkout
from crosspost.text.durations import in_hours
from crosspost.text.mistakes import in_short

#: deliveries added in one transaction
_AT_ONCE = 5000
#: why a delivery is left out until a person decides: see :data:`crosspost.delivery.inventory.MOST_OLDER`
OLDER = "held back: it appeared with others that are older than what is known"


class Plan(Value, frozen=True, kw_only=True):
    """What a run has before it.

    ``entries`` are the posts that may go out, by id; ``refused`` and ``skipped`` those that may not, with reasons;
    ``new`` counts the deliveries added now, ``first`` names the accounts whose first run this is. ``inventory`` is how
    the listing matches the ledger. ``back`` is what was taken back and whose file is there again.
    """

    entries: dict[str, Entry]
    refused: tuple[Entry, ...] = ()
    new: int = 0
    first: tuple[str, ...] = ()
    inventory: Inventory
    back: tuple[Change, ...] = ()


def make_plan(
    listed: Iterable[Entry],
    accounts: Mapping[str, str],
    ledger: Ledger,
    *,
    schedules: Mapping[str, Schedule] | None = None,
    digests: Collection[str] = (),
    routes: Mapping[str, str] | None = None,
    backfill: bool = False,
    checkout: Checkout | None = None,
    whole: bool = True,
) -> Plan:
    """Add what is new to the ledger.

    On an account's first run everything that exists is marked ``before`` and not sent, unless ``backfill``. A post
    that is refused today is marked too, so that its repair years later does not send it.

    :param listed: the source's whole listing
    :param accounts: account name → network
    :param schedules: account name → when it speaks; accounts without one speak at once
    :param digests: accounts that say everything in a digest
    :param routes: account that does not take every post → which it takes, in words
    :param checkout: what git has checked out in the site's folder
    :param whole: whether the listing has every post of the site
    """
    states = ledger.account_states()
    first = [name for name in accounts if name not in states or states[name].started_at is None]
    inventory = take(listed, ledger, checkout, whole=whole)
    if first and not backfill:
        _need_every_post(inventory)

    def agenda(name: str) -> _Agenda:
        schedule, old = (schedules or {}).get(name, Schedule()), name in first and not backfill
        held_back = frozenset() if backfill else inventory.older
        gathers, route = name in digests, (routes or {}).get(name, "")
        return _Agenda(
            name, accounts[name], schedule, ledger, old=old, gathers=gathers, route=route, held_back=held_back
        )

    places = {name: agenda(name) for name in accounts}
    lacking = ledger.unplanned([entry.id for entry in (*inventory.entries, *inventory.unread)], accounts)
    new = _added(inventory, accounts, places, lacking, ledger)
    if routes:
        from crosspost.delivery.rerouting import reroute  # most configs have none

        reroute(inventory, routes, {name: agenda.place for name, agenda in places.items()}, ledger)
    refused = [
        entry for entry in _refused(inventory) if not accounts or entry.id in lacking or not _over(entry, ledger)
    ]
    back = note(inventory, ledger)
    _begin(first, ledger)
    return Plan(
        entries={entry.id: entry for entry in inventory.entries if entry.state != "refused"},
        refused=tuple(refused),
        new=new,
        first=tuple(first),
        inventory=inventory,
        back=tuple(back),
    )


def _need_every_post(inventory: Inventory) -> None:
    """Refuse a first run while a post cannot be read: it would seem new, and go out, as soon as it can.

    :raises SourceError: when there is such a post
    """
    if inventory.unread:
        why = in_short(inventory.unread[0].reason)
        raise SourceError(f"{why}. The first run must see every post; nothing was sent")


def _added(
    inventory: Inventory,
    accounts: Mapping[str, str],
    places: "Mapping[str, _Agenda]",
    lacking: Mapping[str, Collection[str]],
    ledger: Ledger,
) -> int:
    """Write down what is not planned yet; how many deliveries that are.

    :param lacking: post → the accounts on which it is not planned
    """
    rows = (
        (entry, name, network, *place)
        for entry in inventory.entries
        if entry.id in lacking
        for name, network in accounts.items()
        if name in lacking[entry.id] and (place := places[name].place(entry)) is not None
    )
    return sum(map(ledger.add, iter(lambda: list(islice(rows, _AT_ONCE)), [])))


def _refused(inventory: Inventory) -> Iterator[Entry]:
    """The folders that cannot be read, and the posts."""
    yield from inventory.unread
    yield from (entry for entry in inventory.entries if entry.state == "refused")


def _over(entry: Entry, ledger: Ledger) -> bool:
    """Whether a post that is refused, and planned everywhere, is out nowhere and would go nowhere any more: nobody
    needs to hear of it at each run, such as when it names an account that is not there any more."""
    rows = ledger.deliveries(post=entry.id)
    return all(row.state == "before" or (row.state == "skipped" and row.why != WAITING) for row in rows)


def _begin(accounts: Sequence[str], ledger: Ledger) -> None:
    """Note that these accounts have had their first run."""
    for name in accounts:
        ledger.note(name, started_at=ledger.clock())
    if accounts:
        ledger.advance()  # a ledger without this run would take every post since then for an old one


def skipped(entry: Entry, account: str, network: str) -> bool:
    """Whether the post itself says not to go to this account, or the account does not take such posts."""
    return bool(entry.for_account(account, network).skip)


def key(post: str, account: str) -> str:
    """Name of a delivery, for the jitter."""
    return f"{post}\n{account}"


class _Agenda:
    """Finds the moments of an account's new deliveries, each knowing of those before it.

    :param old: whether everything that exists is old: this is the account's first run
    :param gathers: whether the account says everything in a digest
    :param route: which posts it takes, in words; "": all
    :param held_back: posts that nobody believes to be new
    """

    def __init__(
        self,
        account: str,
        network: str,
        schedule: Schedule,
        ledger: Ledger,
        *,
        old: bool,
        gathers: bool,
        route: str,
        held_back: frozenset[str],
    ) -> None:
        self._account, self._network, self._schedule, self._ledger = account, network, schedule, ledger
        self._old, self._gathers, self._route, self._held_back = old, gathers, route, held_back
        self._now = ledger.clock()
        self._taken: list[datetime] | None = None

    def place(self, entry: Entry) -> tuple[State, datetime, str] | None:
        """State, moment and reason of a new delivery; None when there is to be none."""
        if self._old:
            return "before", self._now, ""
        if entry.state != "ready" or entry.overrides.for_account(self._account, self._network).skip:
            return None
        if skipped(entry, self._account, self._network):
            return "skipped", self._now, self._route
        if entry.id in self._held_back:
            return "skipped", self._now, OLDER
        if self._gathers:
            return "skipped", self._now, WAITING
        return self._moment(entry)

    def _moment(self, entry: Entry) -> tuple[State, datetime, str]:
        """What is too late already is asked about or left."""
        now, schedule, name = self._now, self._schedule, key(entry.id, self._account)
        at = entry.overrides.for_account(self._account, self._network).at
        date = entry.date or now
        late = lateness(schedule, wanted(schedule, date, at=at, key=name), now)
        if late != "send":
            found_late = f"found more than {in_hours(schedule.late.after)} too late"
            return ("held" if late == "ask" else "skipped"), now, found_late
        if self._taken is None:
            self._taken = self._ledger.moments(self._account, planned=True) if schedule.looks_back else []
        found = due(schedule, found_at(schedule, date, now), at=at, history=self._taken, now=now, key=name)
        self._taken.append(found.at)
        return "planned", found.at, found.why


def known_as(ledger: Ledger, entries: Sequence[Entry], scan: Callable[[], Iterable[Entry]]) -> dict[str, str]:
    """The posts that single files are, as :func:`crosspost.delivery.renames.recognise` has it for a whole listing.

    :param scan: gives the whole listing, for files that are not as the ledger knows them: only beside the others can be
        seen which of them were renamed
    :returns: the source's name → post id
    """
    known = ledger.posts.known()
    homes = {post.name: post for post in known.values()}
    if all(_at_home(entry, homes.get(entry.id)) for entry in entries):
        return {entry.id: homes[entry.id].id for entry in entries}
    listing = {entry.id: entry for entry in scan() if entry.state != "skipped"}
    return recognise(list((listing | {entry.id: entry for entry in entries}).values()), known)


def _at_home(entry: Entry, post: KnownPost | None) -> bool:
    return post is not None and post.looked.seen in ("", entry.fingerprint)
