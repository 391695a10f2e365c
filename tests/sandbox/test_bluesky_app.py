"""What readers see of Bluesky: profiles, feeds and threads, with the SDK and with plain requests."""

from collections.abc import Iterator

import pytest
from atproto import Client, models

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Clock, picture
from tests.sandbox.test_bluesky import GOOD, KEY, Http, said


@pytest.fixture
def bluesky(sandbox: Sandbox) -> Iterator[Http]:
    with Http(sandbox) as http:
        yield http


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    access = sandbox.accounts()["bluesky"]
    client = Client(base_url=access["base_url"])
    client.login(access["credentials"]["handle"], access["credentials"]["app_password"])
    yield client
    client.request.close()


def test_the_sdk_logs_in_and_knows_whose_profile_it_is(client: Client, sandbox: Sandbox) -> None:
    assert client.me is not None
    assert (client.me.handle, client.me.display_name) == ("verein.test", "Verein Beispiel")
    client.send_post("Hallo")
    assert client.get_profile("zweitkonto.test").posts_count == 0
    assert client.get_profile(client.me.did).posts_count == 1
    several = client.get_profiles(["verein.test", "zweitkonto.test", "niemand.test"])
    assert [profile.handle for profile in several.profiles] == ["verein.test", "zweitkonto.test"]


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
def test_the_sdk_reads_feeds_and_threads(client: Client, clock: Clock) -> None:
    first = client.send_post("eins")
    root = models.create_strong_ref(first)
    made = [first]
    for text in ("zwei", "drei"):
        clock.pass_by(seconds=1)
        answered = models.AppBskyFeedPost.ReplyRef(root=root, parent=models.create_strong_ref(made[-1]))
        made.append(client.send_post(text, reply_to=answered))
    clock.pass_by(seconds=1)
    shown = client.send_image("Bild", picture(), "Zelt auf der Wiese")

    def feed(**query: object) -> list[str]:
        told = client.get_author_feed("verein.test", **query).feed
        return [item.post.record.text for item in told]

    assert feed() == ["Bild", "drei", "zwei", "eins"]
    assert feed(filter="posts_no_replies") == ["Bild", "eins"]
    assert feed(filter="posts_with_media") == ["Bild"]
    page = client.get_author_feed("verein.test", limit=3)
    assert feed(cursor=page.cursor) == ["eins"]
    assert next(item.post.uri for item in client.get_timeline().feed) == shown.uri
    (view,) = client.get_posts([shown.uri, "at://did:plc:x/app.bsky.feed.post/1"]).posts
    assert view.embed.images[0].alt == "Zelt auf der Wiese"
    thread = client.get_post_thread(made[1].uri).thread
    assert (thread.parent.post.uri, thread.replies[0].post.uri) == (made[0].uri, made[2].uri)
    assert client.get_post_thread(made[2].uri, parent_height=1).thread.parent.parent is None
    client.delete_post(made[0].uri)
    assert client.get_post_thread(made[1].uri).thread.parent.not_found is True


@pytest.mark.parametrize(
    ("method", "query", "message"),
    [
        ("app.bsky.actor.getProfile", {"actor": "niemand.test"}, "Profile not found"),
        ("app.bsky.actor.getProfile", {}, 'Error: Params must have the property "actor"'),
        ("app.bsky.feed.getPosts", {"uris": ["at://x"] * 26}, "Error: uris must not have more than 25 elements"),
        ("app.bsky.feed.getPostThread", {"uri": "at://x"}, "Post not found: at://x"),
        ("app.bsky.feed.getTimeline", {"algorithm": "x"}, "The sandbox does not know the parameter algorithm here"),
        (
            "app.bsky.feed.getAuthorFeed",
            {"actor": "verein.test", "filter": "x"},
            "Error: filter must be one of "
            "(posts_with_replies|posts_no_replies|posts_with_media|posts_and_author_threads)",
        ),
    ],
)
def test_what_is_refused(bluesky: Http, method: str, query: dict[str, object], message: str) -> None:
    assert said(bluesky.call(method, params=query))[::2] == (400, message)


def test_readers_log_in_too(bluesky: Http) -> None:
    answer = bluesky.get(f"{bluesky.url}app.bsky.actor.getProfile?actor=verein.test", timeout=10)
    assert said(answer)[:2] == (401, "AuthMissing")


def test_records_are_listed_page_by_page_and_backwards(bluesky: Http) -> None:
    keys = [bluesky.create(record=GOOD | {"text": text}).json()["uri"].rpartition("/")[2] for text in "abc"]

    def listed(**query: str) -> list[str]:
        where = {"repo": bluesky.did, "collection": "app.bsky.feed.post"}
        told = bluesky.call("com.atproto.repo.listRecords", params=where | query).json()["records"]
        return [record["uri"].rpartition("/")[2] for record in told]

    assert listed() == keys[::-1]
    assert listed(reverse="true") == keys
    assert listed(limit="2", cursor=keys[2]) == [keys[1], keys[0]]
    assert listed(reverse="true", cursor=keys[0]) == keys[1:]
    assert listed(collection="app.bsky.feed.like") == []


@pytest.mark.parametrize("more", [{"swapCommit": "x"}, {"colour": "blue"}])
def test_nothing_is_taken_and_dropped(bluesky: Http, sandbox: Sandbox, more: dict[str, str]) -> None:
    assert bluesky.put(GOOD, KEY, **more).status_code == 400
    assert bluesky.create(**more).status_code == 400
    assert sandbox.posts() == []
