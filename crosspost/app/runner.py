"""Delivers for an app: from listed posts to settled deliveries, and changes of what is out."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from crosspost.app.ledger_access import owner
from crosspost.app.page_gate import Live, pages
from crosspost.app.progress import Progress, Stepping
from crosspost.errors import ConfigError
from crosspost.text.mistakes import Mistakes

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.delivery import Engine, Plan
    from crosspost.delivery.change_detector import Policy
    from crosspost.delivery.digest import Digest, DigestSite
    from crosspost.delivery.editor import Editor
    from crosspost.delivery.engine import Offer
    from crosspost.ledger import Change, Delivery, Ledger
    from crosspost.model import Entry, Post
    from crosspost.networks.base import Network
    from crosspost.sources.base import Source

#: takes a warning, a sentence
Warn = Callable[[str], None]


@dataclass(frozen=True)
class RunControl:
    """How a long-running process holds the reins of a run.

    ``stop``: once set, nothing more is begun; ``progress`` is called at each step; ``offer`` hands what is due to
    workers, instead of delivering it.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    progress: Callable[[], None] = lambda: None
    offer: "Offer | None" = None


class Networks(dict[str, "Network"]):
    """Account name → adapter, made on first use."""

    def __init__(self, app: "App") -> None:
        super().__init__()
        self._app = app

    def __missing__(self, name: str) -> "Network":
        self[name] = self._app.network(name)
        return self[name]


def check(app: "App", accounts: Sequence[str]) -> None:
    """Check every account, so that a mistake in the config stops a run before anything is sent.

    :raises ConfigError: with every mistake, naming file, line, account and key
    """
    wrong = Mistakes(ConfigError)
    wrong.look(lambda: check_accounts(app, accounts), app.credentials.check, lambda: app.notification_config().check())
    wrong.tell()


def check_accounts(app: "App", accounts: Iterable[str]) -> None:
    """Check what the config says of these accounts.

    :raises ConfigError: with every mistake, naming file, line, account and key
    """
    wrong = Mistakes(ConfigError)
    wrong.look(*(partial(app.checked, name) for name in accounts))
    wrong.tell()


def admitted(app: "App", ledger: "Ledger", wanted: Sequence[str], warn: Warn) -> list[str]:
    """Those of the accounts that may have posts planned.

    A name that is new is asked who it is, where another account of its network is known, because it may be that one
    under a new name.
    """
    from crosspost.delivery import new_accounts

    networks = {name: account.network for name, account in app.accounts().items()}
    new = new_accounts.newcomers(ledger, {name: networks[name] for name in wanted})
    made = Networks(app)
    refused = {name: why for name in new if (why := new_accounts.admit(made[name], ledger))}
    for why in refused.values():
        warn(why)
    return [name for name in wanted if name not in refused]


def deliver(
    app: "App",
    ledger: "Ledger",
    source: "Source",
    entries: Mapping[str, "Entry"],
    accounts: Sequence[str],
    *,
    by_hand: bool = False,
    digests: bool = False,
    progress: Progress | None = None,
    control: RunControl | None = None,
) -> list["Delivery"]:
    """Deliver what is due; adapters are made only for accounts that have something to do.

    :param digests: also gather and send the digests of periods that are over
    """
    progress, control = progress or Progress(), control or RunControl()
    engine, entries = make_engine(
        app, ledger, source, entries, accounts, owner=owner(app), digests=digests, progress=progress, control=control
    )
    try:
        return engine.run(entries, accounts, by_hand=by_hand)
    finally:
        progress.end()


def make_engine(
    app: "App",
    ledger: "Ledger",
    source: "Source",
    entries: Mapping[str, "Entry"],
    accounts: Sequence[str],
    *,
    owner: str,
    digests: bool = False,
    progress: Progress,
    control: RunControl,
) -> tuple["Engine", Mapping[str, "Entry"]]:
    """What delivers, and the entries with those of digests.

    :param owner: who claims deliveries, see :func:`crosspost.app.ledger_access.owner`
    """
    from crosspost.delivery import Engine, PostCache, Rules

    known = pages(app, ledger, PostCache(source.load))  # page, picture and draft are about the same text
    load: Callable[[Entry], Post] = known.load
    if digests:
        entries, load = _with_digests(app, ledger, source, entries, load)
    hours = app.settings.run if app.settings is not None else None
    rules = Rules(
        max_per_run={name: app.max_per_run(name) for name in accounts},
        site=site_of(app, source, ledger),
        schedules=app.schedules(),
        approve=app.approves(),
        boosts=app.boosts(),
        live=Live(app, ledger, known).reason,
        live_deadline=timedelta(hours=hours.live_deadline if hours else 24),
        give_up_after=timedelta(hours=hours.give_up_after if hours else 72),
        ahead=app.ahead(),
    )
    listener = Stepping(progress, control.progress)
    made = Engine(
        ledger,
        Networks(app),
        load,
        rules,
        owner=owner,
        listener=listener,
        stop=control.stop,
        offer=control.offer,
        load_known=None if digests else known.load,  # workers send no digests
    )
    return made, entries


