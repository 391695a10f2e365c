"""An adapter that talks to nobody, and how each network lists our post or boost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

import msgspec

from crosspost.compose import Style
from crosspost.config import registry
from crosspost.model import Draft, Identity, Prepared
from crosspost.networks.linkedin_boosts import LinkedInBoosts
from crosspost.networks.matrix_event import KEY, TYPE
from crosspost.networks.misskey_boosts import MisskeyBoosts
from crosspost.networks.post_search import Page
from crosspost.networks.searching import SLACK
from crosspost.networks.threads_boosts import ThreadsBoosts
from crosspost.networks.x_boosts import XBoosts

NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
SINCE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
START = SINCE - SLACK
SECOND = timedelta(seconds=1)
HOME = "https://n.example"
LINK = "https://tal.example/a"
TEXT = f"Titel\n\nEin Satz.\n\n{LINK}"
SHOWN = f"{HOME}/5"


def iso(at: datetime) -> str:
    return at.isoformat()


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def seconds(at: datetime) -> int:
    return int(at.timestamp())


class Row(NamedTuple):
    """How one network lists our post.

    ``source`` is what the adapter reads the list with; ``time`` and ``words`` are the fields with when and what, and
    ``another`` is what stands there in a post that is not ours.
    """

    source: str
    wrap: Callable[[list[Any], bool], Any]
    post: dict[str, Any]
    time: str
    words: str
    text: str
    url: str = SHOWN
    id: str = "5"
    written: Callable[[datetime], Any] = iso
    asked: tuple[Any, ...] = ()
    more: dict[str, Any] = {}  # noqa: RUF012  # of a tuple
    another: Any = "Etwas anderes"


def page(posts: list[Any], more: bool) -> Page:
    return Page(posts, more)


def pages(posts: list[Any], more: bool) -> list[Page]:
    return [Page(posts, more)]


def whole(posts: list[Any], _more: bool) -> list[Any]:
    return posts


def graph(posts: list[Any], more: bool) -> Any:
    """Meta's library, which reads that list."""
    told = {"data": posts} | ({"paging": {"next": f"{HOME}/next"}} if more else {})
    return SimpleNamespace(get_object=lambda *_, **__: told)


