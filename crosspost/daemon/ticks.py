"""Run after run over a site, under a config that may change between two of them."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from crosspost.app import wake_file
from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.running.run_notifications import after_failure
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.daemon.health_server import Health


#: does one run of each site of a config, and gives the exit code of all; what fails in one is told by it
EverySite = Callable[[Path], int]
#: the exit code when a site cannot be worked on, as in its config
_UNUSABLE = 2
#: seconds after which one answer about how everything stands reads no more ledgers
_ENOUGH = 1.0


class Say(Protocol):
    """Takes a line for the service manager's log."""

    def __call__(self, sentence: str, *, wrong: bool = False) -> None: ...


class Ticks:
    """One run after the other; what goes wrong again and again in the same way is said once.

    The config is read anew for each run; one that cannot be read is told by the last one that was good.

    :param work: does one run; False when another one was at work
    :param say: takes what a person should know
    :param site: the site that is named, instead of the config's
    :param every_site: does one run of each site of a config that has several, and none is named
    """

    def __init__(
        self,
        app: "App",
        work: Callable[["App"], object],
        health: "Health",
        say: Say,
        *,
        site: Path | None = None,
        every_site: EverySite | None = None,
    ) -> None:
        self.app, self._work, self._health, self._say, self._site = app, work, health, say, site
        self._every_site = every_site
        self._wrong = ""

    def __call__(self) -> None:
        good = False
        try:
            self.app = self._read()
            came = self._run(self.app)
            good = came if came is not None else not self._wrong
            if self._wrong and came is not None:
                self._say("It works again.")
                self._wrong = ""
        except CrosspostError as error:
            self._failed(error)
        finally:
            self._health.ticked(good)

    def _run(self, app: "App") -> bool | None:
        """One run; whether every site could be worked on. None: another run was at work, so nobody knows."""
        said = app.settings
        if self._every_site is None or self._site is not None or said is None or not said.site_names:
            return None if self._work(app) is False else True
        return self._every_site(said.file) != _UNUSABLE

    def _read(self) -> "App":
        from crosspost.app import loading

        file = self.app.settings.file if self.app.settings else None
        return loading.load(
            config=file,
            site=self._site,
            environ=os.environ,
            clock=self.app.clock,
            required=True,
            whole=True,
            fetch=True,
        )

    def _failed(self, error: CrosspostError) -> None:
        if str(error) == self._wrong:
            return
        self._say(f"Error: {error}", wrong=True)
        self._wrong = str(error)
        after_failure(self.app, error, lambda sentence: self._say(f"Warning: {sentence}", wrong=True))


def watched_files(app: "App", site: Path | None = None) -> list[Path]:
    """Config, secrets, hints, the site's own config, and where its posts are; of each site, where there are several.

    :param site: the one that is named
    """
    said = app.settings
    assert said is not None  # noqa: S101  # for the type checker
    if not said.site_names or site is not None:
        return _watched(app)
    from crosspost.app import loading

    every = loading.load_each(
        config=said.file, site=None, environ=os.environ, clock=app.clock, required=True, waits=False
    )
    found = [file for _, one in every if not isinstance(one, ConfigError) for file in _watched(one)]
    return list(dict.fromkeys(found or [said.file]))


def _watched(app: "App") -> list[Path]:
    said = app.settings
    assert said is not None  # noqa: S101  # for the type checker
    named = [app.site / said.site.posts] if said.site.posts else [app.site / "_posts", app.site / "posts"]
    folders = [folder for folder in named if folder.is_dir()] or [app.site]
    hinted = wake_file.file(app.main_ledger_file())
    beside = [said.file, said.beside(said.secrets.file), hinted, app.site / "_config.yml"]
    return [*beside, *folders, said.short_posts()]


def grace(app: "App") -> float:
    """Seconds a request in flight may last, and what comes with it."""
    return max((max(account.timeout * 2, 30) for account in app.accounts().values()), default=30) + 30


class Standing:
    """Deliveries by state and paused accounts, of all sites: counts and names only.

    :param site: the one that is named
    :param clock: seconds that pass steadily
    """

    def __init__(self, site: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        from crosspost.app.monitoring import Turns

        self._site = site
        self._turns = Turns(_tried, urgent=_is_wrong, enough=_ENOUGH, clock=clock)

    def now(self, app: "App") -> dict[str, Any]:
        """What is known now; of many sites some as they were at an answer before.

        :raises LedgerError: when a ledger cannot be read, or is gone
        """
        said = app.settings
        if said is None or not said.site_names or self._site is not None:
            return _situation(app)
        from crosspost.app import loading

        states, paused = dict[str, int](), dict[str, None]()
        every = loading.load_each(config=said.file, site=None, environ=os.environ, clock=app.clock, waits=False)
        for found in self._turns.see({name: one for name, one in every if not isinstance(one, ConfigError)}).values():
            if isinstance(found, CrosspostError):
                raise found
            for name, number in found["deliveries"].items():
                states[name] = states.get(name, 0) + number
            paused |= dict.fromkeys(found["paused"])
        return {"deliveries": states, "paused": list(paused)}


def _tried(_name: str, app: "App") -> dict[str, Any] | CrosspostError:
    try:
        return _situation(app)
    except CrosspostError as error:
        return error


def _is_wrong(found: dict[str, Any] | CrosspostError) -> bool:
    return isinstance(found, CrosspostError)


def _situation(app: "App") -> dict[str, Any]:
    if no_ledger_yet(app):
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
