"""The file of replies for the site's pages: JSON that any generator reads, nothing in it that a page would obey.

A reply is written as an entry of jf2 (www.w3.org/TR/jf2), which is what templates for webmentions read, too.
"""

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosspost.app.sites.site_folder import refuse_writing
from crosspost.app.write_back import data_file
from crosspost.app.write_back.published_links import Page, pages
from crosspost.app.write_back.repository import brought
from crosspost.errors import ConfigError, SourceError
from crosspost.ledger.response_rows import WEBMENTION, counted
from crosspost.sources import whole_file

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.ledger.responses import Said, Told

_HEAD = "Written by crosspost: what is changed here is lost"
#: what is shown in words; of the others only the figures
_IN_WORDS = ("reply", "mention")
_FIGURES = ("likes", "reposts", "replies", "views")


def place(app: "App") -> Path | None:
    """Where the file is; None when none is wanted.

    :raises ConfigError: when there can be none
    """
    said = app.settings.responses.file if app.settings is not None else ""
    if not said or app.on_trial():
        return None
    refuse_writing(app, "the file of replies")
    file = app.site / said
    if file.suffix != ".json":
        raise ConfigError(f"[responses] file: {said} must end in .json")
    if not file.resolve().is_relative_to(app.site.resolve()):
        raise ConfigError(f"[responses] file: {said} is not in the site ({app.site})")
    return file


def write(app: "App", ledger: "Ledger") -> list[str]:
    """Write the file anew where something changed, and commit it as what is written back.

    :returns: what could not be done, sentences
    :raises ConfigError: when there can be no such file
    :raises SourceError: when somebody else wrote the file
    """
    file = place(app)
    if file is None:
        return []
    try:
        before = file.read_bytes() if file.exists() else None
        if before is not None and not is_ours(before):
            raise SourceError(f"{file}: crosspost did not write it, so it is left alone; name another one in file")
        after = text(app, ledger).encode()
        if after != before:
            file.parent.mkdir(parents=True, exist_ok=True)
            whole_file.replace(file, before, after)
    except whole_file.FileChanged:
        return [f"{file}: the file changed meanwhile; next time it is written again"]
    except OSError as error:
        return [f"{file}: cannot be written: {error.strerror or error}; make it writable for this user"]
    return brought(app, [file], "What was answered to posts, by crosspost")


def is_ours(content: bytes) -> bool:
    """Whether a file was written here."""
    return not content.strip() or _HEAD.encode() in content[:200]


def text(app: "App", ledger: "Ledger") -> str:
    """What stands in the file: page → figures and replies that may be shown."""
    said = [one for one in ledger.responses.said(states=["shown"]) if one.kind in _IN_WORDS and one.reply.public]
    told = {
        (one.post, one.account): one for one in ledger.responses.told() if not one.gone and one.account != WEBMENTION
    }
    shown = [one for one in ledger.responses.mentions.counts() if one.state == "shown"]
    told |= {(one.post, WEBMENTION): one for one in counted(shown)}
    rows: dict[str, Any] = {}
    found = _pages(app, ledger, {one.post: one.page for one in shown})
    for name, page in zip(data_file.page_names([page.url for page in found]), found, strict=True):
        accounts = dict.fromkeys((*(link.account for link in page.links), WEBMENTION))
        replies = [_entry(one) for one in said if one.post == page.post and one.account in accounts]
        figures = _sums([told[page.post, account] for account in accounts if (page.post, account) in told])
        if replies or figures:
            rows[name] = {**figures, "children": replies}
    return json.dumps({"": _HEAD, **rows}, ensure_ascii=False, indent=2) + "\n"


def _pages(app: "App", ledger: "Ledger", mentioned: dict[str, str]) -> list[Page]:
    """The pages of posts that can be seen somewhere, and of those that other sites mention (post → address)."""
    found = pages(app, ledger)
    known = {page.post for page in found}
    return [
        *found,
        *(Page(post=post, path="", url=url, links=()) for post, url in mentioned.items() if post not in known),
    ]


def _sums(told: "list[Told]") -> dict[str, int]:
    """The figures of all accounts together, as far as anybody tells them."""
    sums = {}
    for name in _FIGURES:
        known = [value for one in told if (value := getattr(one.figures, name)) is not None]
        if known:
            sums[name] = sum(known)
    return sums


def _entry(one: "Said") -> dict[str, Any]:
    reply = one.reply
    return {
        "type": "entry",
        "author": {"type": "card", "name": html.escape(reply.author), "url": html.escape(reply.author_url)},
        "url": html.escape(reply.url),
        "published": reply.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "content": {"html": as_html(reply.text)},
        "network": one.network,
    }


def as_html(said: str) -> str:
    """Plain text as HTML: paragraphs and line breaks, everything else escaped."""
    paragraphs = [part.strip("\n") for part in html.escape(said).split("\n\n") if part.strip()]
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs)