EVENT = {"title": "Titel", "onlineAddress": LINK, "beginsOn": "2027-05-02T12:00:00Z"}
ROWS = {
    "facebook": Row(
        "_posts", page, {"id": "5", "message": TEXT, "permalink_url": SHOWN}, "created_time", "message", TEXT,
        asked=(START,),
    ),
    "linkedin": Row(
        "_posts", page, {"id": "urn:li:share:5", "commentary": TEXT, "lastModifiedAt": milliseconds(NOW)},
        "publishedAt", "commentary", TEXT, "https://www.linkedin.com/feed/update/urn:li:share:5/", "urn:li:share:5",
        milliseconds, ("me", {"count": 25}),
    ),
    "forem": Row(
        "_articles", whole, {"id": 5, "title": "Titel", "canonical_url": LINK, "url": SHOWN}, "published_at", "title",
        "Titel",
    ),
    "lemmy": Row(
        "_own", pages, {"id": 5, "name": "Titel", "url": LINK}, "published", "name", "", f"{HOME}/post/5",
        more={"_api": lambda: SimpleNamespace(lists="posts")},
    ),
    "mastodon": Row(
        "_statuses", pages, {"id": "5", "content": f"<p>{TEXT}</p>", "url": SHOWN, "in_reply_to_id": None},
        "created_at", "content", TEXT, more={"_source": lambda _: (None, True)},
    ),
    "misskey": Row(
        "notes", pages, {"id": "5", "text": TEXT, "replyId": None}, "createdAt", "text", TEXT, f"{HOME}/notes/5"
    ),
    "mobilizon": Row(
        "_own", pages, {"id": 5, "url": SHOWN} | EVENT, "insertedAt", "title", "Titel",
        more={"_fields": lambda _: EVENT},
    ),
    "ntfy": Row(
        "_messages", whole, {"id": "5", "title": "Titel", "message": "Ein Satz.", "click": LINK}, "time", "title",
        "Titel", LINK, written=seconds, asked=(START,),
    ),
    "pinterest": Row(
        "_own", pages, {"id": "5", "title": "Titel", "link": LINK}, "created_at", "title", "Titel",
        "https://www.pinterest.com/pin/5/",
    ),
    "matrix": Row(
        "_messages", pages, {"event_id": "$5", "sender": "me", "type": TYPE, "content": {"body": TEXT, KEY: "key"}},
        "origin_server_ts", "content", TEXT, f"{HOME}/me/$5", "$5", milliseconds,
        another={"body": "Etwas anderes", KEY: "other"},
    ),
    "x": Row(
        "_timeline", pages, {"id": "5", "text": TEXT}, "created_at", "text", TEXT, f"{HOME}/me/status/5", asked=(SINCE,)
    ),
    "google_business": Row(
        "_own", pages,
        {"name": "accounts/1/locations/2/localPosts/5", "summary": "Titel\n\nEin Satz.", "searchUrl": SHOWN,
         "state": "LIVE", "callToAction": {"url": LINK}},
        "createTime", "summary", "Titel\n\nEin Satz.", id="accounts/1/locations/2/localPosts/5",
    ),
    # boosts of the post 5, which show no words of their own
    "linkedin boosts": Row(
        "_posts", page, {"id": "urn:li:share:9", "commentary": "", "lastModifiedAt": milliseconds(NOW)}
        | {"reshareContext": {"parent": "5"}}, "publishedAt", "reshareContext", "",
        "https://www.linkedin.com/feed/update/urn:li:share:9/", "urn:li:share:9", milliseconds,
        ("me", {"count": 25}), another={"parent": "6"},
    ),
    "misskey boosts": Row(
        "notes", pages, {"id": "9", "renoteId": "5", "text": None}, "createdAt", "renoteId", "", f"{HOME}/notes/9", "9",
        asked=({"renotes": True},), another="6",
    ),
    "threads boosts": Row(
        "_graph", graph, {"id": "9", "media_type": "REPOST_FACADE", "reposted_post": {"id": "5"}}, "timestamp",
        "reposted_post", "", id="9", another={"id": "6"},
    ),
    "x boosts": Row(
        "_timeline", pages, {"id": "9", "text": "RT @me: x", "referenced_tweets": [{"type": "retweeted", "id": "5"}]},
        "created_at", "referenced_tweets", "", asked=(SINCE,), another=[{"type": "retweeted", "id": "6"}],
    ),
}  # fmt: skip
BOOSTS: dict[str, Any] = {
    "linkedin boosts": LinkedInBoosts, "misskey boosts": MisskeyBoosts, "threads boosts": ThreadsBoosts,
    "x boosts": XBoosts,
}  # fmt: skip
#: whether the network lists pages, and may have more than were read
PAGED = [name for name, row in ROWS.items() if row.wrap is not whole]
PREPARED = Prepared(
    draft=Draft(
        account="verein", network="n", text=TEXT, title="Titel", link=LINK, length=len(TEXT), limit=0, unit="x"
    ),
    handle="key",
    remote={"boosts": "5", "boosts_url": SHOWN},
)
ANSWER = msgspec.structs.replace(PREPARED, remote={"reply_to": "4"})


class Account(NamedTuple):
    network: Any
    row: Row
    asked: list[tuple[Any, ...]]

    def lists(self, *posts: dict[str, Any], more: bool = False) -> None:
        """What the account lists from now on, newest first."""

        def source(*given: Any, **named: Any) -> Any:
            self.asked.append((*given, named) if named else given)
            # ntfy alone lists the oldest first
            return self.row.wrap(
                list(posts[::-1] if self.row.source == "_messages" and self.row.wrap is whole else posts), more
            )

        setattr(self.network, self.row.source, source)

    def ours(self, at: datetime | None = None, **changes: Any) -> dict[str, Any]:
        return self.row.post | ({self.row.time: self.row.written(at)} if at is not None else {}) | changes

    def another(self, at: datetime) -> dict[str, Any]:
        """A post that says something else."""
        return self.ours(at, **{self.row.words: self.row.another})


def account_of(name: str) -> Account:
    """The account of a network, or the one that boosts there."""
    cls, row = BOOSTS.get(name) or registry.load(name), ROWS[name]
    own_server = "base_url" in cls.needs or name in ("mastodon", "misskey", "misskey boosts")
    network: Any = cls(
        account="verein", base_url=HOME if own_server else "",
        options=msgspec.convert({key: value for key, value in cls.needs.items() if key != "base_url"}, cls.Options),
        style=Style(), credentials={}, session=SimpleNamespace(ahead=None, last=None), clock=lambda: NOW,  # type: ignore[arg-type]
    )  # fmt: skip
    abilities = msgspec.structs.replace(cls.abilities, read_back=True)
    network.identity = Identity(id="me", handle="@me", url=f"{HOME}/me", abilities=abilities)
    for attribute, value in row.more.items():
        setattr(network, attribute, value)
    return Account(network, row, [])
