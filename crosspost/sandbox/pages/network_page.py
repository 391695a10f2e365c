"""The pages that show the posts: plain HTML without scripts, with all content escaped."""

import re
from html import escape
from typing import TYPE_CHECKING

from crosspost.sandbox.core import links
from crosspost.sandbox.core.store import Account, Picture, Post

if TYPE_CHECKING:  # the sandbox owns this module; only the type is needed here
    from crosspost.sandbox.core.server import Sandbox

_TAG = re.compile(r"(?<![\w&/])([#@]\w[\w@.-]*\w|#\w)")


def timelines(sandbox: "Sandbox") -> str:
    """All networks side by side, newest post first."""
    with sandbox.store.lock:
        columns = "".join(_column(sandbox, key) for key in sandbox.networks)
        total = sum(not post.deleted for post in sandbox.store.posts)
    summary = "nothing was posted yet" if not total else "1 post" if total == 1 else f"{total} posts"
    return _document(
        "crosspost sandbox",
        f'<header class="top"><h1>crosspost sandbox</h1><p>{summary}, seen by nobody. '
        '<a href="/_sandbox/posts">as JSON</a> · <a href="/_sandbox/accounts">accounts</a> · '
        '<a href="/_sandbox/requests">requests</a> · <a href="/_sandbox/faults">faults</a></p></header>'
        f'<main class="columns">{columns}</main>',
    )


def single(sandbox: "Sandbox", post: Post) -> str:
    """One post on a page of its own."""
    name = escape(sandbox.networks[post.network].name)
    body = '<p class="empty">This post was deleted.</p>' if post.deleted else _article(sandbox, post)
    return _document(
        f"{sandbox.networks[post.network].name} – crosspost sandbox",
        f'<header class="top"><h1>{name}</h1><p><a href="/">all timelines</a></p></header>'
        f'<main class="single"><section class="{escape(post.network)}">{body}</section></main>',
    )


def profile(sandbox: "Sandbox", account: Account) -> str:
    """One account's posts, newest first."""
    name, network = escape(account.display_name), escape(sandbox.networks[account.network].name)
    posts = sandbox.store.timeline(account.network, account.name)[::-1]
    shown = "".join(_article(sandbox, post) for post in posts) or '<p class="empty">No posts yet</p>'
    return _document(
        f"{account.display_name} – crosspost sandbox",
        f'<header class="top"><h1>{name}</h1><p>{network} · <a href="/">all timelines</a></p></header>'
        f'<main class="single"><section class="{escape(account.network)}">{shown}</section></main>',
    )


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/_sandbox/style.css"></head>'
        f'<body><p class="sandbox">crosspost sandbox: nobody else sees this</p>{body}</body></html>'
    )


def _column(sandbox: "Sandbox", key: str) -> str:
    posts = sandbox.store.timeline(key)[::-1]
    shown = "".join(_article(sandbox, post) for post in posts) or '<p class="empty">No posts yet</p>'
    return (
        f'<section class="{escape(key)}"><h2>{escape(sandbox.networks[key].name)}'
        f'<span class="count">{len(posts)}</span></h2>{shown}</section>'
    )


def _article(sandbox: "Sandbox", post: Post) -> str:
    account: Account = sandbox.store.accounts[post.network, post.account]
    language = f' lang="{escape(post.language)}"' if post.language else ""
    time = post.time.isoformat(timespec="seconds")
    notes = [post.language, "" if post.visibility == "public" else post.visibility, "edited" if post.edited else ""]
    warning = str(post.extra.get("spoiler_text", ""))
    card = f'<p class="card">{_anchor(post.link)}</p>' if post.link and post.link not in post.text else ""
    card = _card(post.extra["card"]) if "card" in post.extra else card
    return (
        f'<article><header><span class="avatar" aria-hidden="true">{escape(account.display_name[:1])}</span>'
        f'<span class="who"><strong>{escape(account.display_name)}</strong><span>@{escape(account.handle)}</span>'
        "</span>"
        f'<a class="time" href="{escape(post.path)}"><time datetime="{time}">{time[:10]} {time[11:16]}</time></a>'
        "</header>"
        + _envelope(post)
        + (f'<p class="warning">{escape(warning)}</p>' if warning else "")
        + (f'<p class="text" dir="auto"{language}>{_marked(post)}</p>' if post.text else "")
        + _poll(post, language)
        + "".join(_figure(picture, language) for picture in post.pictures)
        + card
        + "".join(f'<span class="note">{escape(note)}</span>' for note in notes if note)
        + "</article>"
    )


def _card(card: dict[str, str]) -> str:
    """A link card the client made itself: ``uri``, ``title``, ``description`` and the id of its ``picture`` or ""."""
    image = f'<img src="/_sandbox/pictures/{escape(card["picture"])}" alt="" loading="lazy">' if card["picture"] else ""
    summary = f"<strong>{escape(card['title'])}</strong> {escape(card['description'])}"
    return f'<div class="card">{image}<p dir="auto">{summary}</p><p>{_anchor(card["uri"])}</p></div>'


def _envelope(post: Post) -> str:
    """A mail's subject and recipients, and a link to the page with its HTML."""
    if not (subject := str(post.extra.get("subject", ""))):
        return ""
    page = str(post.extra.get("html_path", ""))
    as_html = f' · <a href="{escape(page)}">HTML</a>' if page else ""
    return f'<p class="text"><strong>{escape(subject)}</strong><br>to {escape(str(post.extra["to"]))}{as_html}</p>'


def _poll(post: Post, language: str) -> str:
    """The options of a poll, each with its votes."""
    poll = post.extra.get("poll")
    if not poll:
        return ""
    votes = [number for chosen in poll["votes"].values() for number in chosen]
    answers = (f"<li>{escape(title)} · {votes.count(number)}</li>" for number, title in enumerate(poll["options"]))
    return f'<ul class="poll"{language}>{"".join(answers)}</ul>'


def _figure(picture: Picture, language: str) -> str:
    alt = escape(picture.alt)
    caption = (
        f"<figcaption{language}>{alt}</figcaption>" if alt else '<figcaption class="none">no alt text</figcaption>'
    )
    if not picture.data:  # only linked; the sandbox loads nothing from elsewhere
        return f"<figure>{caption}</figure>"
    return (
        f'<figure><img src="/_sandbox/pictures/{escape(picture.id)}" alt="{alt}" width="{picture.width}" '
        f'height="{picture.height}" loading="lazy">{caption}</figcaption></figure>'
    )


def _marked(post: Post) -> str:
    """The text with its links, hashtags and mentions marked, as that network would."""
    pieces, at = [], 0
    for link in links.find(post.text, bare=post.network == "x", any_script=post.network == "mastodon"):
        pieces += [_tags(post.text[at : link.start]), _anchor(link.url)]
        at = link.end
    return "".join([*pieces, _tags(post.text[at:])])


def _tags(text: str) -> str:
    return _TAG.sub(r'<span class="tag">\1</span>', escape(text, quote=False))


def _anchor(url: str) -> str:
    target = url if url.lower().startswith(("http://", "https://")) else f"https://{url}"
    return f'<a href="{escape(target)}" rel="noreferrer">{escape(url)}</a>'
