"""What tells whether anybody changed a ledger since it was read: of one in a database a mark, of a file its times."""

import os
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.ledger_access import in_database
from crosspost.app.running.known_marks import KnownMarks
from crosspost.config.sites import MAIN

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger.postgresql.change_mark import Marked

#: a file that was changed less than so many seconds ago may be changed again and get the same time
_SETTLED = 2.0


class Bases:
    """The ledgers of many sites as they are now; those in a database are asked about together.

    :param apps: the sites by name
    """

    def __init__(self, apps: "Mapping[str, App]") -> None:
        self._marks = KnownMarks([(_schema(app), app) for app in apps.values()])

    def of(self, app: "App") -> object:
        """What differs whenever the config or somebody's change to a site's ledger does; None where nothing tells.

        :raises ConfigError: when the config names no valid path
        """
        state = self._mark(app) if in_database(app) else _state(app.ledger_path())
        said = hash(app.settings.text) if app.settings is not None else 0
        return (said, state) if state else None

    def there(self, app: "App") -> bool:
        """Whether it is known that there is a ledger, without asking once more."""
        return in_database(app) and bool(self._mark(app))

    def looked(self, app: "App") -> datetime | None:
        """When somebody last found that a ledger in a database needs no look."""
        found = self._found(app)
        return found.looked if found is not None else None

    def close(self) -> None:
        """End the connection."""
        self._marks.close()

    def _mark(self, app: "App") -> str:
        found = self._found(app)
        return found.mark if found is not None else ""

    def _found(self, app: "App") -> "Marked | None":
        return self._marks.of(_schema(app))


def _schema(app: "App") -> str:
    return (app.settings.name if app.settings is not None else "") or MAIN


def _state(ledger: Path) -> tuple[tuple[int, ...], ...]:
    """The times of a ledger's files; () while the next change may get the same ones."""
    from crosspost.ledger import filesystem

    found = list[tuple[int, ...]]()
    for file in (ledger, ledger.with_name(f"{ledger.name}-wal")):
        try:
            seen = os.stat(file)  # noqa: PTH116  # twice for each of a thousand sites
        except OSError:
            found.append(())
            continue
        if time.time() - max(seen.st_mtime, seen.st_ctime) < _SETTLED:
            return ()
        found.append((seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns))
    # another machine's drive keeps times by its own clock
    return tuple(found) if any(found) and filesystem.is_local(ledger.parent) else ()
