"""``crosspost worker``: one of several processes that send from one ledger in PostgreSQL."""

import os
import random
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from crosspost import tracing
from crosspost.cli import ending, health_page
from crosspost.cli.common import begin_traces, log_option, now, open_app, places, say, site_name
from crosspost.cli.health_page import health_option, served
from crosspost.cli.layout import complain
from crosspost.cli.terminal import logs
from crosspost.config.sites import MAIN
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.progress import Progress
    from crosspost.app.runner import RunControl
    from crosspost.ledger import Delivery
    from crosspost.ledger.postgresql.address import Address
    from crosspost.workers.worker import Worker
    from crosspost.workers.worker_sites import Sites


@click.command()
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True, help="Deliveries at a time.")
@click.option("--every", type=click.IntRange(1, 3600), default=60, show_default=True, help="Seconds between looks.")
@click.option("--account", "accounts", multiple=True, metavar="NAME", help="Send on this account only; repeatable.")
@click.option(
    "--queue",
    "kind",
    type=click.Choice(["database", "procrastinate"]),
    default="database",
    show_default=True,
    help="How it is handed out; the same for all workers.",
)
@health_option
@log_option
@places
def worker(
    concurrency: int,
    every: int,
    accounts: tuple[str, ...],
    kind: str,
    health: tuple[str, int] | None,
    config: Path | None,
    site: Path | None,
) -> int:
    """Send what is due, as one of several that share a database.

    The ledger must be in PostgreSQL. Once a minute one of the workers does what `crosspost run` does and hands out what
    is due; all of them send it. SIGTERM or Ctrl-C ends it after what it is sending. See `crosspost help workers`.
    """
    from crosspost.app.ledger_access import worker_slot
    from crosspost.app.loading import with_newest_posts
    from crosspost.daemon import Health, notify
    from crosspost.daemon.ticks import Standing, Ticks, grace
    from crosspost.text.numbers import listed
    from crosspost.workers import delivery_queue
    from crosspost.workers.worker import Worker
    from crosspost.workers.worker_sites import Sites

    app = open_app(config, site, required=True, whole=True)
    _refuse(app, accounts)
    begin_traces(app)
    place, several = _place(app, site), site is None and len(_names(app)) > 1
    standing = Standing(site)
    known = Health(every, now, lambda: standing.now(ticks.app))
    told: dict[str, str] = {}
    part = random.random()  # noqa: S311  # no secret

    def every_site(file: Path) -> int:
        return _look_at_each(file, sites, made, told, part)

    ticks = Ticks(app, lambda it: _look(it, made.control(MAIN)), known, say, site=site, every_site=every_site)
    read = health_page.every_site(config, site)
    sites = Sites(read, lambda one: with_newest_posts(one, os.environ))
    with worker_slot(app.main_ledger_file() if site is None else app.ledger_path()) as owner:
        made = Worker(
            sites,
            delivery_queue.opened(kind, place, accounts, several=several),
            ticks,
            concurrency=concurrency,
            every=every,
            owner=owner,
            progress=_Progresses(sys.stdout),
            say=_wrong if several else lambda _, sentence: _wrong("", sentence),
            step=known.stepped,
        )
        ending.listen(made.stop, made.busy, made.stop.set)
        with served(health, 0, known, apps=read, draining=made.stop.is_set, alive=made.alive):
            of = f" for {listed(_names(app))}" if several else ""
            click.echo(f"Sending{of} from {place}, {concurrency} at a time. Ctrl-C ends it.")
            _warn_without_a_key(app)
            notify("READY=1")
            ended = made.run(grace(app))
            notify("STOPPING=1")
    if not ended:
        _leave()
    return 0


def _leave() -> None:
    """End the process although a request is in flight."""
    click.echo("A request in flight did not end in time; it is looked for before it is sent again.", err=True)
    sys.stdout.flush()
    os._exit(0)  # its threads would keep the process


