"""What goes out when: what is written down, what a run would add, and the digests.

``crosspost plan`` shows the coming days of it, ``crosspost run --dry-run`` what a run would send now.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from crosspost.app.ledger_access import no_ledger_yet, open_ledger

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import AccountState, Delivery
    from crosspost.model import Entry
    from crosspost.schedule import Agenda, Pending, Planned, Schedule


def backfills(app: "App", asked: bool) -> bool:
    """Whether the first run of an account sends the posts that exist: asked for now, or always by the config."""
    return asked or (app.settings is not None and app.settings.run.backfill)


def first_run(names: Iterable[str], *, backfill: bool) -> str:
    """What a first run does with the posts that exist, as a sentence."""
    what = "existing posts are sent too" if backfill else "existing posts count as old and are not sent"
    return f"First run for {', '.join(names)}: {what}."


#: what is not in the ledger yet gets its number after everything that is
_NEW = 1 << 62


class Forecast(NamedTuple):
    """``lines`` are what goes out when, and why then; ``agendas`` the accounts' own; ``first`` the accounts whose first
    run is still to come; ``refused`` the posts that cannot go out."""

    lines: list["Planned"]
    agendas: dict[str, "Agenda"]
    first: list[str]
    refused: list["Entry"]


def forecast(app: "App", horizon: timedelta, *, backfill: bool = False) -> Forecast:
    """What goes out until ``horizon`` from now. Asks nobody and changes nothing.

    :param backfill: see :func:`backfills`
    """
    from crosspost import schedule

    known = _Known(app, backfill=backfills(app, backfill))
    agendas = {name: known.agenda(name, one) for name, one in app.schedules().items()}
    entries = known.entries if known.speaking else []
    digests, empty = known.digests(entries)
    lines = schedule.plan([*known.pending(entries), *digests], agendas, now=app.clock(), horizon=horizon)
    lines += [line for line in empty if line.at <= app.clock() + horizon]
    lines = _after_what_they_boost(lines, app)
    lines = [_with_approval(line, app.approves(), known.approved) for line in lines]
    lines = [_with_edit(line, known.edits) for line in lines]
    lines = [_with_ahead(line, known.rows.get((line.post, line.account)), app) for line in lines]
    lines += [line for line in known.kept() if line.at <= app.clock() + horizon]
    place = {entry.id: number for number, entry in enumerate(known.entries)}
    lines.sort(key=lambda line: (line.at, place.get(line.post, len(place)), line.account))
    refused = [entry for entry in known.entries if entry.state == "refused"]
    return Forecast(lines, agendas, known.first, refused)


class _Known:
    """What the ledger knows, read once; empty before the first run."""

    def __init__(self, app: "App", *, backfill: bool) -> None:
        self._app, self._accounts = app, app.accounts()
        self.rows: dict[tuple[str, str], Delivery] = {}
        #: what the site has, under the ids the ledger knows
        self.entries: list[Entry] = []
        self._states: dict[str, AccountState] = {}
        self._sent: dict[str, tuple[datetime, ...]] = {}
        #: accounts that say what is new: those that have had their first run, or whose first run says everything
        self.speaking: set[str] = set(self._accounts) if backfill else set()
        self.first = list(self._accounts)
        self.approved: set[tuple[str, str]] = set()
        self.edits: dict[tuple[str, str], str] = {}
        if no_ledger_yet(app):
            self.entries = list(app.source().scan())
            return
        from crosspost.delivery.inventory import take

        ledger = open_ledger(app, read_only=True)
        try:
            self.rows = {(row.post, row.account): row for row in ledger.deliveries() if row.part == 1}
            self._states = {name: ledger.account(name) for name in self._accounts}
            self._sent = {name: tuple(ledger.moments(name, planned=False)) for name in self._accounts}
            self.approved = ledger.approvals.pairs()
            self.edits = {(post, account): edit.by for post, account, edit in ledger.edits.listed()}
            found = take(app.source().scan(), ledger)
            older = frozenset() if backfill else found.older
            self.entries = [entry for entry in found.entries if entry.id not in older]
        finally:
            ledger.close()
        self.first = [name for name, state in self._states.items() if state.started_at is None]
        self.speaking |= {name for name in self._accounts if name not in self.first}

    def agenda(self, name: str, schedule: "Schedule") -> "Agenda":
        """An account's schedule with what it said lately, and what else decides when it speaks."""
        from crosspost.schedule import Agenda

        said, state = self._app.settings, self._states.get(name)
        refused = state is not None and state.paused_for == "auth"
        why = "the login is refused: then it is tried again, at once with a new token" if refused else ""
        return Agenda(
            schedule=schedule,
            sent=self._sent.get(name, ()),
            most=self._app.max_per_run(name),
            every=timedelta(minutes=said.run.every if said is not None else 10),
            paused=state.paused_until if state is not None else None,
            paused_why=why or "the account is paused until then",
        )

    def pending(self, entries: Iterable["Entry"]) -> list["Pending"]:
        """Every delivery of a post that has not gone out and is not for a digest."""
        from crosspost.delivery.planner import skipped
        from crosspost.schedule import Pending

        found, digests = [], self._app.digests()
        for place, entry in enumerate(entries):
            for name in self.speaking:
                row, network = self.rows.get((entry.id, name)), self._accounts[name].network
                new = row is None and name not in digests
                if entry.state != "ready" or skipped(entry, name, network) or not (new or _open(row)):
                    continue
                found.append(
                    Pending(
                        post=entry.id,
                        account=name,
                        title=entry.title,
                        url=entry.url,
                        post_moment=entry.date or self._app.clock(),
                        at=entry.overrides.for_account(name, network).at,
                        due_at=row.due_at if row is not None else None,
                        order=row.id if row is not None else _NEW + place,
                    )
                )
        return found

    def kept(self) -> list["Planned"]:
        """What networks have already, and show at a time to come."""
        from crosspost.config import registry
        from crosspost.schedule import Planned

        titles = {entry.id: entry for entry in self.entries}
        return [
            Planned(
                at=at.astimezone(UTC),
                account=row.account,
                post=row.post,
                title=titles[row.post].title if row.post in titles else row.post,
                url=titles[row.post].url if row.post in titles else "",
                why=f"{registry.load(row.network).name} has it already and shows it then",
                late="send",
            )
            for row in self.rows.values()
            if (at := row.kept_until) is not None and at > self._app.clock()
        ]

    def digests(self, entries: list["Entry"]) -> tuple[list["Pending"], list["Planned"]]:
        """The digests that are gathered or will be when their week or month is over, each with the posts it has so
        far; and those that will not go out, because nothing is new."""
        from crosspost.delivery.digest import is_digest, last_period, next_period

        now, zones = self._app.clock(), self._app.schedules()
        coming, empty = [], []
        for row in self.rows.values():
            if is_digest(row.post) and _open(row) and row.account in self.speaking:
                members = sum(one.why == row.post for one in self.rows.values() if one.account == row.account)
                coming.append(_digest(row.post, row.account, f"the digest, {_count(members)}", row.due_at, made=True))
        for name, account in self._app.digests().items():
            if name not in self.speaking or not account.digest:
                continue
            zone = zones[name].timezone
            (last, ended), (period, end) = (find(account.digest, now, zone) for find in (last_period, next_period))
            noted = self._noted(name)
            missed, new = sum(at < ended for at in noted), sum(at >= ended for at in noted) + self._new(name, entries)
            if missed:  # nobody ran since that was over: the next run makes it up
                coming.append(
                    _digest(f"digest/{name}/{last}", name, f"the {account.digest} digest, {_count(missed)}", now)
                )
            what = f"the {account.digest} digest, {_count(new)} so far"
            if new:
                coming.append(_digest(f"digest/{name}/{period}", name, what, end))
            else:
                empty.append(_nothing(f"digest/{name}/{period}", name, f"{what}: without any it is left out", end))
        return coming, empty

    def _noted(self, account: str) -> list[datetime]:
        """When the posts were noted that wait for an account's digest."""
        from crosspost.delivery.digest import WAITING

        rows = (row for row in self.rows.values() if row.account == account)
        return [row.due_at for row in rows if row.state == "skipped" and row.why == WAITING]

    def _new(self, account: str, entries: list["Entry"]) -> int:
        """How many posts the next run would note for an account's digest."""
        from crosspost.delivery.planner import skipped

        network = self._accounts[account].network
        return sum(
            entry.state == "ready" and (entry.id, account) not in self.rows and not skipped(entry, account, network)
            for entry in entries
        )


