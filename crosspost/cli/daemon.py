"""``crosspost daemon``: run again and again, for machines without cron."""

import signal
from datetime import datetime
from pathlib import Path

import click

from crosspost.cli.common import open_house, places
from crosspost.errors import ConfigError, CrosspostError


@click.command()
@click.option("--every", type=click.IntRange(5, 86400), default=60, show_default=True, help="Seconds between two runs.")
@places
def daemon(every: int, config: Path | None, site: Path | None) -> int:
    """Do what `crosspost run --quiet` does, every minute, until SIGTERM or Ctrl-C.

    Config, tokens and posts are read anew each time, so changes count at once. One daemon per ledger; cron runs and
    commands beside it are safe.
    """
    from crosspost.daemon import Daemon, systemd
    from crosspost.ledger import Busy, run_lock

    house = open_house(config, site, required=True)
    place = house.ledger_path()
    arguments = ["--quiet", *(["--config", str(house.settings.file)] if house.settings else [])]
    arguments += ["--site", str(site)] if site else []
    worker = Daemon(lambda: _tick(arguments), every, systemd)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: worker.stop())
    try:
        with run_lock(
            place.with_name(place.name + ".daemon.lock"), needed=not (house.settings and house.settings.state.shared)
        ):
            click.echo(f"Watching {house.site}; a run every {every} seconds. Ctrl-C ends it.")
            worker.run()
    except Busy as busy:
        raise ConfigError(f"a daemon works on {place} already ({busy})") from None
    return 0


def _tick(arguments: list[str]) -> None:
    """One run. What a person should know goes to standard output and error, where the service manager keeps it."""
    from crosspost.cli import run

    try:
        run.run.main(arguments, standalone_mode=False)
    except CrosspostError as error:
        click.echo(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} Error: {error}", err=True)
