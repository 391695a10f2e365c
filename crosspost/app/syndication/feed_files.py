"""The feeds of what was said that each run writes into the site, as ``[feed]`` asks for; see :mod:`.published_feed`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.sites.site_folder import refuse_writing
from crosspost.errors import ConfigError, CrosspostError, SourceError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger

_TROUBLE = "feed trouble"
#: how every feed of ours is titled
_OURS = "what was said elsewhere"


def in_a_run(app: "App", ledger: "Ledger", warn: Callable[[str], None]) -> None:
    """Write the feeds anew where something changed, and commit them as what is written back.

    :param warn: takes a sentence about what could not be written, the first time
    """
    if app.settings is None or not app.settings.feed.files or app.on_trial():
        return
    from crosspost.app import open_problems

    try:
        wrong = _written(app, ledger)
    except CrosspostError as error:
        wrong = [str(error)]
    open_problems.keep(ledger, _TROUBLE, wrong, warn)


def _written(app: "App", ledger: "Ledger") -> list[str]:
    """Write them.

    :returns: what could not be done, sentences
    :raises CrosspostError: when none can be written
    """
    from crosspost.app.syndication import published_feed
    from crosspost.app.write_back.repository import brought

    assert app.settings is not None  # noqa: S101  # for the type checker
    said = app.settings.feed
    accounts = app.chosen(said.accounts)
    found = published_feed.feed(app, ledger, accounts, said.limit)
    if not found.items:
        return []  # an empty feed would be another one each time
    wrong, files = [], []
    for name in said.files:
        try:
            file = _place(app, name)
            if file.suffix == ".ics":
                from crosspost.app.syndication import published_calendar  # most sites have none

                text = published_calendar.calendar(published_calendar.events(app, ledger, accounts, said.limit))
            else:
                is_json = file.suffix == ".json"
                text = published_feed.json_feed(found) if is_json else published_feed.atom(found, app.clock())
            _write(file, text)
            files.append(file)
        except CrosspostError as error:
            wrong.append(str(error))
    return wrong + brought(app, files, "What was said elsewhere, by crosspost")


def _place(app: "App", name: str) -> Path:
    from crosspost.app.syndication.published_feed import ENDINGS

    refuse_writing(app, "a feed of what was said")
    file = app.site / name
    if file.suffix not in ENDINGS:
        raise ConfigError(f"[feed] files: {name} must end in .xml, .atom, .json or .ics")
    if not file.resolve().is_relative_to(app.site.resolve()):
        raise ConfigError(f"[feed] files: {name} is not in the site ({app.site})")
    return file


def _write(file: Path, text: str) -> None:
    """:raises SourceError: when it cannot be written, or somebody else wrote it"""
    from crosspost.sources import whole_file

    after = text.encode()
    try:
        before = file.read_bytes() if file.exists() else None
        if before and _OURS.encode() not in before[:2000]:
            raise SourceError(f"{file}: crosspost did not write it, so it is left alone; name another one under [feed]")
        if after != before:
            file.parent.mkdir(parents=True, exist_ok=True)
            whole_file.replace(file, before, after)
    except whole_file.FileChanged:
        raise SourceError(f"{file}: the file changed meanwhile; the next run writes it again") from None
    except OSError as error:
        raise SourceError(f"{file}: cannot be written: {error.strerror or error}; make it writable") from None
