"""How everything stands, for one look: what waits for a person, what went out last, and how each account is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from crosspost.app.outcome import bare
from crosspost.errors import ConfigError
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import AccountState, Change, Ledger, State
    from crosspost.ledger.listing import Listed
    from crosspost.ledger.notices import Notice
    from crosspost.transport.rate_limits import RateLimit

    Counts = Mapping[tuple[str, State], int]

#: what an account is like at the moment; "new": before its first run
Health = Literal["well", "new", "resting", "login", "paused", "misconfigured"]
#: how many deliveries of each kind one look shows; the list of deliveries has them all
_FEW = 12
#: deliveries of one account that are looked through for what was used, and for its newest error
_MANY = 100
_OPEN: "tuple[State, ...]" = ("held", "unknown", "failed")


class AccountHealth(Value, frozen=True, kw_only=True):
    """One account. ``why`` says what is wrong, ``counts`` how many deliveries are in each state."""

    name: str
    label: str
    network: str
    network_name: str
    health: Health
    why: str
    state: "AccountState"
    counts: dict[str, int]
    last: "Listed | None"

    @property
    def ends(self) -> datetime | None:
        """When its token ends, if it does."""
        return self.state.identity.expires_at if self.state.identity else None


class Overview(Value, frozen=True, kw_only=True):
    """One look at everything.

    ``waiting`` are deliveries that wait for a person, ``stuck`` those that something keeps from going out, such as a
    page that is not live; ``more`` is how many more of both there are.
    """

    waiting: "list[Listed]"
    stuck: "list[Listed]"
    more: int
    changes: "list[Change]"
    notices: "list[Notice]"
    out: "list[Listed]"
    accounts: list[AccountHealth]


def known_accounts(app: "App", counts: "Counts") -> tuple[str, ...]:
    """The accounts of the config, then those that only the ledger knows.

    :param counts: as :meth:`crosspost.ledger.Ledger.counts` gives them
    """
    return tuple(dict.fromkeys([*app.accounts(), *(account for account, _ in counts)]))


def look(app: "App", ledger: "Ledger") -> Overview:
    """How everything stands; asks no network."""
    from crosspost.ledger.listing import Wanted

    counts = ledger.counts_as_told(app.clock())
    names = known_accounts(app, counts)
    waiting = Wanted(accounts=names, states=_OPEN)
    planned = Wanted(accounts=names, states=("planned", "sending"))
    stuck = [row for row in ledger.listing.page(planned, limit=200) if row.error]
    kept = {row.id for row in ledger.deliveries(states=["unknown"]) if row.well_kept(app.clock())}
    shown = [row for row in ledger.listing.page(waiting, limit=_FEW + len(kept)) if row.id not in kept][:_FEW]
    every = sum(number for (_, state), number in counts.items() if state in _OPEN)
    return Overview(
        waiting=shown,
        stuck=stuck[:_FEW],
        more=every - len(shown) + max(0, len(stuck) - _FEW),
        changes=ledger.changes.all(states=["planned", "asked", "failed"]),
        notices=ledger.notices.standing(),
        out=ledger.listing.page(Wanted(accounts=names, states=("sent",)), limit=_FEW),
        accounts=accounts(app, ledger, counts),
    )


def accounts(app: "App", ledger: "Ledger", counts: "Counts") -> list[AccountHealth]:
    """Every account of the config that is switched on."""
    own: dict[str, dict[str, int]] = {}
    for (name, state), number in counts.items():
        own.setdefault(name, {})[state] = number
    return [_account(app, ledger, name, own.get(name, {})) for name in app.accounts()]


def _account(app: "App", ledger: "Ledger", name: str, counts: dict[str, int]) -> AccountHealth:
    from crosspost.ledger.listing import Wanted

    state = ledger.account(name)
    health, why = _health(app, name, state)
    last = ledger.listing.page(Wanted(accounts=(name,), states=("sent",)), limit=1)
    return AccountHealth(
        name=name,
        label=app.label(name),
        network=app.accounts()[name].network,
        network_name=_network_name(app, name),
        health=health,
        why=bare(why, name),
        state=state,
        counts=counts,
        last=last[0] if last else None,
    )


def _network_name(app: "App", name: str) -> str:
    from crosspost.config import registry

    network = app.accounts()[name].network
    try:
        return str(registry.load(network).name)
    except ConfigError:
        return network


def _health(app: "App", name: str, state: "AccountState") -> tuple[Health, str]:
    try:
        app.checked(name)
    except ConfigError as error:
        return "misconfigured", str(error)
    if state.paused_until is not None and state.paused_until > app.clock():
        kinds: dict[str, Health] = {"auth": "login", "voice": "login", "trouble": "resting"}
        return kinds.get(state.paused_for, "paused"), state.paused_why
    return ("well", "") if state.started_at is not None else ("new", "")


class Usage(Value, frozen=True, kw_only=True):
    """What an account may say and has said: the length of a text (0: no limit), pictures (0: not known), posts of one
    run, and posts that went out within a day (``more``: at least so many). ``left`` is what the network said last is
    left of its limits, the tightest first; ``trouble`` is its newest error."""

    limit: int
    unit: str
    pictures: int
    per_run: int
    day: int
    more: bool
    left: "list[RateLimit]"
    trouble: "Listed | None"


def usage(app: "App", ledger: "Ledger", name: str) -> Usage:
    """The limits of one account, as its server last said them, and what was used of them. Asks no network.

    :raises ConfigError: when the account's network cannot be loaded
    """
    from crosspost.config import registry
    from crosspost.delivery import quotas
    from crosspost.ledger.listing import Wanted

    identity = ledger.account(name).identity
    limits = (identity and identity.limits) or registry.load(app.accounts()[name].network).limits
    since = app.clock() - timedelta(days=1)
    sent = ledger.listing.page(Wanted(accounts=(name,), states=("sent",)), limit=_MANY)
    day = sum(row.sent_at is not None and row.sent_at >= since for row in sent)
    wrong = ledger.listing.page(Wanted(accounts=(name,), states=(*_OPEN, "planned")), limit=_MANY)
    trouble = [row for row in wrong if row.error]
    return Usage(
        limit=limits.text,
        unit=limits.unit,
        pictures=limits.images.count,
        per_run=app.max_per_run(name),
        day=day,
        more=day == _MANY,
        left=quotas.known(name, ledger),
        trouble=max(trouble, key=lambda row: row.updated_at, default=None),
    )
