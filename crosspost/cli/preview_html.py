"""A preview as one HTML page: no script, nothing from elsewhere, readable on a phone, light and dark."""

import base64
import hashlib
import importlib.resources
import re
from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

import msgspec

from crosspost.app.preview_model import AccountPreview
from crosspost.cli import preview_text
from crosspost.compose.hashtags import spans
from crosspost.compose.twitter_text import Rules, find_urls
from crosspost.media import Fitted, small_copy
from crosspost.model import Card, Draft, Entry, Picture, Post

# how a network arranges a post; any other network shows it like a feed: name above, picture from edge to edge
_KINDS = {
    "timeline": ("x", "mastodon", "bluesky", "threads"),  # avatar in a column of its own, picture in the text's column
    "photo": ("instagram", "pixelfed", "pinterest"),  # the picture first, the text is its caption
    "chat": ("telegram", "signal", "discord", "matrix", "whatsapp"),
    "letter": ("mail", "email", "newsletter", "listmonk"),
}
_SHORTEN_LINKS = ("x", "mastodon", "bluesky", "threads")  # show a link without its scheme, cut after so many characters
_BOLD = ("telegram", "signal", "newsletter", "listmonk")  # show the title in bold
_SHOWN_OF_LINK = 30
_SIDE = 1200  # pixels: a picture on this page is no larger, however large it is sent
_MENTION = re.compile(r"(?<![\w/@.])@\w[\w.-]*\w(?:@[\w-]+(?:\.[\w-]+)+)?")


def document(seen: Sequence[tuple[Post, Entry, Sequence[AccountPreview]]], *, diff: bool = False) -> str:
    """The whole page.

    :param seen: each post with what is shown of it
    :param diff: show what was sent against what would be sent now
    """
    style = importlib.resources.files("crosspost.cli").joinpath("preview.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    title = escape(seen[0][0].title if len(seen) == 1 else f"{len(seen)} posts")
    body = "".join(_post(post, entry, accounts, diff=diff) for post, entry, accounts in seen)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f"<title>{title} – preview</title><style>{style}</style></head>\n<body>{body}</body></html>\n"
    )


def _post(post: Post, entry: Entry, accounts: Sequence[AccountPreview], *, diff: bool) -> str:
    state = f'<p class="bad">would not be sent: {escape(entry.reason)}</p>' if entry.state == "skipped" else ""
    language = f' lang="{escape(post.lang)}"' if post.lang else ""
    return (
        f'<header class="post"><h1 dir="auto"{language}>{escape(post.title)}</h1>'
        f"<p>{_anchor(post.url, post.url)}</p>{state}</header>"
        f"<main>{''.join(_account(post, shown, diff=diff) for shown in accounts)}</main>\n"
    )


def _account(post: Post, shown: AccountPreview, *, diff: bool) -> str:
    network = shown.network
    kind = next((kind for kind, keys in _KINDS.items() if network.key in keys), "feed")
    name = "" if network.label.lower() == network.name.lower() else f" <span>{escape(network.label)}</span>"
    draft = shown.draft
    if draft is None:
        inside = f'<p class="bad">{escape(shown.error)}</p>'
    else:
        bare = msgspec.structs.replace(shown, pictures=())
        replies = "".join(_arranged(post, bare, part, kind) for part in draft.parts)
        inside = _arranged(post, shown, draft, kind) + replies + _facts(shown, draft, diff=diff)
    skipped = '<p class="bad">the post says not to go here</p>' if shown.skipped else ""
    head = f"<h2>{escape(network.name)}{name}</h2>{skipped}"
    return f'<section class="{escape(network.key)} {kind}">{head}{inside}</section>'


def _arranged(post: Post, shown: AccountPreview, draft: Draft, kind: str) -> str:
    """The post in the order its network shows it."""
    network = shown.network
    header = _mail_head(draft) if kind == "letter" else _head(post, network)
    language = f' lang="{escape(draft.language)}"' if draft.language else ""
    warning = str(draft.options.get("content_warning", ""))
    veil = f'<p class="veil" dir="auto"{language}>{escape(warning)}</p>' if warning else ""
    marked = _marked(draft, shorten=network.key in _SHORTEN_LINKS)
    if network.key in _BOLD and draft.title:
        marked = marked.replace(title := _tags(draft.title), f"<strong>{title}</strong>", 1)
    text = f'{veil}<p class="text" dir="auto"{language}>{marked}</p>' if draft.text else veil
    if shown.pictures:
        figures = "".join(_figure(picture, fitted, language) for picture, fitted in shown.pictures)
        media = f'<div class="pictures of{min(len(shown.pictures), 4)}">{figures}</div>'
    else:
        media = _card(draft.card, shown.card_picture, language) if draft.card is not None else ""
    order = {"photo": header + media + text, "chat": header + media + text}.get(kind, header + text + media)
    return f"<article>{order}</article>"


def _head(post: Post, network: Any) -> str:
    """Avatar, name and handle. Before the first run only the site's name or host is known."""
    who = post.site or post.author or (urlsplit(post.url).hostname or "").removeprefix("www.") or network.account
    handle = f"{network.identity.handle} · now" if network.identity is not None else "now"
    avatar = f'<span class="avatar" aria-hidden="true">{escape(next(iter(who.lstrip("@_ ")), "?").upper())}</span>'
    return (
        f'<header>{avatar}<span class="who"><strong dir="auto">{escape(who)}</strong>'
        f'<span class="handle" dir="auto">{escape(handle)}</span></span></header>'
    )