def follow(app: "App", ledger: "Ledger", source: "Source", plan: "Plan") -> list["Change"]:
    """Have what is out follow the site: notice what changed or is gone, and carry out what is planned.

    :returns: what came up and what was worked on, as it stands now
    """
    from crosspost.delivery.change_detector import ChangeDetector

    networks = Networks(app)
    known = pages(app, ledger, source.load)
    detector = ChangeDetector(ledger=ledger, networks=networks, load=known.complete, policies=policies(app))
    new = detector.look(plan.entries, plan.inventory)
    live = Live(app, ledger, known)
    done = editor(app, ledger, networks).run(
        list(app.accounts()), wait=lambda change: live.of_change(change, plan.entries.get(change.post))
    )
    worked_on = {change.delivery for change in done}
    return [*(change for change in new if change.delivery not in worked_on and change.state != "planned"), *done]


def recall(
    app: "App", ledger: "Ledger", source: "Source", plan: "Plan", accounts: Sequence[str], warn: Warn
) -> list["Delivery"]:
    """Take back what networks keep until its time and that is to be said otherwise by now; it is planned anew."""
    if not (rows := [row for row in ledger.deliveries(states=["unknown"]) if row.kept_until is not None]):
        return []
    from crosspost.delivery import PostCache
    from crosspost.delivery.recalls import Recalls

    recalls = Recalls(
        ledger=ledger,
        networks=Networks(app),
        load=pages(app, ledger, PostCache(source.load)).load,
        schedules=app.schedules(),
        approve=app.approves(),
        ahead=app.ahead(),
        warn=warn,
    )
    return recalls.work([row for row in rows if row.account in accounts], plan.entries, plan.inventory)


def policies(app: "App") -> dict[str, "Policy"]:
    """Account name → what it does by itself when a post changes or is gone."""
    from crosspost.delivery.change_detector import Policy

    return {
        name: Policy(on_edit=account.on_edit, on_delete=account.on_delete) for name, account in app.accounts().items()
    }


def editor(app: "App", ledger: "Ledger", networks: Mapping[str, "Network"] | None = None) -> "Editor":
    """What changes posts that are out."""
    from crosspost.delivery.editor import Editor

    return Editor(
        ledger=ledger,
        networks=Networks(app) if networks is None else networks,
        max_per_run={name: app.max_per_run(name) for name in app.accounts()},
        give_up_after=timedelta(hours=app.settings.run.give_up_after if app.settings else 72),
    )


def tend(app: "App", ledger: "Ledger") -> None:
    """Look after tokens that end by themselves, about once a day."""
    from crosspost.config import registry
    from crosspost.delivery.expiring_tokens import tend as look_after

    ending = [name for name, account in app.accounts().items() if registry.load(account.network).token_ends]
    look_after(ledger, Networks(app), ending)


def site_of(app: "App", source: "Source", ledger: "Ledger") -> str:
    """What tells this site from others in the keys of deliveries: its address, else the ledger's own id; before it the
    name that it has among several."""
    from crosspost.delivery import idempotency_keys
    from crosspost.ledger.facts import ID

    return idempotency_keys.of_several(
        app.settings.name if app.settings is not None else "", str(source.url) or ledger.fact(ID)
    )


def _with_digests(
    app: "App",
    ledger: "Ledger",
    source: "Source",
    entries: Mapping[str, "Entry"],
    load: Callable[["Entry"], "Post"],
) -> tuple[Mapping[str, "Entry"], Callable[["Entry"], "Post"]]:
    """The entries and those of digests that are due, and what loads both."""
    if not app.digests():
        return entries, load
    from crosspost.delivery import digest

    networks = {name: account.network for name, account in app.accounts().items()}
    site, digests = digests_of(app, source)
    due = digest.gather(ledger, networks, digests, site)
    return {**entries, **due}, digest.loader(ledger, site, digests, entries, load)


def digests_of(app: "App", source: "Source") -> tuple["DigestSite", dict[str, "Digest"]]:
    """What digests say of the site, and account name → its digest."""
    from crosspost.delivery import digest

    schedules = app.schedules()
    site = digest.DigestSite(url=source.url, title=source.title, lang=source.lang)
    return site, {
        name: digest.Digest(
            kind=account.digest,  # type: ignore[arg-type]  # "" was left out
            timezone=schedules[name].timezone,
            title=account.digest_title,
            schedule=schedules[name],
        )
        for name, account in app.digests().items()
    }
