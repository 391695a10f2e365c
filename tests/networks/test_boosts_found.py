"""A boost is found by what it boosts, and nothing else counts as one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from crosspost.errors import KeyTaken, NotSent, Rejected, Unknown
from crosspost.model import Prepared
from crosspost.networks import threads_boosts
from crosspost.networks.post_search import Page
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place, Saved
from tests.boosted import second_account

#: those that list their boosts, so that one of before is told from one that was just made
LISTING = ("linkedin", "misskey", "threads", "x")
ALL = (*LISTING, "bluesky", "mastodon", "nostr")

Make = Callable[[str], tuple[Any, Prepared, Prepared]]


@pytest.fixture
def make(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Make:
    """An account that boosts, and two posts that it may boost."""

    def made(name: str) -> tuple[Any, Prepared, Prepared]:
        access, settings, tokens = second_account(sandbox, name)
        more = f'[accounts.echo]\nnetwork = "{name}"\nbase_url = "{access["base_url"]}"\nboost_from = "{name}"\n'
        place = Place(tmp_path, sandbox, networks=(name,), clock=clock, more=more + settings)
        with place.secrets.open("a", encoding="utf-8") as file:
            file.writelines(f"CROSSPOST_ECHO_{key.upper()}={value}\n" for key, value in tokens.items())
        source, echo = place.network(name), place.network("echo")
        echo.me()
        boosts = []
        for number in range(2):
            clock.pass_by(minutes=1)
            place.post = place.new_post(f"2026-11-2{number}-post{number}")
            said = source.publish(place.prepared(source, f"3a1f0c55-9f6e-4a53-8f0e-5a1b77c1e00{number}"))
            remote = {"boosts": said.id, "boosts_url": said.url}
            draft = echo.draft(place.the_post())
            boosts.append(echo.prepare(Prepared(draft=draft, handle=f"key {number}", remote=remote), Saved()))
        return echo, boosts[0], boosts[1]

    return made


@pytest.mark.parametrize("name", ALL)
def test_a_boost_is_found_and_not_taken_for_that_of_another_post(make: Make, clock: Clock, name: str) -> None:
    network, one, other = make(name)
    clock.pass_by(minutes=10)
    since = clock()
    assert network.find(one, since) is None
    sent = network.publish(one)
    found = network.find(one, since)
    assert found is not None
    assert (found.id, found.url, found.at) == (sent.id, sent.url, clock())
    assert network.find(other, since) is None
    assert network.publish(other).id != sent.id
    again = network.find(one, since)
    assert again is not None
    assert again.id == sent.id


@pytest.mark.parametrize("name", LISTING)
def test_a_boost_of_before_is_another_one(make: Make, clock: Clock, name: str) -> None:
    network, one, _ = make(name)
    network.publish(one)
    clock.pass_by(hours=1)
    assert network.find(one, clock()) is None
    assert network.find(one, clock() - timedelta(hours=1)) is not None


# ── what each server says ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("said", "found"), [(True, True), (False, False), (None, Unknown), ("true", Unknown)])
def test_mastodon_says_of_the_post_itself_whether_it_is_boosted(make: Make, said: Any, found: Any) -> None:
    network, one, _ = make("mastodon")
    asked: list[str] = []
    network._client = lambda: SimpleNamespace(status=lambda number: asked.append(number) or {"reblogged": said})
    if found is Unknown:
        with pytest.raises(Unknown, match=r"^echo: the server does not say whether the post is boosted$"):
            network.find(one, network.clock())
    else:
        receipt = network.find(one, network.clock())
        assert (receipt is not None) == found
    elsewhere = msgspec.structs.replace(one, remote={**one.remote, "here": "77"})
    if found is True:
        assert network.find(elsewhere, network.clock()).id == "77", "its id on our server"
    assert asked == [one.remote["boosts"], *(["77"] if found is True else [])]


def test_what_was_deleted_before_its_boost_is_named(make: Make, sandbox: Sandbox) -> None:
    network, one, _ = make("mastodon")
    for post in sandbox.store.posts:
        post.deleted = post.id == one.remote["boosts"]
    url = one.remote["boosts_url"]
    with pytest.raises(Rejected) as raised:
        network.publish(one)
    assert str(raised.value) == f"echo: what mastodon said is gone, so there is nothing to boost: {url}"


@pytest.mark.parametrize("gone", [True, False])
def test_a_post_that_mastodon_does_not_have_is_not_boosted(make: Make, gone: bool) -> None:
    network, one, _ = make("mastodon")

    def refused(_: str) -> Any:
        raise Rejected("echo: no")

    network._client = lambda: SimpleNamespace(status=refused)
    network.gone = lambda: gone
    if gone:
        assert network.find(one, network.clock()) is None
        return
    with pytest.raises(Rejected):
        network.find(one, network.clock())


def test_bluesky_knows_a_repost_by_our_key_and_of_what_it_is(make: Make) -> None:
    network, one, other = make("bluesky")
    network.publish(one)
    mixed = msgspec.structs.replace(other, remote={**other.remote, "repost": one.remote["repost"]})
    said = r"^echo: our key holds a repost of another post; it is sent again with another key$"
    with pytest.raises(KeyTaken, match=said):
        network.find(mixed, network.clock())
    bare = {name: one.remote[name] for name in ("boosts", "boosts_url")}
    found = network.find(msgspec.structs.replace(one, remote=bare), network.clock())
    assert found is not None, "the key is made of the delivery's own"
    assert found.url == one.remote["boosts_url"]


@pytest.mark.parametrize(("error", "absent"), [("RecordNotFound", True), ("InvalidRequest", False)])
def test_only_a_record_that_is_not_there_is_absent(
    make: Make, monkeypatch: pytest.MonkeyPatch, error: str, absent: bool
) -> None:
    network, one, _ = make("bluesky")
    asked: list[Any] = []

    def call(*given: Any, **more: Any) -> Any:
        asked.append((*given, more))
        raise Rejected("echo: no")

    network.call = call
    monkeypatch.setattr("crosspost.networks.bluesky_boosts.error_of", lambda _: error)
    if absent:
        assert network.find(one, network.clock()) is None
    else:
        with pytest.raises(Rejected):
            network.find(one, network.clock())
    place = {"repo": network.me().id, "collection": "app.bsky.feed.repost", "rkey": one.remote["repost"]["rkey"]}
    assert asked == [("GET", "com.atproto.repo.getRecord", {"params": place})]


def test_what_a_person_reshared_on_linkedin_cannot_be_looked_up(make: Make) -> None:
    network, one, _ = make("linkedin")
    network.publish(one)
    assert network.able.read_back
    network.identity = msgspec.structs.replace(network.identity, abilities=None)
    network._posts = lambda *_, **__: pytest.fail("it is not asked")
    assert network.find(one, network.clock()) is None


@pytest.mark.parametrize(("name", "pages"), [("linkedin", "_posts"), ("x", "_timeline"), ("misskey", "notes")])
def test_a_list_that_ends_too_soon_proves_nothing(make: Make, name: str, pages: str) -> None:
    """It has newer posts than the boost would be, and says that there are more."""
    network, one, _ = make(name)
    now = network.clock() + timedelta(minutes=5)
    post = {
        "linkedin": {"publishedAt": int(now.timestamp() * 1000), "commentary": "x", "id": "urn:li:share:1"},
        "x": {"created_at": now.isoformat(), "text": "x", "id": "1"},
        "misskey": {"createdAt": now.isoformat(), "renoteId": None, "text": "x", "id": "1"},
    }[name]
    page = Page([post], more=True)
    setattr(network, pages, lambda *_, **__: page if name == "linkedin" else [page])
    with pytest.raises(Unknown):
        network.find(one, network.clock())


@pytest.mark.parametrize("more", [True, False])
def test_threads_is_asked_for_its_newest_fifty(make: Make, more: bool) -> None:
    network, one, _ = make("threads")
    asked: list[Any] = []
    now = (network.clock() + timedelta(minutes=5)).isoformat()
    told: dict[str, Any] = {"data": [{"id": "1", "media_type": "TEXT_POST", "timestamp": now}]}
    if more:
        told["paging"] = {"next": "https://graph.threads.net/next", "cursors": {"after": "x"}}

    def get_object(*given: Any, **more: Any) -> Any:
        asked.append((*given, more))
        return told

    network._graph = lambda: SimpleNamespace(get_object=get_object)
    if more:
        with pytest.raises(Unknown):
            network.find(one, network.clock())
    else:
        assert network.find(one, network.clock()) is None
    fields = "id,media_type,reposted_post,timestamp"
    assert asked == [(f"{network.me().id}/threads", {"fields": fields, "limit": 50})]


def test_a_repost_on_nostr_shows_the_notes_own_page(make: Make) -> None:
    network, one, _ = make("nostr")
    network._relays = lambda: ["one"]
    network._by_id = lambda *_: one.remote["event"]["id"]
    found = network.find(one, network.clock())
    assert (found.id, found.url) == (one.remote["event"]["id"], one.remote["boosts_url"])
    network._by_id = lambda *_: None
    assert network.find(one, network.clock()) is None

    def refused(*_: Any) -> Any:
        raise NotSent("echo: no route")

    network._by_id = refused
    with pytest.raises(NotSent):
        network.find(one, network.clock())


@pytest.mark.parametrize(
    "row", [{}, {"media_type": "REPOST_FACADE"}, {"media_type": "REPOST_FACADE", "reposted_post": {}}]
)
def test_a_repost_on_threads_that_does_not_say_of_what_proves_nothing(row: dict[str, Any]) -> None:
    assert threads_boosts._reposts(row, "7") is None
    assert threads_boosts._reposts({"media_type": "TEXT_POST"}, "7") is False
