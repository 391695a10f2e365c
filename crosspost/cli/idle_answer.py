"""``crosspost run`` when a stamp says that nothing can be due: answered without reading options with click.

Importing click takes as long as everything else such a run does. So the few options that cron uses are read here; with
any other word the command itself decides, which asks the same stamp.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from crosspost.app.running import idle_stamp

NOTHING_DUE = "Nothing is due."
#: options that change nothing when nothing is due
_FLAGS = {"--quiet", "--yes", "--verbose"}
_PLACES = {"--config", "--site"}


def answered(words: list[str]) -> bool:
    """Whether these words are a run that has nothing to do, which was then said, unless with ``--quiet``."""
    if words[:1] != ["run"] or (places := _places(words[1:])) is None:
        return False
    try:
        stamp = idle_stamp.place(os.environ, places.get("--config"), places.get("--site"))
        return idle_stamp.still(stamp, datetime.now(UTC)) and ("--quiet" in words or _said())
    except OSError:  # the current folder is gone: the command says so
        return False
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(130)


def _places(words: list[str]) -> dict[str, Path] | None:
    """The places that are named, as click reads them (the last one counts); None with words that click must read."""
    found, waiting = {}, iter(words)
    for word in waiting:
        name, joined, value = word.partition("=")
        if name in _PLACES:
            value = value if joined else next(waiting, "-")
            if value.startswith("-"):  # perhaps an option, perhaps missing
                return None
            found[name] = Path(value)
        elif word not in _FLAGS:
            return None
    return found


def _said() -> bool:
    try:
        sys.stdout.write(f"{NOTHING_DUE}\n")
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):  # a full disk, a reader who has gone, closed: the command tells it
        return False
    return True
