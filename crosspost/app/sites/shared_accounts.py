"""What the sites that share an account know of each other there: when it spoke, and until when its network wants rest.

Each site has a ledger of its own. A limit counts for the account, whichever site used it up.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from crosspost.app.sites.site_folder import site_folder
from crosspost.config.sites import MAIN
from crosspost.errors import CrosspostError
from crosspost.ledger.plans import Elsewhere

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import AccountState, Delivery, Ledger

#: the pauses that are an account's own; a refused login is found out by each site
_PAUSES = ("rate", "trouble")
#: why it pauses, in the words of a site that only heard of it: what went wrong there may name what is not for everybody
_HEARD = {
    "rate": "the network asked for this rest when another site of this installation posted",
    "trouble": "its server was in trouble when another site of this installation posted",
}


def know_each_other(app: "App", ledger: "Ledger", *, writes: bool) -> None:
    """Have a site's ledger count what other sites did on the accounts it shares with them.

    :param writes: whether something may be written into it
    """
    others = _others(app)
    if not others:
        return
    ledger.elsewhere = _OtherSites(ledger, others)
    if writes:
        ledger.take_turns_in(app.main_ledger_file().parent / "turns")
        for name, states in _states(others, into=ledger).items():
            _adopt(ledger, name, states)


def _others(app: "App") -> dict[str, list["App"]]:
    """Account → the other sites that have it, too."""
    from crosspost.app.application import App

    said = app.settings
    if said is None or not said.shared:
        return {}
    mine = [name for name in app.accounts() if name in said.shared]
    made, found = dict[str, App](), dict[str, list[App]]()
    for account in mine:
        for name in said.shared[account]:
            if name == (said.name or MAIN):
                continue
            if name not in made:
                theirs = said.of_site(name)
                made[name] = App(theirs, site_folder(theirs), app.credentials, app.clock)
            found.setdefault(account, []).append(made[name])
    return found


class _OtherSites(Elsewhere):
    """What the other sites that have an account know of it. Each look asks their ledgers anew: another process, or
    another machine, may be at work on them."""

    def __init__(self, ledger: "Ledger", others: dict[str, list["App"]]) -> None:
        self._ledger, self._others = ledger, others
        self._known: dict[str, list[datetime]] = {}

    def look(self, account: str) -> bool:
        self._known.pop(account, None)
        if others := self._others.get(account):
            for states in _states({account: others}).values():
                _adopt(self._ledger, account, states)
        return bool(others)

    def moments(self, account: str) -> list[datetime]:
        """What the others have planned does not count: a hundred posts that wait there would have this site wait for a
        hundred days. Who comes first is seen when it is time.
        """
        if account not in self._known:
            found: list[datetime] = []
            for other in self._others.get(account, ()):
                with read_only(other) as ledger:
                    found += ledger.moments(account, planned=False) if ledger is not None else ()
            self._known[account] = found
        return self._known[account]

    def waiting(self, account: str, spoke: datetime) -> int:
        """What a site that was not looked at meanwhile has not planned yet is not known."""
        found = 0
        for other in self._others.get(account, ()):
            with read_only(other) as ledger:
                if ledger is not None and all(at < spoke for at in ledger.moments(account, planned=False)):
                    found += ledger.due_now(account)
        return found

    def said(self, account: str, network: str) -> "list[Delivery]":
        found: list[Delivery] = []
        for other in self._others.get(account, ()):
            names = [name for name, one in other.accounts().items() if one.network == network]
            with read_only(other) as ledger:
                for name in names if ledger is not None else ():
                    found += ledger.said(name)  # type: ignore[union-attr]  # asked above
        return found


def _states(others: dict[str, list["App"]], *, into: "Ledger | None" = None) -> dict[str, list["AccountState"]]:
    """Account → how other sites left it.

    :param into: the ledger that takes over what networks said of their limits to other sites
    """
    from crosspost.delivery import quotas

    found: dict[str, list[AccountState]] = {}
    sites = {id(app): (app, [n for n, apps in others.items() if app in apps]) for one in others.values() for app in one}
    for app, names in sites.values():
        with read_only(app) as ledger:
            for name in names if ledger is not None else ():
                assert ledger is not None  # noqa: S101  # for the type checker: there are no names without one
                found.setdefault(name, []).append(ledger.account(name))
                if into is not None:
                    quotas.take_over(name, into, ledger)
    return found


@contextmanager
def read_only(app: "App") -> "Iterator[Ledger | None]":
    """Another site's ledger; None when there is none, or it cannot be read: its own run tells."""
    from crosspost.ledger import Ledger

    ledger = None
    with suppress(CrosspostError):
        ledger = Ledger(app.ledger_place(), app.clock, read_only=True)
    try:
        yield ledger
    finally:
        if ledger is not None:
            ledger.close()


def _adopt(ledger: "Ledger", name: str, states: list["AccountState"]) -> None:
    """Take over the longest pause."""
    now, mine = ledger.clock(), ledger.account(name)
    pauses = [one for one in states if one.paused_for in _PAUSES and one.paused_until is not None]
    longest = max(pauses, key=lambda one: one.paused_until or now, default=None)
    if longest is None or longest.paused_until is None or longest.paused_until <= max(mine.paused_until or now, now):
        return
    if mine.started_at is None:  # its first run sends nothing anyway, and makes the row
        return
    why = _HEARD[longest.paused_for]
    ledger.note(name, paused_until=longest.paused_until, paused_for=longest.paused_for, paused_why=why)
