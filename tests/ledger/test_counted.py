"""Webmentions of a post in figures."""

from datetime import UTC, datetime, timedelta

from crosspost.ledger.received_webmentions import Count
from crosspost.ledger.response_rows import counted
from crosspost.model.response import Figures, MentionKind

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def count(post: str, kind: MentionKind, number: int, *, state: str = "shown", hours: int = 0) -> Count:
    return Count(
        post=post,
        title=post.title(),
        page=f"https://a.example/{post}",
        kind=kind,
        state=state,
        number=number,
        checked_at=NOON + timedelta(hours=hours),
        since=NOON - timedelta(hours=hours),
    )


def test_kinds_are_added_up_for_each_post_without_what_is_hidden() -> None:
    beet, other = counted(
        [
            count("beet", "like", 2, hours=1),
            count("beet", "like", 1, state="new"),
            count("beet", "like", 9, state="hidden", hours=9),
            count("beet", "repost", 3),
            count("beet", "reply", 4),
            count("beet", "mention", 5, hours=2),
            count("hof", "like", 7, state="hidden"),
            count("tal", "repost", 1),
        ]
    )
    assert beet.figures == Figures(likes=3, reposts=3, replies=9)
    assert (beet.post, beet.title, beet.page, beet.url) == ("beet", "Beet", *["https://a.example/beet"] * 2)
    assert (beet.account, beet.network, beet.gone, beet.error) == ("webmention", "webmention", False, "")
    assert (beet.sent_at, beet.asked_at) == (NOON - timedelta(hours=2), NOON + timedelta(hours=2))
    assert (other.post, other.figures) == ("tal", Figures(likes=0, reposts=1, replies=0))
