"""A feed of what was said and where: Atom (RFC 4287) or JSON Feed (https://www.jsonfeed.org/version/1.1/).

An item is a post of the site, with the words of each account below it. What can be seen nowhere, such as a mail, is not
in it, as it is not on the site's pages (:mod:`crosspost.app.write_back.published_links`).
"""

import html
import json
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from crosspost.app.responses.replies_file import as_html
from crosspost.app.write_back.published_links import pages
from crosspost.errors import ConfigError
from crosspost.model import Value
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.write_back.published_links import Link, Page
    from crosspost.ledger import Ledger

#: what a feed's file may end in: Atom twice, JSON Feed, and the calendar of announced events
ENDINGS = (".xml", ".atom", ".json", ".ics")
_ATOM = "http://www.w3.org/2005/Atom"
#: characters that a text may have and XML 1.0 may not (section 2.2): controls, and two that are none
_NOT_IN_XML = dict.fromkeys([*(n for n in range(32) if n not in (9, 10, 13)), 0xFFFE, 0xFFFF])


class Item(Value, frozen=True, kw_only=True):
    """One post: ``url`` its address on the site, ``content`` HTML; ``begun`` and ``changed`` are UTC, ISO 8601."""

    url: str
    title: str
    content: str
    begun: str
    changed: str


class Feed(Value, frozen=True, kw_only=True):
    """What stands in the file. ``home`` is the site's address."""

    title: str
    home: str
    items: tuple[Item, ...]


def feed(app: "App", ledger: "Ledger", accounts: Collection[str], limit: int) -> Feed:
    """What was said, newest first.

    :param accounts: only on these
    :param limit: at most so many posts
    :raises ConfigError: when the site's address is not known
    """
    site = app.site_named()
    if not site.url:
        raise ConfigError("a feed needs the site's address; set url under [site]")
    found = [(page, [link for link in page.links if link.account in accounts]) for page in pages(app, ledger)]
    told = [(page, links) for page, links in found if links]
    told.sort(key=lambda one: min(link.when for link in one[1]), reverse=True)
    told = told[:limit]
    titles = ledger.history.titles([page.post for page, _ in told])
    return Feed(
        title=f"{printable(site.title or site.url)}: what was said elsewhere",
        home=site.url,
        items=tuple(_item(ledger, page, links, titles.get(page.post, "")) for page, links in told),
    )


def _item(ledger: "Ledger", page: "Page", links: "list[Link]", title: str) -> Item:
    words: dict[str, list[str]] = {}
    for went in reversed(list(ledger.history.out(post=page.post))):  # of a thread the first part first
        draft = ledger.get(went.id).draft
        words.setdefault(went.account, []).append(draft.text if draft is not None else "")
    parts = []
    for link in links:
        where = html.escape(link.url)
        parts.append(f'<p>{html.escape(link.account)}: <a href="{where}">{where}</a></p>')
        if said := as_html("\n\n".join(filter(None, words.get(link.account, [])))):
            parts.append(f"<blockquote>{said}</blockquote>")
    times = sorted(link.when for link in links)
    return Item(
        url=page.url,
        title=printable(title or page.post),
        content="\n".join(parts).translate(_NOT_IN_XML),
        begun=times[0],
        changed=times[-1],
    )


def atom(feed: Feed, now: datetime) -> str:
    """The feed as Atom.

    :param now: when nothing was said yet, that is when the feed was changed last
    """
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed")
    changed = max((item.changed for item in feed.items), default=now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(root, "id", f"{feed.home}#crosspost")
    _add(root, "title", feed.title)
    _add(root, "updated", changed)
    _add(root, "link", href=feed.home)
    _add(_add(root, "author"), "name", feed.title)
    _add(root, "generator", "crosspost")
    for item in feed.items:
        entry = _add(root, "entry")
        _add(entry, "id", f"{item.url}#crosspost")
        _add(entry, "title", item.title)
        _add(entry, "link", rel="alternate", href=item.url)
        _add(entry, "published", item.begun)
        _add(entry, "updated", item.changed)
        _add(entry, "content", item.content, type="html")
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _add(above: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(above, f"{{{_ATOM}}}{name}", attributes)
    made.text = text.translate(_NOT_IN_XML) or None
    return made


def json_feed(feed: Feed) -> str:
    """The feed as JSON Feed 1.1."""
    items = [
        {
            "id": f"{item.url}#crosspost",
            "url": item.url,
            "title": item.title,
            "content_html": item.content,
            "date_published": item.begun,
            "date_modified": item.changed,
        }
        for item in feed.items
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": feed.home}
    return json.dumps({**head, "items": items}, ensure_ascii=False, indent=2) + "\n"
