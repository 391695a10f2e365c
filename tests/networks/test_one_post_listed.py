"""One post that an account lists: whether it is ours, and what a person who looks for it is shown."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

import msgspec
import pytest

from crosspost.compose import Style
from crosspost.config import registry
from crosspost.errors import OutOfSight, Unknown
from crosspost.model import Draft, Identity, Prepared
from crosspost.networks.matrix_event import KEY, TYPE
from crosspost.networks.post_search import Page
from crosspost.networks.searching import SLACK

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

    ``source`` is what the adapter reads the list with; ``time`` and ``words`` are the fields with when and what.
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


def page(posts: list[Any], more: bool) -> Page:
    return Page(posts, more)


def pages(posts: list[Any], more: bool) -> list[Page]:
    return [Page(posts, more)]


def whole(posts: list[Any], _more: bool) -> list[Any]:
    return posts


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
}  # fmt: skip
#: whether the network lists pages, and may have more than were read
PAGED = [name for name, row in ROWS.items() if row.wrap is not whole]
PREPARED = Prepared(
    draft=Draft(
        account="verein", network="n", text=TEXT, title="Titel", link=LINK, length=len(TEXT), limit=0, unit="x"
    ),
    handle="key",
)


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
        words = "Etwas anderes"
        return self.ours(
            at, **{self.row.words: {"body": words, KEY: "other"} if self.network.name == "Matrix" else words}
        )


@pytest.fixture
def account(request: pytest.FixtureRequest) -> Account:
    name = request.param
    cls, row = registry.load(name), ROWS[name]
    network: Any = cls(
        account="verein", base_url=HOME if "base_url" in cls.needs or name in ("mastodon", "misskey") else "",
        options=msgspec.convert({key: value for key, value in cls.needs.items() if key != "base_url"}, cls.Options),
        style=Style(), credentials={}, session=SimpleNamespace(ahead=None, last=None), clock=lambda: NOW,  # type: ignore[arg-type]
    )  # fmt: skip
    abilities = msgspec.structs.replace(cls.abilities, read_back=True)
    network.identity = Identity(id="me", handle="@me", url=f"{HOME}/me", abilities=abilities)
    for attribute, value in row.more.items():
        setattr(network, attribute, value)
    return Account(network, row, [])


def each(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("account", names or tuple(ROWS), indirect=True)


@each()
def test_ours_is_found_and_shown_with_its_words_address_and_time(account: Account) -> None:
    row, at = account.row, SINCE + timedelta(minutes=5)
    account.lists(account.ours(at))
    found = account.network.find(PREPARED, SINCE)
    assert (found.id, found.url, found.at) == (row.id, row.url if account.network.name != "ntfy" else "", NOW)
    listed = [(one.at, " ".join(one.text.split()), one.url) for one in account.network.listed]
    assert listed == ([(at, " ".join(row.text.split()), row.url)] if row.text else [])
    assert not row.asked or account.asked == [row.asked]


@each()
def test_one_of_before_is_not_ours_however_alike_and_one_within_the_clocks_slack_is(account: Account) -> None:
    account.lists(account.ours(START - SECOND))
    assert account.network.find(PREPARED, SINCE) is None
    account.lists(account.ours(START))
    assert account.network.find(PREPARED, SINCE) is not None


@each()
def test_the_newest_of_several_is_found_behind_others(account: Account) -> None:
    newer = account.another(SINCE + 9 * SECOND)
    account.lists(newer)
    assert account.network.find(PREPARED, SINCE) is None
    account.lists(newer, account.ours(SINCE + 5 * SECOND), account.ours(START - SECOND))
    assert account.network.find(PREPARED, SINCE).id == account.row.id


@each(*(name for name in ROWS if name != "x"))
def test_without_its_time_it_may_be_ours(account: Account) -> None:
    for told in ({}, {account.row.time: None}):
        account.lists(account.ours() | told)
        with pytest.raises(Unknown, match=r"^verein: .* lists a post that may be this one, but without its time$"):
            account.network.find(PREPARED, SINCE)


@each()
def test_without_its_words_it_may_be_ours(account: Account) -> None:
    account.lists(account.ours(SINCE, **{account.row.words: None}))
    with pytest.raises(Unknown, match="without its text"):
        account.network.find(PREPARED, SINCE)


@each(*PAGED)
def test_a_list_that_goes_on_before_it_came_to_older_ones_proves_nothing(account: Account) -> None:
    account.lists(account.another(SINCE), more=True)
    with pytest.raises(OutOfSight):
        account.network.find(PREPARED, SINCE)
    account.lists(account.another(SINCE), more=False)
    assert account.network.find(PREPARED, SINCE) is None


# ── one network's own ─────────────────────────────────────────────────────────────────────────────────────────────────


@each("linkedin")
def test_linkedin_may_say_only_when_a_post_was_made(account: Account) -> None:
    made = {"createdAt": milliseconds(SINCE)}
    account.lists(account.ours(**made))
    assert account.network.find(PREPARED, SINCE) is not None
    account.lists(account.ours(SINCE, createdAt=milliseconds(START - SECOND)))
    assert account.network.find(PREPARED, SINCE) is not None, "what was made before may be published after"
    account.lists(account.ours(START - SECOND, **made))
    assert account.network.find(PREPARED, SINCE) is None


@each("linkedin", "lemmy")
def test_where_nobody_may_look_nothing_is_asked(account: Account) -> None:
    network = account.network
    network.identity = msgspec.structs.replace(
        network.identity, abilities=msgspec.structs.replace(network.abilities, read_back=False)
    )
    network._api = lambda: SimpleNamespace(lists="")
    account.lists(account.ours(SINCE))
    assert network.find(PREPARED, SINCE) is None
    assert account.asked == []


@each("x")
def test_x_was_asked_for_new_ones_only_so_one_without_its_time_is_new(account: Account) -> None:
    account.lists(account.ours())
    assert account.network.find(PREPARED, SINCE).id == "5"


@each("x")
def test_an_answer_on_x_is_not_the_post_itself(account: Account) -> None:
    answer = account.ours(SINCE, referenced_tweets=[{"type": "replied_to", "id": "4"}])
    account.lists(answer)
    assert account.network.find(PREPARED, SINCE) is None
    assert account.network.find(msgspec.structs.replace(PREPARED, remote={"reply_to": "4"}), SINCE).id == "5"


@each("mastodon", "misskey")
def test_an_answer_in_the_fediverse_is_not_the_post_itself(account: Account) -> None:
    field = "in_reply_to_id" if account.network.name == "Mastodon" else "replyId"
    account.lists(account.ours(SINCE, **{field: "4"}))
    assert account.network.find(PREPARED, SINCE) is None
    assert account.network.find(msgspec.structs.replace(PREPARED, remote={"reply_to": "4"}), SINCE).id == "5"


@each("forem")
@pytest.mark.parametrize(
    ("told", "link", "found"),
    [
        ({"published": False}, LINK, None),
        ({"published": True}, LINK, "5"),
        ({"canonical_url": f"{LINK}-2"}, LINK, None),
        ({"canonical_url": None}, LINK, Unknown),
        ({"canonical_url": None}, "", "5"),
        ({"canonical_url": f"{LINK}-2"}, "", "5"),
        ({"title": " Titel "}, LINK, "5"),
        ({"title": "Ein Titel"}, LINK, None),
        ({"title": 5}, "", Unknown),
    ],
)
def test_an_article_is_ours_by_its_address_and_title(
    account: Account, told: dict[str, Any], link: str, found: Any
) -> None:
    draft = PREPARED.draft
    if not link:
        draft = msgspec.structs.replace(draft, link="", text="Titel\n\nEin Satz.")
    account.lists(account.ours(SINCE, **told))
    prepared = msgspec.structs.replace(PREPARED, draft=draft)
    if found is Unknown:
        with pytest.raises(Unknown):
            account.network.find(prepared, SINCE)
    else:
        receipt = account.network.find(prepared, SINCE)
        assert (receipt.id if receipt else None) == found


@each("ntfy")
def test_a_message_without_a_title_is_shown_with_its_text(account: Account) -> None:
    account.lists(account.ours(SINCE, title=None, click=None))
    with pytest.raises(Unknown):
        account.network.find(PREPARED, SINCE)
    assert [(one.text, one.url) for one in account.network.listed] == [("Ein Satz.", "")]
