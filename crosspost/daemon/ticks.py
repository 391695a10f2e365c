"""Run after run over a site, under a config that may change between two of them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.running.notify import after_failure
from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.daemon.health import Health


class Say(Protocol):
    """Takes a line for the service manager's log."""

    def __call__(self, sentence: str, *, wrong: bool = False) -> None: ...


class Ticks:
    """One run after the other; what goes wrong again and again in the same way is said once.

    The config is read anew for each run; one that cannot be read is told by the last one that was good.

    :param work: does one run
    :param say: takes what a person should know
    :param site: the site's folder, instead of the config's
    """

    def __init__(
        self, app: "App", work: Callable[["App"], object], health: "Health", say: Say, *, site: Path | None = None
    ) -> None:
        self.app, self._work, self._health, self._say, self._site = app, work, health, say, site
        self._wrong = ""

    def __call__(self) -> None:
        good = False
        try:
            self.app = self._read()
            self._work(self.app)
            if self._wrong:
                self._say("It works again.")
                self._wrong = ""
            good = True
        except CrosspostError as error:
            self._failed(error)
        finally:
            self._health.ticked(good)

    def _read(self) -> "App":
        from crosspost.app import loading

        file = self.app.settings.file if self.app.settings else None
        return loading.load(config=file, site=self._site, environ=os.environ, clock=self.app.clock, required=True)

    def _failed(self, error: CrosspostError) -> None:
        if str(error) == self._wrong:
            return
        self._say(f"Error: {error}", wrong=True)
        self._wrong = str(error)
        after_failure(self.app, error, lambda sentence: self._say(f"Warning: {sentence}", wrong=True))


def watched_files(app: "App") -> list[Path]:
    """Config, secrets, the site's own config, and where its posts are."""
    said = app.settings
    assert said is not None  # noqa: S101  # for the type checker
    named = [app.site / said.site.posts] if said.site.posts else [app.site / "_posts", app.site / "posts"]
    folders = [folder for folder in named if folder.is_dir()] or [app.site]
    return [said.file, said.beside(said.secrets.file), app.site / "_config.yml", *folders]


def grace(app: "App") -> float:
    """Seconds a request in flight may last, and what comes with it."""
    return max((max(account.timeout * 2, 30) for account in app.accounts().values()), default=30) + 30


def situation(app: "App") -> dict[str, Any]:
    """Deliveries by state and paused accounts: counts and names only.

    :raises LedgerError: when the ledger cannot be read, or is gone
    """
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
