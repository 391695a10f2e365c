"""What ``publish``, ``run`` and ``demo`` share: from entries to settled deliveries."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import machine
from crosspost.cli.layout import complain
from crosspost.cli.page_check import Live, pages

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.cli.progress import Progress
    from crosspost.delivery import Plan
    from crosspost.delivery.editor import Editor
    from crosspost.ledger import Change, Delivery, Ledger
    from crosspost.model import Entry, Post


def lock(app: "App", wait: float = 0) -> AbstractContextManager[None]:
    """The run lock beside the ledger.

    :raises crosspost.ledger.Busy: when another run holds it for longer than ``wait`` seconds
    :raises LedgerError: when the ledger's folder cannot keep two runs apart
    """
    from crosspost.ledger import filesystem, run_lock

    path = app.ledger_path()
    shared = app.settings is not None and app.settings.state.shared
    if not shared:
        filesystem.refuse_shared(path.parent)
    return run_lock(path.with_name(path.name + ".lock"), wait, needed=not shared)


@dataclass(frozen=True)
class RunControl:
    """What a long-running process hands a run, as click's ``obj``.

    ``stop``: once set, nothing more is begun; ``progress`` is called at each step.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    progress: Callable[[], None] = lambda: None


def watch() -> RunControl:
    """The one this command was given; else one that never stops it."""
    context = click.get_current_context(silent=True)
    return (context and context.find_object(RunControl)) or RunControl()


def is_watched() -> bool:
    """Whether a long-running process called this command."""
    context = click.get_current_context(silent=True)
    return context is not None and context.find_object(RunControl) is not None


def tend(app: "App", ledger: "Ledger") -> None:
    """Look after tokens that end by themselves, about once a day."""
    from crosspost.config import registry
    from crosspost.delivery.tokens import tend as look_after

    ending = [name for name, account in app.accounts().items() if registry.load(account.network).token_ends]
    look_after(ledger, _Networks(app), ending)


def deliver(  # one call that carries everything a run has
    app: "App",
    ledger: "Ledger",
    source: Any,
    entries: Mapping[str, "Entry"],
    accounts: Sequence[str],
    *,
    by_hand: bool = False,
    digests: bool = False,
    progress: "Progress | None" = None,
    done: Callable[[str], None] = lambda _: None,
) -> list["Delivery"]:
    """Deliver what is due; adapters are made only for accounts that have something to do.

    :param digests: also gather and send the digests of periods that are over
    :param progress: is told what happens; None: nobody is
    :param done: called with each account that has nothing more to do
    """
    from crosspost.delivery import Engine

    known = pages(app, ledger, source.load)
    load: Callable[[Entry], Post] = known.load
    if digests:
        entries, load = _with_digests(app, ledger, source, entries, load)
    seen = watch()

    def finished(account: str) -> None:
        done(account)
        if progress is not None:
            progress.done(account)

    engine = Engine(
        ledger=ledger,
        site=site_of(source, ledger),
        networks=_Networks(app),
        load=load,
        owner=machine(),
        max_per_run={name: app.max_per_run(name) for name in accounts},
        schedules=app.schedules(),
        live=Live(app, ledger, known).reason,
        live_deadline=timedelta(hours=app.settings.run.live_deadline if app.settings else 24),
        give_up_after=timedelta(hours=app.settings.run.give_up_after if app.settings else 72),
        begin=_stepping(progress.begin if progress is not None else None, seen),
        report=_stepping(progress.report if progress is not None else None, seen),
        done=finished,
        expect=progress.expect if progress is not None else lambda _: None,
        stop=seen.stop,
    )
    try:
        return engine.run(entries, accounts, by_hand=by_hand)
    finally:
        if progress is not None:
            progress.end()


def site_of(source: Any, ledger: "Ledger") -> str:
    """What tells this site from others in the keys of deliveries: its address, else the ledger's own id."""
    from crosspost.ledger.facts import ID

    return str(source.url) or ledger.fact(ID)