def _with_ahead(line: "Planned", row: "Delivery | None", app: "App") -> "Planned":
    """A line that says that the network gets it before that, or why it does not."""
    import msgspec

    from crosspost.delivery.ahead import STAYS_HERE
    from crosspost.schedule.values import in_words

    if (early := app.ahead().get(line.account)) is None or line.at <= app.clock() or line.late != "send":
        return line
    stays = row is not None and row.why.startswith(STAYS_HERE)
    words = row.why if row is not None and stays else f"handed over up to {in_words(early)} before"
    return msgspec.structs.replace(line, why=", ".join(filter(None, (line.why, words))))


def _with_edit(line: "Planned", edits: Mapping[tuple[str, str], str]) -> "Planned":
    """A line that says who changed something of it in the ledger."""
    import msgspec

    by = edits.get((line.post, line.account))
    if by is None:
        return line

    return msgspec.structs.replace(line, why=f"{line.why}, changed in the ledger by {by}")


def _after_what_they_boost(lines: list["Planned"], app: "App") -> list["Planned"]:
    """The lines of accounts that boost come after those of the accounts whose posts they boost."""
    import msgspec

    if not (boosts := app.boosts()):
        return lines
    at = {(line.post, line.account): line.at for line in lines}
    return [
        msgspec.structs.replace(
            line, at=max(line.at, at[line.post, boost.source] + boost.after), why=f"some time after {boost.source}"
        )
        if (boost := boosts.get(line.account)) is not None and (line.post, boost.source) in at
        else line
        for line in lines
    ]


def _with_approval(line: "Planned", approve: Collection[str], approved: Collection[tuple[str, str]]) -> "Planned":
    """A line that says when it still waits for a yes."""
    import msgspec

    from crosspost.ledger import WAITS

    if line.account not in approve or (line.post, line.account) in approved or line.late == "skip":
        return line
    return line if WAITS in line.why else msgspec.structs.replace(line, why=", ".join(filter(None, (line.why, WAITS))))


def _digest(post: str, account: str, what: str, at: datetime, *, made: bool = False) -> "Pending":
    from crosspost.schedule import Pending

    due_at = at if made else None  # one that is not gathered yet finds its moment as its run will find it
    return Pending(post=post, account=account, title=what, what=what, post_moment=at, due_at=due_at)


def _nothing(post: str, account: str, why: str, at: datetime) -> "Planned":
    from crosspost.schedule import Planned

    return Planned(at=at.astimezone(UTC), account=account, post=post, title=why, url="", why=why, late="skip")


def _open(row: "Delivery | None") -> bool:
    return row is not None and row.state == "planned"


def _count(number: int) -> str:
    return f"{number} post{'' if number == 1 else 's'}"