def _refuse(app: "App", accounts: tuple[str, ...]) -> None:
    """:raises ConfigError: where no worker can work"""
    from crosspost.app.ledger_access import in_database

    if not in_database(app):
        raise ConfigError(
            "workers share a ledger in PostgreSQL, and this one is in a file, from which one process sends at a time: "
            "`crosspost run` or `crosspost daemon`. To move it: `crosspost help database`"
        )
    if unknown := [name for name in accounts if name not in app.accounts()]:
        known = ", ".join(app.accounts()) or "none"
        raise ConfigError(f"--account {unknown[0]}: there is no such account, or it is switched off. There is: {known}")


def _names(app: "App") -> tuple[str, ...]:
    return app.settings.site_names if app.settings is not None else ()


def _place(app: "App", site: Path | None) -> "Address":
    """Where it is handed out: beside the ledger, or for all of several sites in what they share."""
    from crosspost.app.ledger_database import main_database

    if site is None and _names(app):
        return main_database(app.settings, app.credentials, app.main_ledger_file())
    place = app.ledger_place()
    assert not isinstance(place, Path)  # noqa: S101  # for the type checker: it was refused before
    return place


def _warn_without_a_key(app: "App") -> None:
    """Say now what would stop accounts later whose tokens are renewed."""
    from crosspost.app.stored_tokens import table_and_keys

    said = app.settings
    if said is None or not said.secrets.in_database:
        return
    try:
        table_and_keys(app)
    except ConfigError as error:
        complain(str(error), "Warning")


def _look(app: "App", control: "RunControl") -> bool:
    """One run; False when another one was at work."""
    from crosspost.cli.run_reports import run_again

    _refuse(app, ())  # the config may name another ledger by now
    return run_again(app, control) is not None


def _look_at_each(file: Path, sites: "Sites", made: "Worker", told: dict[str, str], part: float) -> int:
    """One run of each site at which nobody looked lately; gives the exit code of all.

    :param told: what was last said to be wrong with each
    :param part: the part of the sites that comes last: workers that begin at different ones share the looks
    """
    from crosspost.app import loading
    from crosspost.app.running import idle_stamp
    from crosspost.cli import run_sites
    from crosspost.cli.run_reports import run_again

    begun = time.time_ns()

    def one(app: "App", stamp: Path | None, **shared: Any) -> int | None:
        _refuse(app, ())  # the config may name another ledger by now
        return run_again(app, made.control(site_name(app)), stamp=stamp, begun=begun, **shared)

    found = loading.load_each(
        config=file, site=None, environ=os.environ, clock=now, required=True, fetch=True, waits=False
    )
    sites.note(found)
    return run_sites.run(
        found,
        one,
        stamps=lambda name: idle_stamp.place(os.environ, file, Path(name)),
        quiet=True,
        told=told,
        wanted=lambda name, ago: made.wanted(name, told, ago),
        first=int(part * len(found)),
    )


def _wrong(site: str, sentence: str) -> None:
    """What a person should know of one of several sites, or of the only one."""
    from crosspost.config.sites import in_words_of

    lead = f"{site}: " if site and not logs() else ""
    with tracing.about(site=site):
        say(f"Error: {lead}{in_words_of(site, sentence)}", wrong=True)


class _Progresses:
    """What is told of the deliveries of each site.

    :param out: where it is told; a look at a site, which goes on at the same time, gathers what it has to say
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, app: "App") -> "Progress":
        if logs():
            from crosspost.cli.run_log import DeliveryLog

            return DeliveryLog(site_name(app))
        from crosspost.workers.worker import Told

        return Told(partial(self._sent, site_name(app)))

    def _sent(self, site: str, delivery: "Delivery") -> None:
        where = delivery.url or delivery.error or delivery.why
        name = f"{site}: {delivery.account}" if site else delivery.account
        say(f"{name}: {delivery.post}: {delivery.state}{f' {where}' if where else ''}", out=self._out)