def admitted(app: "App", ledger: "Ledger", wanted: Sequence[str]) -> list[str]:
    """Those of the accounts that may have posts planned: a name that is new is asked who it is, where another account
    of its network is known, because it may be that one under a new name."""
    from crosspost.delivery import new_accounts

    networks = {name: account.network for name, account in app.accounts().items()}
    new = new_accounts.newcomers(ledger, {name: networks[name] for name in wanted})
    made = _Networks(app)
    refused = {name: why for name in new if (why := new_accounts.admit(made[name], ledger))}
    for why in refused.values():
        complain(why, "Warning")
    return [name for name in wanted if name not in refused]


def say_doubt(ledger: "Ledger") -> None:
    """Say why the accounts are looked at before anything is sent."""
    if (doubt := ledger.open_doubt) is not None:
        complain(doubt.why, "Warning")


def follow(app: "App", ledger: "Ledger", source: Any, plan: "Plan") -> list["Change"]:
    """Have what is out follow the site: notice what changed or is gone, and carry out what is planned.

    :returns: what came up and what was worked on, as it stands now
    """
    from crosspost.delivery.changes import ChangeDetector

    networks = _Networks(app)
    known = pages(app, ledger, source.load)
    watch = ChangeDetector(ledger=ledger, networks=networks, load=known.complete, policies=policies(app))
    new = watch.look(plan.entries, plan.inventory)
    live = Live(app, ledger, known)
    done = editor(app, ledger, networks).run(
        list(app.accounts()), wait=lambda change: live.of_change(change, plan.entries.get(change.post))
    )
    worked_on = {change.delivery for change in done}
    return [*(change for change in new if change.delivery not in worked_on and change.state != "planned"), *done]


def policies(app: "App") -> dict[str, Any]:
    """Account name → what it does by itself when a post changes or is gone."""
    from crosspost.delivery.changes import Policy

    return {name: Policy(on_edit=one.on_edit, on_delete=one.on_delete) for name, one in app.accounts().items()}


def editor(app: "App", ledger: "Ledger", networks: Mapping[str, Any] | None = None) -> "Editor":
    """What changes posts that are out."""
    from crosspost.delivery.editor import Editor

    return Editor(
        ledger=ledger,
        networks=_Networks(app) if networks is None else networks,
        max_per_run={name: app.max_per_run(name) for name in app.accounts()},
        give_up_after=timedelta(hours=app.settings.run.give_up_after if app.settings else 72),
    )


def adapters(app: "App") -> Mapping[str, Any]:
    """Account name → adapter, made on first use."""
    return _Networks(app)


def _with_digests(
    app: "App",
    ledger: "Ledger",
    source: Any,
    entries: Mapping[str, "Entry"],
    load: Callable[["Entry"], "Post"],
) -> tuple[Mapping[str, "Entry"], Callable[["Entry"], Any]]:
    """The entries and those of digests that are due, and what loads both."""
    wanted = app.digests()
    if not wanted:
        return entries, load
    from crosspost.delivery import digest

    schedules, networks = app.schedules(), {name: account.network for name, account in app.accounts().items()}
    site = digest.DigestSite(url=source.url, title=source.title, lang=source.lang)
    digests = {
        name: digest.Digest(
            kind=account.digest,  # type: ignore[arg-type]  # "" was left out
            timezone=schedules[name].timezone,
            title=account.digest_title,
            schedule=schedules[name],
        )
        for name, account in wanted.items()
    }
    due = digest.gather(ledger, networks, digests, site)
    return {**entries, **due}, digest.loader(ledger, site, digests, entries, load)


def _stepping(tell: Callable[["Delivery"], None] | None, seen: RunControl) -> Callable[["Delivery"], None]:
    def step(delivery: "Delivery") -> None:
        seen.progress()
        if tell is not None:
            tell(delivery)

    return step


class _Networks(dict[str, Any]):
    """Account name → adapter, made on first use."""

    def __init__(self, app: "App") -> None:
        super().__init__()
        self._app = app

    def __missing__(self, name: str) -> Any:
        self[name] = self._app.network(name)
        return self[name]


def check(app: "App", accounts: Sequence[str]) -> None:
    """Check every account, so that a mistake in the config stops the command before anything is sent.

    :raises ConfigError: naming file, line, account and key
    """
    for name in accounts:
        app.checked(name)
    app.credentials.check()
    app.notification_config().check()
