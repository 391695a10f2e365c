"""What the pages show, as it is now: the config is read anew when it changes, and the forecast is made beside them."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost import tracing
from crosspost.app.ledger_access import in_database, lock, no_ledger_yet, open_ledger
from crosspost.app.times import zone_of
from crosspost.config.sites import MAIN
from crosspost.errors import CrosspostError
from crosspost.model import Value
from crosspost.web.background_work import Helpers, Works
from crosspost.web.conversation import Conversations

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.model import Entry
    from crosspost.schedule import Agenda, Planned

#: how far the forecast looks, how old it may be when something changed, and when nothing did (seconds)
HORIZON, FRESH, OLDEST = timedelta(days=62), 10, 300
#: how long a page waits for the first forecast, and an action for a run that is at work (seconds)
_PATIENCE, _LOCK = 3, 10
#: make the forecasts of all sites
_HELPERS = Helpers(4)


class Forecast(Value, frozen=True, kw_only=True):
    """What goes out when, as of ``made``. ``error`` is why it cannot be said.

    :ivar entries: what the site has
    :ivar agendas: each account's schedule, and when its posts went out
    """

    made: datetime
    lines: "tuple[Planned, ...]" = ()
    entries: "tuple[Entry, ...]" = ()
    agendas: Mapping[str, "Agenda"] = {}
    zone: tzinfo = UTC
    error: str = ""


class Current:
    """Config, ledger and forecast of one installation.

    :param load: reads the config and gives the app
    """

    def __init__(self, load: "Callable[[], App]") -> None:
        self._load, self._lock = load, threading.Lock()
        #: what is being done beside the pages, by the id of the post
        self.works = Works()
        #: accounts that are being connected
        self.conversations = Conversations()
        self._app = load()
        self._seen = self._files()
        self._forecast: Forecast | None = None
        self._basis: object = None
        self._made, self._turn = 0.0, 0
        self._ready, self._turning = threading.Event(), threading.Lock()
        self._wanted = self._at_work = False

    @property
    def app(self) -> "App":
        """The app of the config as it is now.

        :raises ConfigError: when the config cannot be used
        """
        with self._lock:
            seen = self._files()
            if seen != self._seen:
                self._app = self._load()
                self._seen = seen
            return self._app

    @property
    def site(self) -> str:
        """The name of the site that is shown; the only one of a config has that of ``[site]``."""
        try:
            said = self.app.settings
        except CrosspostError:  # then no page shows anything but that mistake
            said = self._app.settings
        return (said.name if said is not None else "") or MAIN

    @property
    def zone(self) -> tzinfo:
        """The site's time zone, as the last forecast found it."""
        return self._forecast.zone if self._forecast is not None else zone_of(self._app)

    def now(self) -> datetime:
        """The present moment, by the app's clock."""
        return self._app.clock()

    @contextmanager
    def reading(self) -> "Iterator[Ledger | None]":
        """The ledger, to read; None before the first run."""
        app = self.app
        if no_ledger_yet(app):
            yield None
            return
        ledger = open_ledger(app, read_only=True)
        try:
            yield ledger
        finally:
            ledger.close()

    @contextmanager
    def writing(self) -> "Iterator[Ledger]":
        """The ledger, to change it; no run is at work meanwhile.

        :raises Busy: when one is, for longer than a person waits
        """
        app = self.app
        with lock(app, wait=_LOCK):
            ledger = open_ledger(app)
            try:
                yield ledger
            finally:
                ledger.close()
        self.look_again()

    def file_of(self, post: str) -> str:
        """The file of a post, by the id that the site or the ledger knows it by; "" when there is none."""
        forecast = self.forecast()
        found = next((e.path for e in forecast.entries if e.id == post), "") if forecast is not None else ""
        if not found:
            with self.reading() as ledger:
                found = ledger.listing.file_of(post) if ledger is not None else ""
        return found if found and Path(found).is_file() else ""

    def look_again(self) -> None:
        """The site has changed by what was done here: make the forecast anew, and let the next page wait for it."""
        self._turn += 1  # a forecast that is being made is out of date
        self._ready.clear()
        self._want()

    def rest(self) -> None:
        """Nobody has looked at this site for a while: forget what can be made anew, which may be large."""
        self._turn += 1
        self._forecast = None
        self._ready.clear()  # last, so that it never says that there is one when there is none

    def forecast(self, patience: float = _PATIENCE) -> Forecast | None:
        """What goes out when; None while it is made for the first time, which takes longer than a page waits.

        :param patience: how long it waits, in seconds
        """
        self._want()
        self._ready.wait(patience)
        return self._forecast

    def _want(self) -> None:
        """Have somebody see whether the forecast is still good."""
        with self._turning:
            self._wanted = True
            if self._at_work:
                return
            self._at_work = True
        _HELPERS.begin(tracing.carried(self._forecast_while_wanted))

    def _forecast_while_wanted(self) -> None:
        try:
            while self._taken():
                self._renew_forecast()
        except BaseException:
            self._at_work = False
            raise

    def _taken(self) -> bool:
        with self._turning:
            self._at_work, self._wanted = self._wanted, False
            return self._at_work

    def _renew_forecast(self) -> None:
        age = time.monotonic() - self._made
        turn, basis = self._turn, self._basis_of_forecast()
        failed = self._forecast is not None and self._forecast.error  # a database may be back at any moment
        if not failed and self._ready.is_set() and age < (OLDEST if basis == self._basis else FRESH):
            return
        self._forecast = self._forecast_now()
        self._basis, self._made = basis, time.monotonic()
        if turn == self._turn:
            self._ready.set()
        else:
            self._wanted = True

    def _forecast_now(self) -> Forecast:
        from crosspost.app.forecast import forecast

        try:
            app = self.app
            entries = tuple(app.source().scan())
            found = forecast(app, HORIZON)
            return Forecast(
                made=app.clock(), lines=tuple(found.lines), entries=entries, zone=zone_of(app), agendas=found.agendas
            )
        except CrosspostError as error:
            return Forecast(made=datetime.now(UTC), error=str(error))

    def _basis_of_forecast(self) -> object:
        """Changes whenever the forecast may have."""
        try:
            app = self.app
            state = ledger_state(app)
            # another machine's changes of a database are seen in no file: then it is made anew after a while
            beyond = time.monotonic() // FRESH if in_database(app) else 0
        except CrosspostError as error:
            return str(error)
        folders = [app.site, *(app.site / name for name in ("_posts", "posts"))]
        return beyond, state, [_state(file) for file in folders]

    def _files(self) -> object:
        """Changes whenever config or secrets do."""
        settings = self._app.settings
        if settings is None:
            return None
        return [_state(file) for file in (settings.file, settings.beside(settings.secrets.file))]


def ledger_state(app: "App") -> object:
    """Changes whenever the file of a ledger does.

    :raises ConfigError: when the config names no valid path
    """
    ledger = app.ledger_path()
    return _state(ledger), _state(ledger.with_name(f"{ledger.name}-wal"))


def _state(file: Path) -> tuple[int, int] | None:
    try:
        looked = file.stat()
    except OSError:
        return None
    return looked.st_mtime_ns, looked.st_size
