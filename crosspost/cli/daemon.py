"""``crosspost daemon``: run again and again, for machines without cron."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.app.runner import RunControl
from crosspost.cli import ending
from crosspost.cli.common import begin_traces, log_option, now, open_app, places, say
from crosspost.cli.health_page import every_site, health_option, served
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.daemon import Daemon


@click.command()
@click.option("--every", type=click.IntRange(5, 86400), help="Seconds between two runs  [60, or [daemon] every]")
@health_option
@log_option
@places
def daemon(every: int | None, health: tuple[str, int] | None, config: Path | None, site: Path | None) -> int:
    """Do what `crosspost run --quiet` does, once a minute. It ends with SIGTERM or Ctrl-C.

    Config, tokens and posts are read anew each time; when they change, or at SIGHUP, it runs at once. One daemon per
    ledger; cron runs and commands beside it are safe.
    """
    from crosspost.daemon import Daemon, Health, Watcher, notify, scheduler_library, watchdog
    from crosspost.daemon.ticks import Standing, Ticks, grace, watched_files
    from crosspost.ledger import Busy, run_lock
    from crosspost.text.numbers import listed

    scheduler_library()  # what lacks is said before anything is begun
    app = open_app(config, site, required=True, whole=True)
    begin_traces(app)
    said, place = app.settings, app.main_ledger_file() if site is None else app.ledger_path()
    assert said is not None  # noqa: S101  # for the type checker: it is required
    pause = every or said.daemon.every
    stop = threading.Event()
    standing = Standing(site)
    known = Health(pause, now, lambda: standing.now(ticks.app))

    def step() -> None:
        worker.progress()
        known.stepped()

    control = RunControl(stop=stop, progress=step)

    told, wanted = dict[str, str](), threading.Event()

    def each(file: Path) -> int:
        return _work_on_each(file, control, told, wanted)

    ticks = Ticks(app, lambda now_app: _work(now_app, control), known, say, site=site, every_site=each)
    watched = Watcher(watched_files(app, site))
    worker = Daemon(
        ticks, pause, notify, changed=watched.changed, watchdog=watchdog(os.environ, os.getpid()), grace=grace(app)
    )
    _listen(worker, stop, wanted)
    try:
        lock = run_lock(place.with_name(place.name + ".daemon.lock"), needed=not said.state.shared)
        told_where = served(
            health,
            said.daemon.health,
            known,
            apps=every_site(config, site),
            draining=stop.is_set,
            alive=worker.alive,
        )
        with lock, told_where, _pages(app, config, site, stop.is_set):
            several = said.site_names if site is None else ()
            click.echo(f"Watching {listed(several) or app.site}; a run every {pause} seconds. Ctrl-C ends it.")
            ended = worker.run()
    except Busy as busy:
        raise ConfigError(f"a daemon works on {place} already ({busy})") from None
    if not ended:
        click.echo(
            "The run in flight did not end in time; what it was sending is looked for in the next one.", err=True
        )
        sys.stdout.flush()
        os._exit(0)  # its threads would keep the process
    return 0


def _work(app: "App", control: RunControl) -> bool:
    """One run; False when another one was at work."""
    from crosspost.cli.run_reports import run_again

    return run_again(app, control) is not None


def _work_on_each(file: Path, control: RunControl, told: dict[str, str], wanted: threading.Event) -> int:
    """One run of each site, but of those that rest by their stamps; gives the exit code of all.

    :param told: what was last said to be wrong with each
    :param wanted: whether a person wants it, so that no stamp counts; it is cleared
    """
    from crosspost.app import loading
    from crosspost.app.running import idle_stamp
    from crosspost.cli import run_sites
    from crosspost.cli.run_reports import run_again

    begun, whole = time.time_ns(), wanted.is_set()
    wanted.clear()

    def one(app: "App", stamp: Path | None, **shared: Any) -> int | None:
        return None if control.stop.is_set() else run_again(app, control, stamp=stamp, begun=begun, **shared)

    def stamps(name: str) -> Path | None:
        return idle_stamp.place(os.environ, file, Path(name)) if not whole else None

    found = loading.load_each(
        config=file, site=None, environ=os.environ, clock=now, required=True, fetch=True, waits=False
    )
    return run_sites.run(found, one, stamps=stamps, quiet=True, told=told)


def _listen(worker: "Daemon", stop: threading.Event, wanted: threading.Event) -> None:
    """SIGTERM and Ctrl-C end it after what is in flight, a second one at once; SIGHUP wakes it."""

    def wake(_number: int, _frame: object) -> None:
        wanted.set()
        worker.wake()

    def end() -> None:
        stop.set()
        worker.stop()

    ending.listen(stop, worker.busy, end)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, wake)


@contextlib.contextmanager
def _pages(app: "App", config: Path | None, site: Path | None, draining: Callable[[], bool]) -> Iterator[None]:
    """Meanwhile serve the dashboard, when the config says so."""
    said = app.settings.web if app.settings is not None else None
    if said is None or not said.daemon:
        yield
        return
    from crosspost.cli.web import site_loader
    from crosspost.web import serving

    with serving.beside(
        lambda: open_app(config, site, required=True, whole=True),
        host=said.host,
        port=said.port,
        load_site=site_loader(app, config, site),
        draining=draining,
    ) as port:
        click.echo(
            f"The dashboard is at {serving.place_of(said.host, port)}/; `crosspost web link` prints a link that lets "
            "you in."
        )
        yield
