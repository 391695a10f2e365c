"""When a run had nothing to do: how long that stays so while nothing changes, and the stamp that says it."""

import contextlib
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.ledger_access import carried, in_database
from crosspost.app.running import idle_stamp
from crosspost.config.settings_file import DEFAULT_PLACES

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.outcome import RunOutcome
    from crosspost.delivery import Plan
    from crosspost.ledger import Ledger
    from crosspost.model import Entry

#: the longest time: copies, tokens that end, alerts that are told again, all that counts in days is looked after then
_LONGEST = timedelta(minutes=30)
#: a post that is missing for less is waited for
_MISSING = timedelta(hours=1)


class Watch:
    """What a run notes so that the next one need not be.

    :ivar until: the next moment at which a post of the listing is ready, or something else is looked after
    :ivar folders: all that the listing depends on, when the next run has nothing to do; else empty
    :ivar mark: what tells this state of a ledger in a database from others
    """

    def __init__(self, now: datetime) -> None:
        self.now, self.until = now, now + _LONGEST
        self.folders: tuple[Path, ...] = ()
        self.mark = ""

    def begin(self, ledger: "Ledger") -> None:
        """From now on the ledger must stay as it is, but for what this run writes into a file."""
        self.mark = ledger.idle.mark()

    def end(self, ledger: "Ledger") -> None:
        """Nothing more is written. What somebody else changed meanwhile this run may not have seen."""
        if not self.folders:
            return
        found = ledger.idle.rest(self.mark, self.until)
        if found is None:
            self.folders = ()
        else:
            self.until, self.mark = found.until, found.mark

    def listing(self, entries: "Iterable[Entry]") -> "Iterator[Entry]":
        """The same entries, looked at in passing."""
        for entry in entries:
            if entry.date is not None and entry.date > self.now:
                self.until = min(self.until, entry.date)
            yield entry


def may_rest(app: "App", ledger: "Ledger", plan: "Plan", outcome: "RunOutcome", now: datetime) -> bool:
    """Whether the next run has nothing to do, as far as this one can tell; what is due is asked of the ledger apart."""
    told, found = app.notification_config(), plan.inventory
    doubted = ledger.open_doubt is not None or ledger.careful_since is not None
    if app.settings is not None and app.settings.site.git:  # what is new is elsewhere
        return False
    if in_database(app) and not _of_several(app):  # to ask the database takes as long as a look at one site
        return False
    if not app.accounts():  # the next run says so again
        return False
    happened = outcome.settled or outcome.changes or outcome.refused or outcome.first or found.older or found.trouble
    again = bool(outcome.resting)  # the next run says so again
    lately = any(post.gone_at is None or now - post.gone_at < _MISSING for post in found.missing)
    elsewhere = carried(app) or told.heartbeat or app.digests()
    standing = told.wanted and ledger.notices.standing()
    return not (happened or again or doubted or lately or elsewhere or standing)


def leave_stamp(app: "App", file: Path, watch: Watch, begun: int) -> None:
    """Write the stamp, after the ledger was closed and while no other run can begin. A failure does not matter."""
    path = app.ledger_path().absolute()
    files = []
    if not in_database(app):
        from crosspost.ledger.idle_state import rests

        if (found := rests(path, watch.until)) is None:
            return
        watch.until = found[0]
        files = [(idle_stamp.told(found[1]), str(path))]
    if watch.until <= watch.now:
        return
    with contextlib.suppress(OSError, RuntimeError):  # a file nobody may look at, links that lead in a circle
        state, roots = path.parent.resolve(), [folder.resolve() for folder in watch.folders]
        others = _files(app, path)
        if any(root.is_relative_to(state) for root in roots) or not all(map(idle_stamp.settled(begun), others)):
            return  # what the run itself writes is among the posts, or something changed a moment ago
        idle_stamp.leave(
            file,
            pulse=idle_stamp.pulse_of(path),
            span=(watch.now, watch.until),
            files=[*files, *((idle_stamp.state_of(one), str(one)) for one in others)],
            folders=[(root, state) for root in roots],
            begun=begun,
            said=app.said() if _of_several(app) else "",
            mark=watch.mark,
        )


def _files(app: "App", ledger: Path) -> list[Path]:
    """What counts besides the posts and the ledger's own file, there or not."""
    said = app.settings
    config = said.file.absolute() if said is not None else None
    places = [folder.absolute() / place for folder in (Path(), app.site) for place in DEFAULT_PLACES]
    if _of_several(app):
        places = [place for place in places if place != config]
    elif config is not None:
        places.append(config)
    return [
        *([said.beside(said.secrets.file).absolute()] if said is not None else []),
        *places,
        *(ledger.with_name(ledger.name + end) for end in ("-wal", "-journal")),
        *_mentions(app),
        *_git(app.site),
        *(Path(folder) for folder in sys.path if folder.endswith("-packages")),  # a network of another package
    ]


def _of_several(app: "App") -> bool:
    """Whether the config has other sites: then what it says for this one counts, and not its file."""
    return app.settings is not None and bool(app.settings.site_names)


def _mentions(app: "App") -> list[Path]:
    """Where webmentions wait that came from outside."""
    if app.settings is None or not app.settings.responses.webmentions:
        return []
    from crosspost.app.webmentions import inbox

    return [inbox.folder(app).absolute()]


def _git(site: Path) -> list[Path]:
    """What changes when another branch is checked out, or an operation of git begins."""
    from crosspost.sources.git_checkout import git_folder

    folder = git_folder(site)
    return [folder, folder / "HEAD"] if folder is not None else []
