"""Which deliveries there are: one per (post, account), added once and never twice."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec

from crosspost.delivery.digest import WAITING
from crosspost.ledger import Ledger, State
from crosspost.model import Entry, Value
from crosspost.schedule import Schedule, due, lateness, wanted


class Plan(Value, frozen=True, kw_only=True):
    """What a run has before it.

    ``entries`` are the posts that may go out, by id; ``refused`` and ``skipped`` those that may not, with reasons;
    ``new`` counts the deliveries added now, ``first`` names the accounts whose first run this is.
    """

    entries: dict[str, Entry]
    refused: tuple[Entry, ...] = ()
    new: int = 0
    first: tuple[str, ...] = ()


def make_plan(
    listed: Iterable[Entry],
    accounts: Mapping[str, str],
    ledger: Ledger,
    *,
    schedules: Mapping[str, Schedule] | None = None,
    digests: Collection[str] = (),
    backfill: bool = False,
) -> Plan:
    """Add what is new to the ledger.

    On an account's first run everything that exists is marked ``before`` and not sent, unless ``backfill``. A post
    that is refused today is marked too, so that its repair years later does not send it.

    :param listed: the source's whole listing
    :param accounts: account name → network
    :param schedules: account name → when it speaks; accounts without one speak at once
    :param digests: accounts that say everything in a digest
    """
    now = ledger.clock()
    first = [name for name in accounts if ledger.account(name).started_at is None]
    known = ledger.planned_pairs()
    agenda = {name: _Agenda(name, (schedules or {}).get(name, Schedule()), ledger) for name in accounts}
    entries: dict[str, Entry] = {}
    refused: list[Entry] = []
    rows: list[tuple[Entry, str, str, State, datetime, str]] = []
    moved = _Moved(ledger, {post for post, _ in known})
    for found in listed:
        if found.state == "skipped":
            continue
        entry = moved.known_as(found)
        if entry.state == "refused":
            refused.append(entry)
        else:
            entries[entry.id] = entry
        for account, network in accounts.items():
            if (entry.id, account) in known:
                continue
            if account in first and not backfill:
                rows.append((entry, account, network, "before", now, ""))
            elif entry.state != "ready" or skipped(entry, account, network):
                continue
            elif account in digests:
                rows.append((entry, account, network, "skipped", now, WAITING))
            else:
                rows.append((entry, account, network, *agenda[account].place(entry, network, now)))
    new = ledger.add(rows) if rows else 0
    for name in first:
        ledger.note(name, started_at=now)
    return Plan(entries=entries, refused=tuple(refused), new=new, first=tuple(first))


def skipped(entry: Entry, account: str, network: str) -> bool:
    """Whether the post itself says not to go to this account."""
    return bool(entry.overrides.for_account(account, network).skip)


def key(post: str, account: str) -> str:
    """Name of a delivery, for the jitter."""
    return f"{post}\n{account}"


class _Agenda:
    """Finds the moments of an account's new deliveries, each knowing of those before it."""

    def __init__(self, account: str, schedule: Schedule, ledger: Ledger) -> None:
        self._account, self._schedule, self._ledger = account, schedule, ledger
        self._taken: list[datetime] | None = None

    def place(self, entry: Entry, network: str, now: datetime) -> tuple[State, datetime, str]:
        """State, moment and reason of a new delivery; what is too late already is asked about or left."""
        at = entry.overrides.for_account(self._account, network).at
        schedule, name, date = self._schedule, key(entry.id, self._account), entry.date or now
        late = lateness(schedule, wanted(schedule, date, at=at, key=name), now)
        if late != "send":
            hours = schedule.late.after.total_seconds() / 3600
            return ("held" if late == "ask" else "skipped"), now, f"found more than {hours:g} hours too late"
        if self._taken is None:
            self._taken = self._ledger.moments(self._account, planned=True)
        found = due(schedule, date, at=at, history=self._taken, now=now, key=name)
        self._taken.append(found.at)
        return "planned", found.at, found.why


def known_as(ledger: Ledger, entry: Entry) -> Entry:
    """One entry under the id the ledger knows it by; see :class:`_Moved`."""
    return _Moved(ledger, {post for post, _ in ledger.planned_pairs()}).known_as(entry)


class _Moved:
    """Recognises a post under a new id (its file was renamed, or another took its name) by its address."""

    def __init__(self, ledger: Ledger, ids: set[str]) -> None:
        self._ledger, self._ids = ledger, ids
        self._by_url: dict[str, str] | None = None

    def known_as(self, entry: Entry) -> Entry:
        if entry.id in self._ids or not entry.url:
            return entry
        if self._by_url is None:
            self._by_url = self._ledger.ids_by_url()
        older = self._by_url.get(entry.url)
        return msgspec.structs.replace(entry, id=older) if older is not None else entry
