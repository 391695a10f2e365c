"""Whether a post of X's timeline is the one that was sent. X escapes HTML and shortens links, and need not say which.

Source: docs.x.com/x-api/users/get-posts, checked 2026-11-22.
"""

from typing import Any

from crosspost.networks.post_search import text
from crosspost.text.lazy_pattern import lazy

#: a link as X shortens it
_SHORT = lazy(r"https?://t\.co/\w+")


def answers_to(tweet: Any, post: str) -> bool:
    """Whether a post replies to the post with this id (""; it is not a reply); True if X does not say."""
    refers = tweet.get("referenced_tweets") or []
    answered = [reference for reference in refers if reference.get("type") == "replied_to"]
    return not answered or bool(post and any(str(reference.get("id")) == post for reference in answered))


def same(tweet: dict[str, Any], wanted: str) -> bool | None:
    """Whether it is the same post. X escapes HTML, shortens links and appends one for pictures.

    Returns None when only links differ whose target X does not return.
    """
    content = text(tweet.get("text"))
    if content is None:
        return None
    import html

    content = html.unescape(content)
    for link in (tweet.get("entities") or {}).get("urls") or []:
        short, expanded = text(link.get("url")), text(link.get("expanded_url"))
        if short and expanded:
            content = content.replace(short, "" if "/photo/" in expanded else expanded)
    if content.split() == wanted.split():
        return True
    return None if _SHORT.search(content) and _like(content.split(), wanted.split()) else False


def _like(words: list[str], wanted: list[str]) -> bool:
    """Whether two texts match word for word, where a shortened link may be any word or none."""
    reached = {0}  # possible numbers of wanted words matched so far
    for word in words:
        around = _SHORT.split(word)
        begin, end = around[0], around[-1]
        on = {
            at + 1
            for at in reached
            if at < len(wanted)
            and (wanted[at] == word if len(around) == 1 else wanted[at].startswith(begin) and wanted[at].endswith(end))
        }
        reached = on | reached if len(around) > 1 and not begin and not end else on
    return len(wanted) in reached