def _mail_head(draft: Draft) -> str:
    """Subject, sender and recipients, as a mail program shows them above the letter."""
    lists = " and ".join(f"list {number}" for number in draft.options.get("lists") or ())
    to = draft.options.get("to") or draft.options.get("recipients") or lists
    rows = {
        "Subject": draft.options.get("subject", ""),
        "From": draft.options.get("sender", ""),
        "To": ", ".join(map(str, to)) if isinstance(to, list | tuple) else to,
    }
    said = "".join(f"<dt>{name}</dt><dd dir=auto>{escape(str(value))}</dd>" for name, value in rows.items() if value)
    return f'<dl class="mail">{said}</dl>'


def _figure(picture: Picture, fitted: Fitted, language: str) -> str:
    alt = escape(picture.alt)
    caption = (
        f'<figcaption dir="auto"{language}>{alt}</figcaption>'
        if alt
        else '<figcaption class="none">no alt text</figcaption>'
    )
    return f"<figure>{_image(fitted, alt)}{caption}</figure>"


def _image(fitted: Fitted, alt: str) -> str:
    small = small_copy(fitted, _SIDE)
    data = base64.b64encode(small.data).decode()
    size = f'width="{small.width}" height="{small.height}"'
    return f'<img src="data:{small.mime};base64,{data}" alt="{alt}" {size}>'


def _card(card: Card, picture: Fitted | None, language: str) -> str:
    image = _image(picture, "") if picture is not None else ""
    told = f'<span dir="auto">{escape(card.description)}</span>' if card.description else ""
    host = urlsplit(card.url).hostname or ""
    return (
        f'<div class="card"{language}>{image}<p><small>{escape(host)}</small>'
        f'<strong dir="auto">{escape(card.title)}</strong>{told}</p></div>'
    )


def _facts(shown: AccountPreview, draft: Draft, *, diff: bool) -> str:
    """What a reader of the post does not see: length, pictures, price, what was lost, warnings."""
    said = [f"<li>{escape(preview_text.count(draft))}{_meter(draft)}</li>"]
    said += [f"<li>{escape(preview_text.picture(one, fitted))}</li>" for one, fitted in shown.pictures]
    usual = {field.name: field.default for field in msgspec.structs.fields(shown.network.Options)}
    # a mail's HTML is what the letter above shows; everything else is short
    above = ("subject", "sender", "to", "recipients", "lists", "html") if "subject" in usual else ()
    own = {
        name: value
        for name, value in draft.options.items()
        if name not in above and value != usual.get(name) and len(str(value)) < 500
    }
    said += [f"<li>{escape(name)}: {escape(str(value))}</li>" for name, value in own.items()]
    if shown.price is not None:
        said.append(f"<li>costs {escape(preview_text.cost(shown.price))}</li>")
    said += [f'<li class="lost">lost: {escape(lost)}</li>' for lost in draft.lost]
    said += [f'<li class="warning">{escape(warning)}</li>' for warning in shown.warnings]
    return f'<ul class="facts">{"".join(said)}</ul>{_difference(shown) if diff else ""}'


def _meter(draft: Draft) -> str:
    if not draft.limit:
        return ""
    return f'<meter min="0" max="{draft.limit}" value="{draft.length}">{draft.length}</meter>'


def _difference(shown: AccountPreview) -> str:
    if shown.sent is None:
        return '<p class="diff">nothing was sent yet</p>'
    if shown.same:
        return '<p class="diff">was sent just like this</p>'
    classes = {"+": "new", "-": "old"}
    lines = (
        f'<span class="{classes.get(line[:1], "")}">{escape(line)}</span>' for line in preview_text.difference(shown)
    )
    return f'<pre class="diff" dir="auto">{"".join(lines)}</pre>'


def _marked(draft: Draft, *, shorten: bool) -> str:
    """The text with links, hashtags and mentions marked, as a reader sees them."""
    pieces, at = [], 0
    rules: Rules = "mastodon" if draft.unit == "mastodon" else "x"
    for link in find_urls(draft.text, bare=draft.unit == "x", rules=rules):
        pieces += [
            _tags(draft.text[at : link.start]),
            _anchor(link.text, _visible(link.text) if shorten else link.text),
        ]
        at = link.end
    return "".join([*pieces, _tags(draft.text[at:])])


def _tags(text: str) -> str:
    pieces, at = [], 0
    for start, end in sorted([*spans(text), *(found.span() for found in _MENTION.finditer(text))]):
        if start >= at:
            pieces += [
                escape(text[at:start], quote=False),
                f'<span class="tag">{escape(text[start:end], quote=False)}</span>',
            ]
            at = end
    return "".join([*pieces, escape(text[at:], quote=False)])


def _visible(url: str) -> str:
    bare = url.partition("://")[2] or url
    return bare if len(bare) <= _SHOWN_OF_LINK else bare[:_SHOWN_OF_LINK] + "…"


def _anchor(url: str, shown: str) -> str:
    target = url if url.lower().startswith(("http://", "https://")) else f"https://{url}"
    return f'<a dir="ltr" href="{escape(target)}" title="{escape(url)}" rel="noreferrer">{escape(shown)}</a>'
