"""How a short post looks as a Markdown file: its front matter, its body, and its name."""

import html
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from crosspost.sources import front_matter_edit
from crosspost.sources.keys import steps
from crosspost.text.lazy_pattern import lazy

#: so long a title is made of the text, in characters
_TITLE = 60
_SLUG = 50
#: what Liquid acts on: https://shopify.github.io/liquid/basics/introduction/
_LIQUID = lazy(r"\{(?=[{%])")
_CONTROL = lazy(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Written(NamedTuple):
    """What stands in the file. ``picture`` is the picture's address in the site, ``picture_key`` where it is named.

    ``unseen`` is the key and value that hide the file, ``answers`` the address of what it answers.
    """

    text: str
    title: str
    date: datetime
    at: datetime | None
    only: Sequence[str]
    accounts: Sequence[str]
    picture: str = ""
    shown: str = ""
    alt: str = ""
    picture_key: str = "thumbnail"
    unseen: tuple[str, bool] = ("published", False)
    tags: Sequence[str] = ()
    answers: str = ""


def tidy(text: str) -> str:
    """What somebody typed, with plain line ends and without control characters."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def title_of(text: str) -> str:
    """A title for a text without one: its first line, cut between words.

    >>> title_of("Beet 3 ist fertig!\\n\\nKommt vorbei.")
    'Beet 3 ist fertig!'
    """
    line = " ".join(text.split("\n", 1)[0].split())
    if len(line) <= _TITLE:
        return line
    kept = line[:_TITLE].rpartition(" ")[0] or line[:_TITLE]
    return f"{kept.rstrip(' ,;:–-')}…"


def slug_of(title: str) -> str:
    """The words of a title for a file's name; "note" when none of them can stand there.

    >>> slug_of("Grüße aus dem Tal!")
    'grusse-aus-dem-tal'
    """
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", plain))[:_SLUG].strip("-") or "note"


def hidden(note: Written) -> bytes:
    """The file, with ``published: false`` or the like in front, so that nothing goes out before it was read back."""
    body = _body(note)
    return front_matter_edit.edited(f"---\n---\n\n{body}\n".encode(), "the note", _keys(note))


def _keys(note: Written) -> dict[tuple[str, ...], Any]:
    keys: dict[tuple[str, ...], Any] = {
        (note.unseen[0],): note.unseen[1],
        ("title",): note.title,
        ("date",): note.date.replace(microsecond=0),
    }
    if note.tags:
        keys[("tags",)] = list(note.tags)
    if note.answers:
        keys[("in-reply-to",)] = note.answers
    if note.picture:
        above = tuple(str(step) for step in steps(note.picture_key))
        keys[above] = note.picture
        keys[(*above[:-1], f"{above[-1]}_alt")] = note.alt
    if note.only:
        keys[("crosspost", "only")] = list(note.only)
    if note.at is not None:
        keys[("crosspost", "at")] = note.at.replace(microsecond=0)
    keys[("crosspost", "text")] = note.text
    for account in note.accounts:
        keys[("crosspost", account, "link")] = "none"
    return keys


def _body(note: Written) -> str:
    """The text for the post's page: its lines stay lines, and nothing of it is markup or Liquid by chance."""
    safe = _LIQUID.sub("&#123;", html.escape(note.text, quote=False))
    text = "\n\n".join(part.replace("\n", "  \n") for part in re.split(r"\n{2,}", safe))
    if not note.picture:
        return text
    alt = _LIQUID.sub("&#123;", html.escape(note.alt, quote=False))
    words = re.sub(r"([\\\[\]])", r"\\\1", " ".join(alt.split()))
    return f"{text}\n\n![{words}]({note.shown})".strip()
