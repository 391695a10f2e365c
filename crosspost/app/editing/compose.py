"""A short post that is no article: written as a Markdown file, and from then on a post like every other."""

import os
import re
import unicodedata
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crosspost.app.editing import audit
from crosspost.app.times import zone_of
from crosspost.errors import ConfigError, CrosspostError, MediaError
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Person

#: bytes, and pixels on both sides together: what is larger is no picture for a short post
MOST_BYTES, MOST_PIXELS = 15_000_000, 50_000_000
_FORMATS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}
_PICTURES = "images/notes"


class Note(Value, frozen=True, kw_only=True):
    """What somebody wants to say.

    ``picture`` are the bytes of a file ("" for none), ``alt`` its alternative text. ``accounts`` are the only ones that
    get it (none: all), ``at`` is when (None: with the next run).
    """

    text: str
    title: str = ""
    link: str = ""
    picture: bytes = b""
    alt: str = ""
    accounts: tuple[str, ...] = ()
    at: datetime | None = None


def new(app: "App", note: Note, person: "Person") -> Path:
    """Write the post's file, with its picture beside the site's.

    :returns: the new file, in the site's folder of posts
    :raises CrosspostError: when something of it cannot be used, with the reason; nothing was written then
    """
    text = note.text.strip()
    if not text:
        raise ConfigError("there is nothing to say: the text is empty")
    if note.link and urlsplit(note.link).scheme not in ("https", "http"):
        raise ConfigError(f"“{note.link}” is no address; it begins with https://")
    accounts = app.chosen(note.accounts) if note.accounts else []
    kind = _checked(note.picture) if note.picture else ""
    if note.picture and not note.alt.strip():
        raise ConfigError("the picture needs an alt text: what should people read who cannot see it?")
    here = app.clock().astimezone(zone_of(app))
    title = " ".join((note.title or _title(text)).split())
    folder, name = _folder(app), f"{here:%Y-%m-%d}-{_slug(title)}"
    file = _made(folder, name, ".md", b"")
    try:
        picture = _made(app.site / _PICTURES, file.stem, kind, note.picture) if kind else None
        file.write_bytes(_page(app, note, title, here, accounts, picture).encode())
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    audit.note(app, person, "note", said=f"wrote {file.name}")
    return file


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _folder(app: "App") -> Path:
    """Where the site's posts are: the folder of the newest one, else ``_posts``."""
    ready = (entry.path for entry in app.source().scan() if entry.state == "ready")
    newest = max(ready, default="", key=os.path.basename)
    return Path(newest).parent if newest else app.site / "_posts"


def _page(app: "App", note: Note, title: str, here: datetime, accounts: list[str], picture: Path | None) -> str:
    """The file: front matter and text. On networks the text stands as it was written."""
    said: dict[str, object] = {"title": title, "date": here.replace(microsecond=0)}
    if picture is not None:
        said |= {"thumbnail": f"/{picture.relative_to(app.site).as_posix()}", "thumbnail_alt": note.alt.strip()}
    text = note.text.strip() + (f"\n\n{note.link}" if note.link else "")
    own: dict[str, object] = {"text": text}
    if accounts:
        own["only"] = accounts
    if note.at is not None:
        own["at"] = note.at.astimezone(zone_of(app))
    said["crosspost"] = own
    lines = [line for name, value in said.items() for line in _key(name, value)]
    body = _as_text(note.text.strip()) + (f"\n\n<{note.link}>" if note.link else "")
    return "\n".join(["---", *lines, "---", "", body, ""])


def _as_text(text: str) -> str:
    """The text for the site's page: neither HTML nor Liquid, which could break the build of the whole site."""
    return re.sub(r"\{(?=[{%])", "&#123;", text.replace("<", "&lt;"))


def _key(name: str, value: object) -> list[str]:
    from crosspost.sources import yaml_text

    first, *rest = yaml_text.lines(value, 2)
    return [f"{name}:{first}", *rest]


def _title(text: str) -> str:
    """The first words."""
    first = text.split("\n", 1)[0]
    if len(first) <= 60:
        return first
    return f"{first[:60].rsplit(' ', 1)[0]}…"


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "note"


def _made(folder: Path, stem: str, suffix: str, data: bytes) -> Path:
    """A new file; another number stands in its name where it is taken."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, 1000):
            file = folder / f"{stem}{'' if number == 1 else f'-{number}'}{suffix}"
            try:
                with file.open("xb") as out:
                    out.write(data)
                    os.fsync(out.fileno())
            except FileExistsError:
                continue
            return file
    except OSError as error:
        raise CrosspostError(f"{folder}: cannot be written: {error.strerror}") from None
    raise CrosspostError(f"{folder}: there are too many files called {stem}")


def _checked(data: bytes) -> str:
    """The suffix of a picture that can really be read.

    :raises MediaError: when it is too large, no picture, or broken
    """
    from PIL import Image

    if len(data) > MOST_BYTES:
        raise MediaError(f"the picture has more than {MOST_BYTES // 1_000_000} MB; make it smaller")
    try:
        with Image.open(BytesIO(data)) as picture:
            suffix = _FORMATS.get(picture.format or "")
            if suffix is None:
                raise MediaError(f"the picture is {picture.format}; take JPEG, PNG, WebP or GIF")
            if picture.width * picture.height > MOST_PIXELS:
                raise MediaError(
                    f"the picture has more than {MOST_PIXELS // 1_000_000} million pixels; make it smaller"
                )
            picture.load()
    except MediaError:
        raise
    except Exception as error:  # Pillow raises many kinds for hostile files
        raise MediaError(f"the picture cannot be read ({type(error).__name__}); is it broken?") from None
    return suffix
