"""The body of a post for a network: all of it in a template, or its first paragraphs."""

from functools import lru_cache
from typing import Literal

from crosspost import markup
from crosspost.compose.fit import shorten
from crosspost.compose.repeated_title import letters, without_title
from crosspost.compose.style import Style
from crosspost.model import Limits, Post
from crosspost.text.lazy_pattern import lazy

# A network that takes this much (in any unit) shows more than a hook: Facebook, LinkedIn, Telegram. A picture's caption
# does not; mail, which has no limit, arranges its text itself.
_ROOMY = 2500
# What such a network gets unless the account says otherwise: more would be folded away behind "see more" anyway.
_USUAL_LEAD = 700
_HEAD = 4000  # characters of Markdown in which an opening is looked for
# a picture written into the text itself: tens of thousands of characters in which nothing is said
_DATA = lazy(r"data:image/[\w.+-]{1,40};base64,[A-Za-z0-9+/=]*+")


def whole(post: Post, style: Style) -> str:
    """The whole text of a post, for templates."""
    return _whole(post.body, style.links, post.url)


@lru_cache(maxsize=4)  # all accounts of a post
def _whole(body: str, links: Literal["text", "footnotes"], base: str) -> str:
    return markup.to_text(body, links=links, base=base)


def lead(post: Post, description: str, limits: Limits, style: Style) -> str:
    """Description and opening paragraphs, about as long as the account wants; "" for the description alone.

    Paragraphs are taken whole, the first one cut at a sentence when it is too long. A paragraph that says again what
    the description says takes its place.
    """
    most = style.lead if style.lead >= 0 else _USUAL_LEAD if limits.text >= _ROOMY else 0
    if len(description) >= most or not post.body:
        return ""
    said = [description] if description else []
    title = letters(post.title)
    for paragraph in _opening(_head(post.body)):
        paragraph = without_title(post.title, paragraph)  # noqa: PLW2901  # less what was said
        known = letters(paragraph)
        if known == title or any(known in letters(before) for before in said):
            continue
        if said == [description] and known.startswith(letters(description)):
            said = []
        room = most - sum(len(before) + 2 for before in said)
        if len(paragraph) > room:
            if len(said) <= 1:
                said.append(shorten(paragraph, lambda text, room=room: len(text) <= room, room))  # type: ignore[misc]
            break
        said.append(paragraph)
    while len(said) > 1 and said[-1].endswith(":"):  # it announces what is not there
        said.pop()
    return "\n\n".join(filter(None, said))


def _head(body: str) -> str:
    """As much of a long text as can matter, up to the end of a block."""
    if len(body) > _HEAD:
        body = _DATA.sub("#", body)
    if len(body) <= _HEAD:
        return body
    end = body.rfind("\n\n", 0, _HEAD)
    return body[: end if end > 0 else _HEAD]


@lru_cache(maxsize=8192)  # all accounts of a post, and all posts of a run for each account
def _opening(head: str) -> tuple[str, ...]:
    return tuple(markup.opening(head))
