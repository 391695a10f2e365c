"""What one look at a site sees of what needs a person: there may be a thousand sites, and nobody reads all of each."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from crosspost.app.ledger_access import doubted, no_ledger_yet, open_ledger
from crosspost.app.sites.site_folder import missing_folder
from crosspost.errors import ConfigError, CrosspostError, SourceError
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger

#: deliveries that wait for somebody, failed, or are in doubt; changes that ask; old posts that are held back
Need = Literal["waits", "failed", "doubt", "asked", "old"]


class Glance(Value, frozen=True, kw_only=True):
    """One site.

    :ivar code: the exit code of a command for it alone
    :ivar needs: how much there is of what needs a person; nothing that is 0
    :ivar said: sentences that other sites may have, too
    :ivar told: sentences about other sites, which a run of this one noted
    :ivar counts: deliveries in each state, as people are told them
    """

    code: int = 0
    needs: Mapping[Need, int] = {}
    said: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    counts: Mapping[str, int] = {}


def glance(app: "App | ConfigError", unfetched: str = "") -> Glance:
    """Look at a site; what is wrong with it is among what is said.

    :param app: its app, or what is wrong with its config
    :param unfetched: why its posts could not be fetched yet
    """
    try:
        if isinstance(app, ConfigError):
            raise app
        if unfetched:
            raise SourceError(unfetched)
        if no_ledger_yet(app):
            return Glance(said=_gone(app))
        ledger = open_ledger(app, read_only=True)
        try:
            return _looked(app, ledger)
        finally:
            ledger.close()
    except CrosspostError as error:
        return Glance(code=2 if isinstance(error, ConfigError | SourceError) else 1, said=(str(error),))


def _looked(app: "App", ledger: "Ledger") -> Glance:
    from crosspost.app.recipients_in_doubt import people_in_doubt
    from crosspost.app.running.backlog import held_back
    from crosspost.ledger import WAITS

    counts = Counter[str]()
    for (_, state), number in ledger.counts_as_told(app.clock()).items():
        counts[state] += number
    waits = sum(row.why.startswith(WAITS) for row in ledger.deliveries(states=["planned", "sending"]))
    found: dict[Need, int] = {
        "waits": waits + counts["held"] + len(people_in_doubt(app, ledger)),
        "failed": counts["failed"],
        "doubt": counts["unknown"],
        "asked": len(ledger.changes.all(states=["asked"])),
        "old": len({row.post for row in held_back(app, ledger)}),
    }
    return Glance(
        code=3 if found["waits"] or found["asked"] or found["old"] else 0,
        needs={need: number for need, number in found.items() if number},
        said=(*_gone(app), *filter(None, [doubted(app)]), *_paused(app, ledger), *_noted(ledger, "clock:")),
        told=_noted(ledger, "site:"),
        counts=counts,
    )


def _gone(app: "App") -> tuple[str, ...]:
    return (gone,) if (gone := missing_folder(app)) else ()


def _paused(app: "App", ledger: "Ledger") -> tuple[str, ...]:
    now = app.clock()
    states = [ledger.account(name) for name in app.accounts()]
    return tuple(
        f"{state.name} is paused: {state.paused_why}"
        for state in states
        if state.paused_until is not None and state.paused_until > now
    )


def _noted(ledger: "Ledger", kind: str) -> tuple[str, ...]:
    """What somebody was told, or will be, and no count says."""
    return tuple(notice.said for notice in ledger.notices.standing() if notice.alert.startswith(kind))
