"""A Discord message as an embed: a box whose title is the link, with the text and the first picture below it.

Source: docs.discord.com/developers/resources/message ("Embed Object", "Embed Limits"), …/reference#uploading-files for
``attachment://``, checked 2026-11-28. All embeds of a message may have 6,000 characters together; one with the longest
title and text has 4,352. Names in an embed call nobody.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from crosspost.compose import Style
from crosspost.compose.clean import clean, one_line
from crosspost.compose.discord_markdown import escape
from crosspost.compose.fit import shorten
from crosspost.model import Card, Draft, Post

if TYPE_CHECKING:
    from crosspost.networks.base import Network

TITLE, DESCRIPTION = 256, 4096  # characters


def with_embed(network: "Network", post: Post, plain: Draft, style: Style) -> Draft:
    """The draft whose title or card becomes an embed; ``plain`` where the post has no title and link for one.

    What a template arranges, and a text that has the link in it, stay as they are. Nowhere is it documented what stands
    beside a poll.

    :param plain: the draft without an embed
    :param style: the account's with what the post says for it
    """
    override = post.overrides.for_account(network.account, network.key)
    title = one_line(post.title)
    if plain.poll is not None or style.template or not plain.link or not title:
        return plain
    own = override.text is not None
    limits = network.allowed if own else msgspec.structs.replace(network.allowed, text=DESCRIPTION)
    bare = network.composed(post, style=msgspec.structs.replace(network.style, link="none"), limits=limits)
    if bare.link or plain.link in bare.text:
        return plain
    if own:
        about = clean(post.description or post.excerpt)
        card = Card(url=plain.link, title=_cut(title, TITLE), description=_cut(about, DESCRIPTION))
        return msgspec.structs.replace(bare, link=plain.link, card=card)
    if not bare.title or not bare.text.startswith(bare.title) or len(escape(bare.title)) > TITLE:
        return plain
    return msgspec.structs.replace(bare, link=plain.link)


def fields(draft: Draft, picture: str) -> dict[str, Any]:
    """The fields of a message that say the draft's text; with an embed where it has one.

    :param picture: the name of the attached file that the embed shows; "" for none
    """
    if not draft.link or draft.link in draft.text:
        return {"content": escape(draft.text), "embeds": []}
    if draft.title and draft.text.startswith(draft.title):
        content, title, description = "", draft.title, draft.text.removeprefix(draft.title).strip()
    else:
        card = draft.card or Card(url=draft.link, title="")
        content, title, description = draft.text, card.title, card.description
    said = {"title": escape(title), "url": draft.link, "description": escape(description)}
    shown = {"image": {"url": f"attachment://{picture}"}} if picture else {}
    return {"content": escape(content), "embeds": [{name: value for name, value in said.items() if value} | shown]}


def _cut(text: str, most: int) -> str:
    """The text that has at most so many characters as it is sent."""
    return shorten(text, lambda some: len(escape(some)) <= most, most)
