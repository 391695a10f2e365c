"""All sites of a config at once: what their overview and their calendar are made from."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from crosspost.errors import CrosspostError
from crosspost.model import Value
from crosspost.web.site_prefix import here

if TYPE_CHECKING:
    from crosspost.web.current_site import Current, Forecast
    from crosspost.web.glances import Glances
    from crosspost.web.users import User

#: seconds a page waits for the first forecasts, of all sites together
_PATIENCE = 3.0


class Part(Value, frozen=True, kw_only=True):
    """One site: its name, and what its pages show ("" and the site itself where a page is about one site only)."""

    name: str
    current: "Current"
    forecast: "Forecast | None"


class Everything:
    """Every site of a config: what :class:`crosspost.web.current_site.Current` is for pages about one site.

    :param names: gives the names of the sites as they are now
    :param current_of: gives what the pages of one site show
    :param glances: what is seen of them where there are so many that nobody reads a part about each
    """

    def __init__(
        self, names: Callable[[], Sequence[str]], current_of: "Callable[[str], Current]", glances: "Glances"
    ) -> None:
        self.names, self._current_of, self.glances = names, current_of, glances

    def shown_to(self, visitor: "User") -> list[str]:
        """The names of the sites that somebody may see."""
        return [name for name in self.names() if visitor.sees(name)]

    def check(self, name: str) -> None:
        """Make sure that the pages of a site can be shown.

        :raises CrosspostError: with what is wrong
        """
        self._current_of(name).app  # noqa: B018  # the config may have a mistake by now

    def parts(self, visitor: "User") -> tuple[list[Part], dict[str, str]]:
        """The sites that somebody may see and can be shown, and why others of theirs cannot: name → sentence."""
        found: dict[str, Current] = {}
        wrong: dict[str, str] = {}
        for name in self.shown_to(visitor):
            try:
                current = self._current_of(name)
                with current.reading():  # the config may have a mistake by now, or the ledger be damaged
                    found[name] = current
            except CrosspostError as error:
                wrong[name] = str(error)
        for current in found.values():  # all are made at the same time
            current.forecast(0)
        end = time.monotonic() + _PATIENCE
        return [
            Part(name=name, current=current, forecast=current.forecast(max(0.0, end - time.monotonic())))
            for name, current in found.items()
        ], wrong

    @property
    def zone(self) -> tzinfo:
        """The time zone of the first site that somebody may see and that can be shown."""
        first = self._first()
        return first.zone if first is not None else UTC

    def now(self) -> datetime:
        """The present moment."""
        first = self._first()
        return first.now() if first is not None else datetime.now(UTC)

    def _first(self) -> "Current | None":
        for name in here().names or self.names():
            try:
                current = self._current_of(name)
                current.zone  # noqa: B018  # a site that cannot be read has none
            except CrosspostError:
                continue
            return current
        return None
