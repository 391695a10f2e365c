"""The words of a post on a Google Business Profile: told from its button's link, compared, looked through. Pure."""

from collections.abc import Iterator
from typing import Any

from crosspost.compose.clean import clean
from crosspost.model import Draft
from crosspost.networks.post_search import text
from crosspost.text.lazy_pattern import lazy

_URL = lazy(r"https?://\S+")
# eight digits or more with what people put between them, from a plus or a zero
_PHONE = lazy(r"(?<![\w.,/-])(?:\+|0)\d(?:[ ()/.-]{0,2}\d){6,14}(?!\w)")


def apart(draft: Draft) -> tuple[str, str]:
    """The words of a post, and the link of its button; "" for none."""
    link = draft.link if draft.link and draft.link in draft.text else ""
    return (clean(draft.text.replace(link, "")), link) if link else (draft.text, "")


def same(post: dict[str, Any], words: str, link: str) -> bool | None:
    """Whether one of Google's posts has these words and this button; None where it lacks what would tell."""
    summary, action = text(post.get("summary")), post.get("callToAction")
    url = text(action.get("url")) if isinstance(action, dict) else None
    if summary is not None and summary.split() != words.split():
        return False
    if url is not None and url.rstrip("/") != link.rstrip("/"):
        return False
    return None if summary is None or (link and url is None) else True


def unwanted(words: str) -> Iterator[str]:
    """Warnings about what Google is known to turn down."""
    for what, pattern in (("a link", _URL), ("a phone number", _PHONE)):
        if (found := pattern.search(words)) is not None:
            yield f"Google may turn it down, because {what} is in the text: {found[0]}"
