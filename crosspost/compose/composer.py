"""Post + Limits + Style → Draft: what would be said on one account, exactly as it will be sent."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from crosspost.compose import twitter_text
from crosspost.compose.body import lead, whole
from crosspost.compose.clean import clean, one_line
from crosspost.compose.hashtags import hashtags, in_text
from crosspost.compose.measure import UNITS, fits, length
from crosspost.compose.mentions import Mentions
from crosspost.compose.parts import Pieces, Render, give_way, lost, usual
from crosspost.compose.picture_selection import framing, pictures, too_many, without_words
from crosspost.compose.post_link import tagged
from crosspost.compose.repeated_title import without_repetition
from crosspost.compose.style import Style, for_post
from crosspost.compose.templates import renderer
from crosspost.compose.thread import thread
from crosspost.errors import Unsupported
from crosspost.model import Abilities, Card, Draft, Limits, Override, Picture, Poll, Post, Value, Video


class NoOptions(Value, frozen=True, kw_only=True):
    """The settings of a network that has none of its own."""


class _Account(NamedTuple):
    """Who a draft is for. ``room`` are the limits left for the text beside what else counts."""

    account: str
    network: str
    limits: Limits
    room: Limits
    abilities: Abilities
    style: Style
    options: msgspec.Struct


def _poll(
    post: Post, override: Override, limits: Limits, images: tuple[Picture, ...], network: str, names: Mentions
) -> tuple[Poll | None, tuple[Picture, ...], list[str]]:
    """The poll, the pictures that stay beside it, and warnings about both."""
    if not isinstance(override.poll, Poll):
        return None, images, []
    from crosspost.compose.poll_fitting import with_poll  # few posts have one

    asked = override.poll
    if limits.polls is not None and limits.polls.mentions:
        asked = msgspec.structs.replace(asked, options=tuple(map(names.said, asked.options)))
    return with_poll(asked, post.title, images, limits.polls, network)


def _video(
    post: Post, limits: Limits, style: Style, poll: Poll | None, network: str
) -> tuple[Video | None, tuple[str, ...]]:
    """The video that goes in the place of the pictures, and warnings about it."""
    if post.video is None or not style.video:
        return None, ()
    from crosspost.compose.video_fitting import shown  # few posts have one

    return shown(post.video, limits.videos, network, thumbnail=post.thumbnail, beside_poll=poll is not None)


def _within(limits: Limits, images: tuple[Picture, ...], video: Video | None, poll: Poll | None) -> Limits:
    """The limits that hold for this post: some networks take less text beside a picture, a video or a poll."""
    if poll is not None and limits.polls is not None and limits.polls.text:
        return msgspec.structs.replace(limits, text=limits.polls.text)
    if not (images or video) or not limits.text_with_images:
        return limits
    return msgspec.structs.replace(limits, text=limits.text_with_images)


def _own_text(text: str, link: str, limits: Limits) -> Pieces:
    """The pieces of a text the author wrote for this account; the link is added unless it is there already."""
    if link and link in text:
        if fits(text, limits):
            return Pieces(description=text)
        # the text must be cut, the link must not: it goes to the end, as its own block
        text = clean(text.replace(link, ""))
    return Pieces(description=text, link=link)


def _pieces(post: Post, style: Style, limits: Limits, link: str, names: Mentions) -> Pieces:
    def plain(text: str) -> str:
        return names.said(clean(text)) if text else ""

    title, description = names.said(one_line(post.title)), plain(post.description)
    excerpt = plain(post.excerpt)
    if style.template:
        body = plain(whole(post, style)) if "body" in style.template else ""
        pieces = Pieces(title, description, excerpt, body, link)
        found = hashtags(post.tags, style, limits, already=style.template)
        refused = found.refused if "hashtags" in style.template else ()
        return pieces._replace(hashtags=found.said, refused=refused)
    title, description = without_repetition(title, description or excerpt)
    if more := lead(post, description, limits, style):
        description = plain(more)
    found = hashtags(post.tags, style, limits, already=f"{title}\n{description}")
    return Pieces(title=title, description=description, link=link, hashtags=found.said, refused=found.refused)


def _named(post: Post, names: Mentions) -> Post:
    """The post as templates see it, with the names this network knows."""
    return msgspec.structs.replace(
        post,
        author=names.said(post.author),
        site=names.said(post.site),
        tags=tuple(names.said(tag) for tag in post.tags),
    )


def _room(limits: Limits, options: msgspec.Struct) -> Limits:
    """The limits that are left for the text beside a content warning, which counts too and is never shortened."""
    if not (warning := str(getattr(options, "content_warning", ""))):
        return limits

    def left(unit: str, most: int) -> int:
        # a content warning counts as it is written: no discount for links
        return most - UNITS["graphemes" if unit == "mastodon" else unit](warning, limits)

    bounds = [
        (unit, left(unit, most) if most else 0, most) for unit, most in ((limits.unit, limits.text), *limits.also)
    ]
    if any(most and room <= 0 for _, room, most in bounds):  # a room of 0 would mean that there is no limit
        raise Unsupported("The content warning alone is longer than this network allows; shorten `content_warning`.")
    (_, text, _), *also = bounds
    return msgspec.structs.replace(limits, text=text, also=tuple((unit, room) for unit, room, _ in also))


def _card(post: Post, link: str, abilities: Abilities, style: Style, images: tuple[Picture, ...]) -> Card | None:
    if not link or not style.card or abilities.card == "none":
        return None
    description = clean(post.description or post.excerpt)
    drawn = images[0] if images and images[0].drawn is not None else None
    image = msgspec.structs.replace(post.thumbnail, framing=framing(style)) if post.thumbnail is not None else drawn
    return Card(url=link, title=one_line(post.title), description=description, image=image)


def _warnings(post: Post, text: str, limits: Limits, images: tuple[Picture, ...], abilities: Abilities) -> list[str]:
    found = list(post.warnings)
    if abilities.alt_text:
        told = any("thumbnail_alt" in said for said in found)  # the source has told about the post's own picture
        found += without_words(post, images[1:] if told else images)
    if limits.unit == "x":
        found += [
            f'X takes "{url.text}" for a link: it counts {twitter_text.URL_WEIGHT} characters and may be billed as one'
            for url in twitter_text.find_urls(text)
            if not url.has_scheme
        ]
    return found


def _fitted(pieces: Pieces, style: Style, render: Render, limits: Limits, network: str) -> tuple[str, Pieces]:
    """The text that fits, and the pieces it was made of."""
    most = max(0, limits.hashtags - len(in_text(f"{pieces.title}\n{pieces.description}")))
    allowed = pieces._replace(hashtags=pieces.hashtags[:most]) if limits.hashtags >= 0 else pieces
    measured: dict[str, bool] = {}

    def fits_here(text: str) -> bool:
        if text not in measured:
            measured[text] = fits(text, limits)
        return measured[text]

    def spare(text: str) -> int:
        return limits.text - length(text, limits)

    kept = give_way(allowed, style.giving_way, render, fits_here, spare)
    text = render(kept)
    if not fits_here(text):
        need, unit = length(text, limits), limits.unit
        raise Unsupported(
            f"{network} takes {limits.text} ({unit}); what may not be shortened alone needs {need}."
            " Use a shorter link or template for this account."
        )
    return text, kept


def _said(pieces: Pieces, render: Render, to: _Account) -> tuple[tuple[str, ...], Pieces, tuple[str, ...]]:
    """The text, or the texts of a thread; the pieces they were made of; and what had to go beyond those pieces."""
    style, limits = to.style, to.room
    short = pieces._replace(hashtags=())  # a thread for the hashtags alone is worth it to nobody
    if style.long == "thread" and to.abilities.thread and not fits(render(short), limits):
        own_order = render is not usual
        body = render(pieces if own_order else short._replace(link=""))
        tags = pieces.hashtags[: limits.hashtags] if limits.hashtags >= 0 else pieces.hashtags
        tail = "" if own_order else usual(Pieces(link=pieces.link, hashtags=tags))
        parts, cut = thread(body, lambda text: fits(text, limits), tail=tail, tail_in=style.link_in)
        if parts:
            return parts, pieces, ((f"text shortened by {cut} characters",) if cut else ())
    text, kept = _fitted(pieces, style, render, limits, to.network)
    return (text,), kept, ()


def _check(post: Post, text: str, shown: bool, network: str, abilities: Abilities) -> None:
    if not text and not shown:
        raise Unsupported(f"{post.path or post.id}: there is nothing to say: no title, no description, no link.")
    if abilities.needs_image and not shown:
        raise Unsupported(f"{network} does not accept a post without a picture; add `thumbnail` to the front matter.")


def compose(
    post: Post,
    *,
    account: str,
    network: str,
    limits: Limits,
    abilities: Abilities,
    style: Style,
    options: msgspec.Struct = NoOptions(),  # noqa: B008  # frozen: nobody can change the one default
    instead: str = "",
) -> Draft:
    """What would be said about ``post`` on one account. Pure: the same input gives the same Draft.

    :param account: name of the account, for overrides and messages
    :param network: key of its network
    :param options: the network's own settings; a ``content_warning`` among them counts beside the text
    :param instead: words that stand where the address would when it is left out, and are never shortened either
    :raises Unsupported: when the network cannot take this post (no picture, link too long, nothing to say)
    :raises ConfigError: when a setting of the post or the account's template cannot be used
    """
    override = post.overrides.for_account(account, network)
    style, options = for_post(style, options, override, post.path)
    images = pictures(post, limits.images, abilities, style, override.alt)
    more = too_many(post, limits.images, style)
    names = Mentions(style.mentions, abilities.mentions)
    poll, images, about_poll = _poll(post, override, limits, images, network, names)
    video, about_video = _video(post, limits, style, poll, network)
    images = () if video is not None else images
    limits = _within(limits, images, video, poll)
    to = _Account(account, network, limits, _room(limits, options), abilities, style, options)
    address = tagged(clean(post.url), style.utm) if style.link != "none" else ""
    replied = address if style.link == "reply" and abilities.thread else ""
    link = clean(instead) if style.link == "none" else "" if replied else address
    pieces, render = _worded(_unasked(post, poll, style), to, link, names)
    texts, kept, gone = _said(pieces, render, to)
    texts = (*texts, replied) if replied else texts
    _check(post, texts[0], bool(images or video or (poll and poll.question)), network, abilities)
    first, *following = _drafts(post, texts, address, images, to)
    whole_text = "\n".join(texts)
    return msgspec.structs.replace(
        first,
        title=kept.title if kept.title in texts[0] else "",
        images=images,
        lost=(*lost(pieces, kept, own=override.text is not None), *gone, *(more if images else ())),
        poll=poll,
        video=video,
        warnings=(
            *_warnings(post, whole_text, limits, images, abilities),
            *names.warnings("\n".join((whole_text, *(poll.options if poll is not None else ())))),
            *about_poll,
            *about_video,
        ),
        lost_pictures=post.lost_pictures,
        parts=tuple(following),
    )


def _unasked(post: Post, poll: Poll | None, style: Style) -> Post:
    """The post without its title where the poll asks it, so that it does not stand there twice."""
    repeated = poll is not None and poll.question == one_line(post.title) and not style.template
    return msgspec.structs.replace(post, title="") if repeated else post


def _worded(post: Post, to: _Account, link: str, names: Mentions) -> tuple[Pieces, Render]:
    """The pieces of the text, and how they are put together: the author's own words go before the usual ones."""
    override = post.overrides.for_account(to.account, to.network)
    if override.text is not None:
        meant = post.overrides.names_text(to.account, to.network)
        return _own_text(names.said(clean(override.text), own=meant), link, to.room), usual
    pieces = _pieces(post, to.style, to.room, link, names)
    return pieces, renderer(to.style.template, _named(post, names), to.account) if to.style.template else usual


def _drafts(
    post: Post, texts: Sequence[str], address: str, images: tuple[Picture, ...], to: _Account
) -> Iterator[Draft]:
    """A draft for each text; the first text with the address gets the link and its card."""
    said_at = next((n for n, text in enumerate(texts) if address and address in text), -1)
    for number, text in enumerate(texts):
        shown = address if number == said_at else ""
        yield Draft(
            account=to.account,
            network=to.network,
            text=text,
            length=length(text, to.limits) + (to.limits.text - to.room.text),
            limit=to.limits.text,
            unit=to.limits.unit,
            link=shown,
            card=_card(post, shown, to.abilities, to.style, images),
            language=to.style.language or post.lang,
            options=msgspec.to_builtins(to.options),
        )
