"""What `crosspost doctor` finds out about the newest post's page: is it there, and does it say what the post says?

Facebook, LinkedIn, Mastodon, X and chats make the card below a link from the page's ``og:`` tags (https://ogp.me), not
from the front matter.
"""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from crosspost.app.doctor.checks import Finding, clock, ok, warn
from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.app.doctor.site_links_check import LinkCheck
    from crosspost.markup.page_head import OpenGraph
    from crosspost.model import Entry, Post
    from crosspost.sources.base import Source

_ABOUT = "og: tags"
_WAITS = "; nothing is said before the page is there: `crosspost help schedule`"
#: characters of a text that are shown
_SHOWN = 60


def page(source: "Source", entry: "Entry", links: "LinkCheck", *, waits: bool) -> Iterator[Finding]:
    """Whether a post's page is on the web, and what its tags and links say.

    :param waits: whether a post waits for its page (``live_check``)
    """
    from crosspost.transport import page_check

    session = page_check.live_session()
    host = (urlsplit(entry.url).hostname or "").removeprefix("www.")
    answer = page_check.check(entry.url, title=entry.title, session=session, allowed_hosts={host, f"www.{host}"})
    if not isinstance(answer, page_check.Live):
        yield warn(
            "page",
            answer.reason,
            "deploy the site, or correct its url" + (_WAITS if waits else ""),
        )
        return
    yield ok("page", f"{answer.url} is on the web")
    yield from clock("the site", session.last, datetime.now(UTC))
    try:
        post = source.load(entry)
    except CrosspostError:  # the line about that file tells
        return
    yield from tags(answer.shared, post)
    yield from links.of_page(entry, answer.links)


def tags(shared: "OpenGraph", post: "Post") -> list[Finding]:
    """Where a page's tags and the front matter disagree."""
    if not (shared.title or shared.description or shared.picture or shared.url):
        return [
            warn(
                _ABOUT,
                f"{post.url} has none: networks make the card below a link from them",
                "add the plug-in jekyll-seo-tag to the site, or og:title, og:description, og:image and og:url to its"
                " template",
            )
        ]
    found = [*_title(shared, post), *_description(shared, post), *_picture(shared, post), *_url(shared, post)]
    return found or [ok(_ABOUT, "title, description, picture and address of the newest page are those of the post")]


def _title(shared: "OpenGraph", post: "Post") -> Iterator[Finding]:
    if not shared.title:
        yield _lacks("og:title", post, "the card has no headline")
    elif _letters(post.title) not in _letters(shared.title):  # a template adds the name of the site
        yield _differs("og:title", shared.title, "the post's title", post.title)


def _description(shared: "OpenGraph", post: "Post") -> Iterator[Finding]:
    own = post.description if post.description_from and " " not in post.description_from else ""
    if not shared.description:
        if post.description or post.excerpt:
            yield _lacks("og:description", post, "the card has no text")
        return
    said, meant = _letters(shared.description), _letters(own)
    if own and not (said.startswith(meant) or meant.startswith(said)):  # either may be cut
        yield _differs("og:description", shared.description, f"`{post.description_from}`", own)


def _picture(shared: "OpenGraph", post: "Post") -> Iterator[Finding]:
    if post.thumbnail is None or post.picture_from == "page":
        return
    mine = post.thumbnail.url or post.thumbnail.path
    if not shared.picture:
        yield _lacks("og:image", post, f"the card has no picture, although the post has {_name(mine)}")
    elif _stem(mine) not in _name(shared.picture):  # a plug-in may have made another size of it
        yield _differs("og:image", shared.picture, "the post's picture", mine)


def _url(shared: "OpenGraph", post: "Post") -> Iterator[Finding]:
    if shared.url and _place(shared.url) != _place(post.url):
        yield warn(
            _ABOUT,
            f"og:url is {shared.url}, but the post's address is {post.url}: networks take the first one for the page",
            "set `url` in _config.yml to the address the site has on the web, or correct the template",
        )


def _lacks(tag: str, post: "Post", meaning: str) -> Finding:
    return warn(_ABOUT, f"{post.url} has no {tag}: {meaning}", "add it to the site's template (jekyll-seo-tag does)")


def _differs(tag: str, shown: str, what: str, meant: str) -> Finding:
    return warn(
        _ABOUT,
        f"{tag} says “{_short(shown)}”, but {what} is “{_short(meant)}”",
        "correct the template, or build and deploy the site again; networks that saw the page keep what it said",
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN or "://" in line else f"{line[:_SHOWN]}…"


def _letters(text: str) -> str:
    """Letters and digits only: quotes, dashes and blanks may differ."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def _name(place: str) -> str:
    return unquote(urlsplit(place).path).rpartition("/")[2].casefold()


def _stem(place: str) -> str:
    return _name(place).rpartition(".")[0] or _name(place)


def _place(url: str) -> tuple[str, str, str]:
    """An address without what may differ: its scheme, ``www.``, ``index.html``, ``.html``, a slash at the end."""
    parts = urlsplit(url)
    path = unquote(parts.path).removesuffix("index.html").removesuffix(".html").rstrip("/")
    host = (parts.hostname or "").removeprefix("www.")
    try:
        port = parts.port
    except ValueError:
        port = None
    return f"{host}:{'' if port in (None, 80, 443) else port}", path, parts.query
