"""What a look asks for, and what of the answer counts: for networks whose sandbox answers more than it is asked for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import NotSent, RateLimited, Unknown
from crosspost.model import Identity, Prepared, Receipt
from crosspost.networks.base import Network
from crosspost.networks.post_search import Page
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

SINCE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = "2026-11-22T12:05:00Z"

Make = Callable[..., tuple[Any, Prepared]]


@pytest.fixture
def make(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Make:
    """A network that knows who it is, and what it would say."""

    def made(name: str, server: str = "") -> tuple[Network, Prepared]:
        place = Place(tmp_path, sandbox, networks=(name,), clock=clock)
        network = place.network(name)
        network.me()
        if server:
            network.identity = Identity(id="7", handle="@me", server=server)
        return network, Prepared(draft=network.draft(place.the_post()), handle="key")

    return made


# ── Lemmy ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("link", [True, False])
def test_lemmy_is_asked_for_our_link_else_for_our_title(make: Make, link: bool) -> None:
    network, prepared = make("lemmy", "lemmy")
    if not link:
        draft = prepared.draft
        prepared = msgspec.structs.replace(prepared, draft=msgspec.structs.replace(draft, link=""))
    asked: list[tuple[str, dict[str, Any]]] = []
    network._get = lambda path, **query: asked.append((path, query)) or {"posts": []}
    assert network.find(prepared, SINCE) is None
    title = prepared.draft.text.partition("\n")[0]
    about = {"q": prepared.draft.link, "type_": "Url"} if link else {"q": title, "type_": "Posts"}
    assert asked == [("/api/v3/search", {"creator_id": "7", "sort": "New", "limit": 50, "page": 1} | about)]


def test_lemmy_is_asked_for_five_pages_of_fifty(make: Make) -> None:
    network, prepared = make("lemmy", "lemmy")
    pages: list[int] = []
    many = [{"post": {"id": 1, "name": "x", "url": "https://e.org/", "published": LATER}}] * 50

    def get(_: str, **query: Any) -> Any:
        pages.append(query["page"])
        return {"posts": many if len(pages) < 9 else []}

    network._get = get
    with pytest.raises(Unknown, match="more posts"):
        network.find(prepared, SINCE)
    assert pages == [1, 2, 3, 4, 5]
    pages.clear()
    many.pop()
    assert network.find(prepared, SINCE) is None
    assert pages == [1]


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize(("at", "found"), [(LATER, True), ("2026-11-22T11:00:00Z", False)])
def test_lemmy_1_lists_what_a_person_said(make: Make, wrapped: bool, at: str, found: bool) -> None:
    network, prepared = make("lemmy", "lemmy1")
    asked: list[tuple[str, dict[str, Any]]] = []
    ours = {"id": 9, "name": prepared.draft.text.partition("\n")[0], "url": prepared.draft.link, "published_at": at}

    def get(path: str, **query: Any) -> Any:
        asked.append((path, query))
        return {"items": [{"post": ours} if wrapped else ours]}

    network._get = get
    receipt = network.find(prepared, SINCE)
    assert (receipt.id if receipt else None) == ("9" if found else None)
    assert asked == [("/api/v4/person/content", {"limit": 50})]


@pytest.mark.parametrize("many", [49, 50])
def test_fifty_of_lemmy_1_may_not_be_all(make: Make, many: int) -> None:
    network, prepared = make("lemmy", "lemmy1")
    network._get = lambda *_, **__: {"items": [{"id": 1, "name": "x", "url": "y", "published_at": LATER}] * many}
    if many < 50:
        assert network.find(prepared, SINCE) is None
        return
    with pytest.raises(Unknown, match="more posts"):
        network.find(prepared, SINCE)


def test_piefed_does_not_say_what_an_account_said(make: Make) -> None:
    network, prepared = make("lemmy", "piefed")
    network._get = lambda *_, **__: pytest.fail("nothing is known to ask for")
    assert network.find(prepared, SINCE) is None


# ── Nostr: several relays ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (None, "a" * 64, "a" * 64),
        ("b" * 64, "a" * 64, "b" * 64),
        (None, None, None),
        (NotSent("one"), "a" * 64, "a" * 64),
        (NotSent("one"), None, NotSent),
        (None, RateLimited("two"), RateLimited),
        (NotSent("one"), RateLimited("two"), NotSent),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_one_relay_that_has_a_note_is_enough_and_each_must_say_that_it_has_not(
    make: Make, first: Any, second: Any, found: Any, known: bool
) -> None:
    network, prepared = make("nostr")
    if known:
        prepared = msgspec.structs.replace(prepared, remote={"event": {"id": "e" * 64}})
    answers, asked = iter([first, second]), list[tuple[Any, ...]]()

    def look(relay: str, *about: Any) -> Any:
        asked.append((relay, *about))
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    network._relays = lambda: ["one", "two"]
    network._by_id = look if known else None
    network._by_key = None if known else look
    if isinstance(found, type):
        with pytest.raises(found) as raised:
            network.find(prepared, SINCE)
        assert raised.value is next(one for one in (first, second) if isinstance(one, Exception))
    else:
        receipt: Receipt | None = network.find(prepared, SINCE)
        assert (receipt.id if receipt else None) == found
    about = ("e" * 64,) if known else (prepared, SINCE)
    assert asked[0] == ("one", *about)
    assert len(asked) == (1 if first == "b" * 64 else 2)


# ── Tumblr ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "slug", "found"),
    [
        ("published", "ours", True),
        ("draft", "ours", False),
        ("published", "another", False),
        ("published", None, Unknown),
        (None, "ours", Unknown),
        (None, "another", False),
    ],
)
def test_tumblr_shows_the_post_under_our_slug(
    make: Make, monkeypatch: pytest.MonkeyPatch, state: str | None, slug: str | None, found: Any
) -> None:
    network, prepared = make("tumblr")
    monkeypatch.setattr("crosspost.networks.tumblr.own_slug", lambda draft, handle: f"ours{handle[3:]}")
    post = {
        "id_string": "5",
        "timestamp": int(SINCE.timestamp()) + 60,
        "slug": slug,
        "state": state,
        "summary": " Beet ",
    }
    network._own = lambda: [Page([post | {"post_url": "https://t.example/5"}, {"id_string": "4", **post}])]
    if found is Unknown:
        with pytest.raises(Unknown):
            network.find(prepared, SINCE)
    else:
        receipt = network.find(prepared, SINCE)
        assert (receipt is not None) == found
        if receipt is not None:
            assert (receipt.id, receipt.url) == ("5", "https://t.example/5")
    assert [(one.text, one.url) for one in network.listed] == [("Beet", "https://t.example/5"), ("Beet", "")]


def test_a_post_of_tumblr_may_lack_its_address(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    network, prepared = make("tumblr")
    monkeypatch.setattr("crosspost.networks.tumblr.own_slug", lambda *_: "ours")
    post = {"id_string": "5", "timestamp": int(SINCE.timestamp()) + 60, "slug": "ours", "state": "published"}
    network._own = lambda: [Page([post])]
    receipt = network.find(prepared, SINCE)
    assert receipt is not None
    assert receipt.url.endswith("/tumblr/verein/5"), "it is made of the blog and the id"


# ── Google ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("seconds", "looks"), [(119, 3), (120, 0)])
def test_google_is_waited_for_within_two_minutes_of_a_post(make: Make, seconds: int, looks: int) -> None:
    network, prepared = make("google_business")
    taken = msgspec.structs.replace(prepared, remote={"taken": "accounts/1/locations/2/localPosts/3"})
    slept: list[float] = []
    network.sleep = slept.append
    network._taken = lambda name: {"name": name, "state": "PROCESSING"}
    with pytest.raises(Unknown, match="looks at it before it shows it"):
        network.find(taken, network.clock() - timedelta(seconds=seconds))
    assert slept == [2, 5, 10][:looks]
    network._taken = lambda _: None
    assert network.find(taken, network.clock()) is None
    assert len(slept) == looks, "what is gone is not waited for"
