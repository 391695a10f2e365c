"""A short post that is not an article, as a Markdown file among the site's posts; from then on it is like every other.

The file is hidden (``published: false``, ``draft: true``) until it was read back and every account can say it; whoever
is killed in between leaves a hidden file. A second click does not make a second post.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crosspost.app.editing import audit_log, note_file
from crosspost.app.editing.note_file import Written
from crosspost.app.editing.note_picture import SUFFIX, decoded
from crosspost.app.page_gate import pages
from crosspost.app.preview_model import ledger_to_read, look, networks
from crosspost.app.sites.site_folder import refuse_writing
from crosspost.app.times import zone_of
from crosspost.errors import ConfigError, CrosspostError, PostRefused, SourceError
from crosspost.model import Value
from crosspost.sources.short_posts import PREFIX
from crosspost.text.disk_space import remedy

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Person
    from crosspost.media import Fitted
    from crosspost.sources.base import Source
    from crosspost.sources.new_posts import NewPosts

_MOST_TEXT = 20_000
#: so long somebody who made the file a moment ago may take to write it, in seconds
_PATIENCE = 5


class Note(Value, frozen=True, kw_only=True):
    """A short post.

    ``title`` is that of its page ("": the beginning of the text), ``link`` is added to the text, ``picture`` are the
    bytes of a file and ``alt`` its alternative text. ``accounts`` are names of accounts or networks (none: all of
    them), ``at`` is when it goes out (None: as the accounts' schedules say). ``answers`` is the address of the
    post that it answers, ``tags`` are those of its page.
    """

    text: str
    title: str = ""
    link: str = ""
    picture: bytes = b""
    alt: str = ""
    accounts: tuple[str, ...] = ()
    at: datetime | None = None
    tags: tuple[str, ...] = ()
    answers: str = ""


def new(app: "App", note: Note, person: "Person") -> Path:
    """Write a short post into the site. It goes out with the next run, as every new post does.

    :returns: its file
    :raises ConfigError: for an account that is not there
    :raises MediaError: for a picture that cannot be used
    :raises CrosspostError: when it cannot be written, or an account cannot say it; then nothing is left behind
    """
    refuse_writing(app, "a short post")
    text, alt = _checked(app, note)
    accounts = app.chosen(note.accounts)
    source = app.source()
    place = source.new_posts
    picture = decoded(note.picture) if note.picture else None
    title = note_file.tidy(note.title).replace("\n", " ") or note_file.title_of(text or alt)
    with (
        _reserved(source, place, app.clock().astimezone(zone_of(app)), title, text) as file,
        contextlib.ExitStack() as undo,
    ):
        undo.callback(file.unlink, missing_ok=True)
        address = ""
        if picture is not None:
            kept = _keep(place.pictures, file.stem, picture)
            undo.callback(kept.unlink, missing_ok=True)
            address = f"{place.address}/{kept.name}"
        written = Written(
            text=text, title=title, date=app.clock().astimezone(zone_of(app)),
            at=note.at.astimezone(zone_of(app)) if note.at is not None else None,
            only=accounts if note.accounts else (), accounts=accounts,
            picture=address, shown=f"{urlsplit(source.url).path if place.below_the_site else ''}{address}", alt=alt,
            picture_key=_picture_key(source), unseen=place.hidden,
            tags=tuple(" ".join(note_file.tidy(tag).split()) for tag in note.tags), answers=note.answers,
        )  # fmt: skip
        _write(file, note_file.hidden(written))
        post = _sayable(app, file, accounts)
        audit_log.note(app, person, "note", post=post, said=f"wrote {file.name} for {', '.join(accounts)}")
        _show(app, file, place)
        undo.pop_all()
    return file


def _write(file: Path, text: bytes) -> None:
    """:raises SourceError: when it cannot be written"""
    try:
        file.write_bytes(text)
    except OSError as error:
        raise SourceError(f"{file}: cannot be written: {error.strerror}; nothing was kept") from None


def why_not(app: "App") -> str:
    """Why no short post can be written for this site, and what to do; "" where it can."""
    try:
        refuse_writing(app, "a short post")
        app.source().new_posts  # noqa: B018  # asking is what may fail
    except CrosspostError as error:
        return str(error)
    return ""


def _checked(app: "App", note: Note) -> tuple[str, str]:
    """The whole text and the alternative text.

    :raises CrosspostError: when something is missing, or cannot be so
    """
    text, alt, link = note_file.tidy(note.text), note_file.tidy(note.alt), note.link.strip()
    if link:
        _check_link(link)
        text = text if link in text else f"{text}\n\n{link}".strip()
    if note.answers:
        _check_link(note.answers)
    if not text:
        raise CrosspostError("there is nothing to say; write a text")
    if len(text) > _MOST_TEXT:
        raise CrosspostError(f"the text has {len(text):,} characters; a short post has at most {_MOST_TEXT:,}")
    if note.picture and not alt:
        raise CrosspostError("the picture needs an alternative text: say what it shows to those who cannot see it")
    if alt and not note.picture:
        raise CrosspostError("there is an alternative text, but no picture")
    if note.at is not None and note.at.tzinfo is None:
        raise CrosspostError("the time has no time zone")
    if note.at is not None and note.at < app.clock() - timedelta(minutes=1):
        raise CrosspostError(f"{note.at:%Y-%m-%d %H:%M} is over already; name a later time, or none")
    return text, alt


def _check_link(link: str) -> None:
    try:
        parts = urlsplit(link)
        sound = parts.scheme in ("http", "https") and parts.hostname and not any(c.isspace() for c in link)
    except ValueError:
        sound = False
    if not sound or not link.isprintable():
        raise CrosspostError(f"“{link[:80]}” is not the address of a page; a link begins with https://")


@contextlib.contextmanager
def _reserved(source: "Source", place: "NewPosts", today: datetime, title: str, text: str) -> Iterator[Path]:
    """An empty file of a name that no post has.

    :raises CrosspostError: when this very text was written today already, or the folder cannot be written
    """
    slug = note_file.slug_of(title)
    taken = {entry.id.removeprefix(PREFIX).rpartition("/")[2].partition("@")[0] for entry in source.paths()}
    for number in range(1, 1000):
        name = slug if number == 1 else f"{slug}-{number}"
        file = place.file(today, name)
        _refuse_repetition(source, file, text, today, wait=file.exists())
        if name in taken:
            continue
        try:
            place.folder.mkdir(parents=True, exist_ok=True)
            with file.open("xb"):
                pass
        except FileExistsError:  # somebody else's, of this moment
            _refuse_repetition(source, file, text, today, wait=True)
            continue
        except OSError as error:
            todo = remedy(error, "make that folder writable")
            raise SourceError(f"{file}: cannot be written: {error.strerror}; {todo}") from None
        yield file
        return
    raise CrosspostError(f"{place.folder} has a thousand posts called {slug}; give this one another title")


def _refuse_repetition(source: "Source", file: Path, text: str, today: datetime, *, wait: bool = False) -> None:
    """:raises CrosspostError: when a file of today says this text already

    :param wait: whether somebody may be writing it at this moment
    """
    deadline = time.monotonic() + (_PATIENCE if wait else 0)
    while True:
        with contextlib.suppress(SourceError, PostRefused, OSError):
            if file.stat().st_size:
                entry = source.entry(file)
                another_day = entry.date is not None and entry.date.astimezone(today.tzinfo).date() != today.date()
                if another_day or entry.overrides.everywhere.text != text:
                    return
                hidden = f"; it is hidden (`{entry.reason}`), take that line out" if entry.state == "skipped" else ""
                raise CrosspostError(f"{file} says just this already{hidden}; nothing was written")
        if time.monotonic() >= deadline:
            return
        time.sleep(0.05)


def _keep(folder: Path, stem: str, picture: "Fitted") -> Path:
    """The picture's file in the site.

    :raises SourceError: when it cannot be written
    """
    file = folder / f"{stem}{SUFFIX[picture.format]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as handle:
            handle.write(picture.data)
    except OSError as error:
        raise SourceError(f"{file}: cannot be written: {error.strerror}; nothing was kept") from None
    return file


def _picture_key(source: "Source") -> str:
    """The front matter key that this site's pictures are read from."""
    return next((key for key in source.keys.pictures if "[" not in key), "thumbnail")


def _sayable(app: "App", file: Path, accounts: list[str]) -> str:
    """The post's id, once it was read back and every account can say it.

    :raises CrosspostError: with every reason why not
    """
    source, ledger = app.source(), ledger_to_read(app)
    try:
        entry = source.entry(file)
        if entry.state == "refused":
            raise SourceError(entry.reason)
        post = pages(app, ledger, source.load, asks=False).load(entry)
        shown = [look(one, post, entry, drawn=False) for one in networks(app, accounts, ledger)]
    finally:
        if ledger is not None:
            ledger.close()
    wrong = [
        f"{one.network.account}: {one.error.removeprefix(f'{one.network.account}: ')}" for one in shown if one.error
    ]
    if wrong:
        raise ConfigError(f"nothing was written. {' '.join(wrong)}")
    return entry.id


def _show(app: "App", file: Path, place: "NewPosts") -> None:
    """Have the file count, at once and as a whole.

    :raises CrosspostError: when the site does not publish it all the same
    """
    from crosspost.sources import front_matter_edit

    front_matter_edit.save(front_matter_edit.propose(os.fspath(file), {(place.hidden[0],): front_matter_edit.REMOVE}))
    entry = app.source().entry(file)
    if entry.state != "ready":
        raise CrosspostError(f"nothing was written: your site would not publish {file}: {entry.reason}")
