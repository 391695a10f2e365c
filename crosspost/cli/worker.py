"""``crosspost worker``: one of several processes that send from one ledger in PostgreSQL."""

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli.common import begin_traces, log_option, now, open_app, places, say, site_name
from crosspost.cli.health_page import every_site, health_option, served
from crosspost.cli.layout import complain
from crosspost.cli.terminal import logs
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.progress import Progress
    from crosspost.app.runner import RunControl
    from crosspost.ledger import Delivery
    from crosspost.workers.worker import Worker


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
    from crosspost.daemon import Health, notify
    from crosspost.daemon.ticks import Ticks, grace, situation
    from crosspost.workers import queue
    from crosspost.workers.worker import Worker

    app = open_app(config, site, required=True)
    _refuse(app, accounts)
    begin_traces(app)
    place = app.ledger_place()
    assert not isinstance(place, Path)  # noqa: S101  # for the type checker: it was refused above
    current: list[RunControl] = []
    known = Health(every, now, lambda: situation(ticks.app))
    ticks = Ticks(app, lambda it: _look(it, current[0]), known, say, site=site)

    def look(control: "RunControl") -> None:
        current[:] = [control]
        ticks()

    with worker_slot(app) as owner:
        made = Worker(
            lambda: open_app(config, site, required=True, fetch=True),
            queue.opened(kind, place, accounts),
            look,
            every=every,
            owner=owner,
            progress=_progress(app),
            say=lambda sentence: say(f"Error: {sentence}", wrong=True),
            step=known.stepped,
        )
        _listen(made)
        apps = every_site(config, site)
        with served(health, 0, known, apps=apps, draining=made.stop.is_set, alive=made.alive):
            click.echo(f"Sending from {place}, {concurrency} at a time. Ctrl-C ends it.")
            _warn_without_a_key(app)
            notify("READY=1")
            ended = made.run(concurrency, grace(app))
            notify("STOPPING=1")
    if not ended:
        click.echo("A request in flight did not end in time; it is looked for before it is sent again.", err=True)
        sys.stdout.flush()
        os._exit(0)  # its threads would keep the process
    return 0


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


def _warn_without_a_key(app: "App") -> None:
    """Say now what would stop accounts later whose tokens are renewed."""
    from crosspost.app.kept_logins import table_and_keys

    said = app.settings
    if said is None or not said.secrets.in_database:
        return
    try:
        table_and_keys(app)
    except ConfigError as error:
        complain(str(error), "Warning")


def _look(app: "App", control: "RunControl") -> bool:
    """One run; False when another one was at work."""
    from crosspost.cli.run_reports import printer, run_and_show

    shown = printer(app)
    run_and_show(app, shown, quiet=True, control=control)
    return not shown.left_alone


def _progress(app: "App") -> "Progress":
    """What is told of each delivery."""
    if logs():
        from crosspost.cli.run_log import DeliveryLog

        return DeliveryLog(site_name(app))
    from crosspost.workers.worker import Told

    return Told(_sent)


def _sent(delivery: "Delivery") -> None:
    where = delivery.url or delivery.error or delivery.why
    say(f"{delivery.account}: {delivery.post}: {delivery.state}{f' {where}' if where else ''}")


def _listen(made: "Worker") -> None:
    """SIGTERM and Ctrl-C end it after what is in flight, a second one at once."""

    def end(number: int, _frame: object) -> None:
        if made.stop.is_set():
            os._exit(128 + number)
        made.stop.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
