"""``crosspost daemon``: run again and again, for machines without cron."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import now, open_app, open_ledger, places
from crosspost.cli.telling import after_failure
from crosspost.cli.work import RunControl
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.daemon import Daemon, Health


@click.command()
@click.option("--every", type=click.IntRange(5, 86400), help="Seconds between two runs  [60, or [daemon] every]")
@click.option(
    "--health", type=click.IntRange(0, 65535), metavar="PORT", help="Say at http://127.0.0.1:PORT/health how it is."
)
@places
def daemon(every: int | None, health: int | None, config: Path | None, site: Path | None) -> int:
    """Do what `crosspost run --quiet` does, every minute, until SIGTERM or Ctrl-C.

    Config, tokens and posts are read anew each time; when they change, or at SIGHUP, it runs at once. One daemon per
    ledger; cron runs and commands beside it are safe.
    """
    from crosspost.daemon import Daemon, Health, Watcher, notify, watchdog
    from crosspost.ledger import Busy, run_lock

    app = open_app(config, site, required=True)
    said, place = app.settings, app.ledger_path()
    assert said is not None  # noqa: S101  # for the type checker: it is required
    pause = every or said.daemon.every
    stop = threading.Event()
    known = Health(pause, now, lambda: _situation(ticks.app))

    def step() -> None:
        worker.progress()
        known.stepped()

    ticks = _Ticks(app, RunControl(stop=stop, progress=step), known, site)
    watched = Watcher(_watched(app))
    worker = Daemon(
        ticks, pause, notify, changed=watched.changed, watchdog=watchdog(os.environ, os.getpid()), grace=_grace(app)
    )
    _listen(worker, stop)
    try:
        lock = run_lock(place.with_name(place.name + ".daemon.lock"), needed=not said.state.shared)
        with lock, _served(health, said.daemon.health, known):
            click.echo(f"Watching {app.site}; a run every {pause} seconds. Ctrl-C ends it.")
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


class _Ticks:
    """One run after the other. What a person should know goes to standard output and error, where the service manager
    keeps it; a config that stays broken is said once, not every minute."""

    def __init__(self, app: "App", watch: RunControl, health: "Health", site: Path | None) -> None:
        self.app, self._watch, self._health, self._site = app, watch, health, site
        self._said = ""

    def __call__(self) -> None:
        from crosspost.cli import run

        good = False
        try:
            run.run.main(self._arguments(), standalone_mode=False, obj=self._watch)
            self._worked()
            good = True
        except CrosspostError as error:
            self._failed(error)
        finally:
            self._health.ticked(good)

    def _arguments(self) -> list[str]:
        file = self.app.settings.file if self.app.settings else ""
        return ["--quiet", "--config", str(file), *(["--site", str(self._site)] if self._site else [])]

    def _worked(self) -> None:
        from crosspost.app import application

        if self._said:
            click.echo(f"{_time()} It works again.")
            self._said = ""
        with contextlib.suppress(CrosspostError):  # it has just become wrong: the next tick says so
            file = self.app.settings.file if self.app.settings else None
            self.app = application.load(
                config=file, site=self._site, environ=os.environ, clock=self.app.clock, required=True
            )

    def _failed(self, error: CrosspostError) -> None:
        if str(error) != self._said:
            click.echo(f"{_time()} Error: {error}", err=True)
            self._said = str(error)
            after_failure(self.app, error)  # by the last config that was good: the present one cannot be read


def _time() -> str:
    return f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"


def _watched(app: "App") -> list[Path]:
    """Config, secrets, the site's own config, and where its posts are."""
    said = app.settings
    assert said is not None  # noqa: S101  # for the type checker
    named = [app.site / said.site.posts] if said.site.posts else [app.site / "_posts", app.site / "posts"]
    folders = [folder for folder in named if folder.is_dir()] or [app.site]
    return [said.file, said.beside(said.secrets.file), app.site / "_config.yml", *folders]


def _grace(app: "App") -> float:
    """Seconds a request in flight may last, and what comes with it."""
    return max((max(account.timeout * 2, 30) for account in app.accounts().values()), default=30) + 30


def _listen(worker: "Daemon", stop: threading.Event) -> None:
    """SIGTERM and Ctrl-C end it after what is in flight, a second one at once; SIGHUP wakes it."""

    def end(number: int, _frame: object) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()
        worker.stop()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda *_: worker.wake())


@contextlib.contextmanager
def _served(asked: int | None, said: int, health: "Health") -> Iterator[None]:
    """Meanwhile say over HTTP how it is, when somebody wants to know."""
    from crosspost.daemon import serve

    port = said if asked is None else asked
    if asked is None and not said:
        yield
        return
    with contextlib.ExitStack() as stack:
        try:
            real = stack.enter_context(serve(port, health.report))
        except OSError as error:
            raise ConfigError(f"port {port} for --health cannot be used: {error.strerror}") from None
        click.echo(f"http://127.0.0.1:{real}/health says how it is.")
        yield


def _situation(app: "App") -> dict[str, Any]:
    """Deliveries by state and paused accounts: counts and names only."""
    if not app.ledger_path().exists():
        return {"deliveries": {}, "paused": []}
    ledger = open_ledger(app, read_only=True)
    try:
        states: dict[str, int] = {}
        for (_, state), number in ledger.counts().items():
            states[state] = states.get(state, 0) + number
        known = [ledger.account(name) for name in app.accounts()]
    finally:
        ledger.close()
    paused = [one.name for one in known if one.paused_until is not None and one.paused_until > app.clock()]
    return {"deliveries": states, "paused": paused}
