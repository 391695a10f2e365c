"""What ``publish``, ``run`` and ``demo`` share: from entries to settled deliveries."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import machine
from crosspost.cli.page_check import Live, pages

if TYPE_CHECKING:
    from crosspost.assemble import House
    from crosspost.cli.progress import Progress
    from crosspost.delivery import Plan
    from crosspost.delivery.editor import Editor
    from crosspost.ledger import Change, Delivery, Ledger
    from crosspost.model import Entry, Post


def lock(house: "House", wait: float = 0) -> AbstractContextManager[None]:
    """The run lock beside the ledger.

    :raises crosspost.ledger.Busy: when another run holds it for longer than ``wait`` seconds
    :raises LedgerError: when the ledger's folder cannot keep two runs apart
    """
    from crosspost.ledger import places, run_lock

    path = house.ledger_path()
    shared = house.settings is not None and house.settings.state.shared
    if not shared:
        places.refuse_shared(path.parent)
    return run_lock(path.with_name(path.name + ".lock"), wait, needed=not shared)


@dataclass(frozen=True)
class Watch:
    """What a long-running process hands a run, as click's ``obj``.

    ``stop``: once set, nothing more is begun; ``progress`` is called at each step.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    progress: Callable[[], None] = lambda: None


def watch() -> Watch:
    """The one this command was given; else one that never stops it."""
    context = click.get_current_context(silent=True)
    return (context and context.find_object(Watch)) or Watch()


def is_watched() -> bool:
    """Whether a long-running process called this command."""
    context = click.get_current_context(silent=True)
    return context is not None and context.find_object(Watch) is not None


def tend(house: "House", ledger: "Ledger") -> None:
    """Look after tokens that end by themselves, about once a day."""
    from crosspost import registry
    from crosspost.delivery.tokens import tend as look_after

    ending = [name for name, account in house.accounts().items() if registry.load(account.network).token_ends]
    look_after(ledger, _Networks(house), ending)


def deliver(  # one call that carries everything a run has
    house: "House",
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

    known = pages(house, ledger, source.load)
    load: Callable[[Entry], Post] = known.load
    if digests:
        entries, load = _with_digests(house, ledger, source, entries, load)
    seen = watch()

    def finished(account: str) -> None:
        done(account)
        if progress is not None:
            progress.done(account)

    engine = Engine(
        ledger=ledger,
        networks=_Networks(house),
        load=load,
        owner=machine(),
        max_per_run={name: house.max_per_run(name) for name in accounts},
        schedules=house.schedules(),
        live=Live(house, ledger, known).reason,
        live_deadline=timedelta(hours=house.settings.run.live_deadline if house.settings else 24),
        give_up_after=timedelta(hours=house.settings.run.give_up_after if house.settings else 72),
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


def follow(house: "House", ledger: "Ledger", source: Any, plan: "Plan") -> list["Change"]:
    """Have what is out follow the site: notice what changed or is gone, and carry out what is planned.

    :returns: what came up and what was worked on, as it stands now
    """
    from crosspost.delivery.changes import Watch

    networks = _Networks(house)
    known = pages(house, ledger, source.load)
    watch = Watch(ledger=ledger, networks=networks, load=known.complete, policies=policies(house))
    new = watch.look(plan.entries, plan.inventory)
    live = Live(house, ledger, known)
    done = editor(house, ledger, networks).run(
        list(house.accounts()), wait=lambda change: live.of_change(change, plan.entries.get(change.post))
    )
    worked_on = {change.delivery for change in done}
    return [*(change for change in new if change.delivery not in worked_on and change.state != "planned"), *done]


def policies(house: "House") -> dict[str, Any]:
    """Account name → what it does by itself when a post changes or is gone."""
    from crosspost.delivery.changes import Policy

    return {name: Policy(on_edit=one.on_edit, on_delete=one.on_delete) for name, one in house.accounts().items()}


def editor(house: "House", ledger: "Ledger", networks: Mapping[str, Any] | None = None) -> "Editor":
    """What changes posts that are out."""
    from crosspost.delivery.editor import Editor

    return Editor(
        ledger=ledger,
        networks=_Networks(house) if networks is None else networks,
        max_per_run={name: house.max_per_run(name) for name in house.accounts()},
        give_up_after=timedelta(hours=house.settings.run.give_up_after if house.settings else 72),
    )


def adapters(house: "House") -> Mapping[str, Any]:
    """Account name → adapter, made on first use."""
    return _Networks(house)


def _with_digests(
    house: "House",
    ledger: "Ledger",
    source: Any,
    entries: Mapping[str, "Entry"],
    load: Callable[["Entry"], "Post"],
) -> tuple[Mapping[str, "Entry"], Callable[["Entry"], Any]]:
    """The entries and those of digests that are due, and what loads both."""
    wanted = house.digests()
    if not wanted:
        return entries, load
    from crosspost.delivery import digest

    schedules, networks = house.schedules(), {name: account.network for name, account in house.accounts().items()}
    site = digest.Site(url=source.url, title=source.title, lang=source.lang)
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


def _stepping(tell: Callable[["Delivery"], None] | None, seen: Watch) -> Callable[["Delivery"], None]:
    def step(delivery: "Delivery") -> None:
        seen.progress()
        if tell is not None:
            tell(delivery)

    return step


class _Networks(dict[str, Any]):
    """Account name → adapter, made on first use."""

    def __init__(self, house: "House") -> None:
        super().__init__()
        self._house = house

    def __missing__(self, name: str) -> Any:
        self[name] = self._house.network(name)
        return self[name]


def check(house: "House", accounts: Sequence[str]) -> None:
    """Check every account, so that a mistake in the config stops the command before anything is sent.

    :raises ConfigError: naming file, line, account and key
    """
    for name in accounts:
        house.checked(name)
    house.credentials.check()
    house.told().check()
