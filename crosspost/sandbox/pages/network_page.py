"""The pages that show the posts: plain HTML without scripts, with all content escaped."""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from crosspost.sandbox.core import links
from crosspost.sandbox.core.html import environment
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.pages.content import Content

if TYPE_CHECKING:
    from jinja2 import Environment

_TAG = re.compile(r"(?<![\w/])([#@]\w[\w@.-]*\w|#\w)")


def timelines(sandbox: Content) -> str:
    """All networks side by side, newest post first."""
    with sandbox.store.lock:
        return _page(
            sandbox, "timelines.html", timelines={key: sandbox.store.timeline(key)[::-1] for key in sandbox.networks}
        )


def single(sandbox: Content, post: Post) -> str:
    """One post on a page of its own."""
    return _page(sandbox, "single.html", post=post)


def profile(sandbox: Content, account: Account) -> str:
    """One account's posts, newest first."""
    posts = sandbox.store.timeline(account.network, account.name)[::-1]
    return _page(sandbox, "profile.html", account=account, posts=posts)


def style(sandbox: Content) -> str:
    """The style of every page, with the colours of the networks."""
    return _page(sandbox, "style.css")


def _page(sandbox: Content, template: str, **values: Any) -> str:
    found = _templates().get_template(template)
    return found.render(networks=sandbox.networks, accounts=sandbox.store.accounts, **values)


@cache
def _templates() -> "Environment":
    made = environment("crosspost.sandbox.pages")
    made.filters |= {"marked": _marked, "target": _target}
    return made


def _marked(post: Post, look: Look) -> Iterator[tuple[str, str]]:
    """The text in pieces, with its links, hashtags and mentions marked as that network would: (kind, text)."""
    at = 0
    for link in links.find(post.text, bare=look.bare_links, any_script=look.links_in_any_script):
        yield from _tags(post.text[at : link.start])
        yield "link", link.url
        at = link.end
    yield from _tags(post.text[at:])


def _tags(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    for tag in _TAG.finditer(text):
        yield "plain", text[at : tag.start()]
        yield "tag", tag[0]
        at = tag.end()
    yield "plain", text[at:]


def _target(url: str) -> str:
    """Where a link leads that may lack its scheme; never anything but the web."""
    return url if url.lower().startswith(("http://", "https://")) else f"https://{url}"
