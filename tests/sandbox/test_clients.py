"""Independent clients, used directly and not through our adapters, must be able to post."""

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import facebook
import pytest
import requests
import tweepy
from mastodon import Mastodon, MastodonAPIError, MastodonNetworkError, MastodonRatelimitError, MastodonUnauthorizedError

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Clock, picture

TEXT = "Sommerfest & Musik 🎉 https://example.org/fest/?a=1&b=2 #Sommerfest"


class Redirected(requests.Session):
    """A session that sends what a library addresses to ``host`` to the sandbox instead."""

    def __init__(self, host: str, target: str) -> None:
        super().__init__()
        self.trust_env = False
        self.host, self.target = host, target

    def request(self, method: str, url: str, **more: Any) -> requests.Response:  # type: ignore[override] # as libraries call it
        more["timeout"] = 10
        return super().request(method, url.replace(self.host, self.target, 1), **more)


@pytest.fixture
def toots(sandbox: Sandbox) -> Iterator[Mastodon]:
    access = sandbox.accounts()["mastodon"]
    with requests.Session() as session:
        yield Mastodon(
            access_token=access["credentials"]["access_token"],
            api_base_url=access["base_url"],
            ratelimit_method="throw",
            session=session,
        )


@pytest.fixture
def tweets(sandbox: Sandbox) -> Iterator[tweepy.Client]:
    credentials = dict(sandbox.accounts()["x"]["credentials"])
    client = tweepy.Client(**credentials)
    client.session.close()
    with Redirected("https://api.twitter.com", sandbox.url) as client.session:
        yield client


@pytest.fixture
def graph(sandbox: Sandbox) -> Iterator[facebook.GraphAPI]:
    with Redirected("https://graph.facebook.com", sandbox.url) as session:
        token = sandbox.accounts()["facebook"]["credentials"]["access_token"]
        api = facebook.GraphAPI(token, session=session, timeout=10)
        api.version = "v26.0"
        yield api


# ── Mastodon.py ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_mastodon_py_posts_reads_edits_and_deletes(sandbox: Sandbox, toots: Mastodon) -> None:
    media = toots.media_post(picture(), mime_type="image/png", description="Zelt auf der Wiese")
    status = toots.status_post(TEXT, media_ids=[media], language="de", visibility="unlisted")
    assert toots.account_verify_credentials().acct == "verein"
    assert toots.status_source(status.id).text == TEXT
    assert status.content == (
        "<p>Sommerfest &amp; Musik 🎉 "
        '<a href="https://example.org/fest/?a=1&amp;b=2" rel="nofollow noopener">https://example.org/fest/?a=1&amp;b=2</a>'
        " #Sommerfest</p>"
    )
    (post,) = sandbox.posts()
    assert (post["text"], post["language"], post["visibility"]) == (TEXT, "de", "unlisted")
    assert [(i["alt"], i["format"], i["width"]) for i in post["images"]] == [("Zelt auf der Wiese", "PNG", 64)]
    assert [s.id for s in toots.account_statuses(toots.me().id)] == [status.id]
    assert toots.status_update(status.id, "Neuer Text").edited_at is not None
    assert sandbox.posts()[0]["text"] == "Neuer Text"
    toots.status_delete(status.id)
    assert sandbox.posts() == []


def test_mastodon_py_sends_two_pictures_as_two(sandbox: Sandbox, toots: Mastodon) -> None:
    media = [toots.media_post(picture(), mime_type="image/png", description=text) for text in ("eins", "zwei")]
    toots.status_post("Zwei Bilder", media_ids=media)
    assert [image["alt"] for image in sandbox.posts()[0]["images"]] == ["eins", "zwei"]


def test_mastodon_py_repeats_safely_after_a_lost_answer(sandbox: Sandbox, toots: Mastodon) -> None:
    sandbox.fault("mastodon", "connection cut after committing")
    with pytest.raises(MastodonNetworkError):
        toots.status_post(TEXT, idempotency_key="fest")
    again = toots.status_post(TEXT, idempotency_key="fest")
    assert [post["id"] for post in sandbox.posts()] == [again.id]


def test_mastodon_py_understands_the_refusals(sandbox: Sandbox, toots: Mastodon) -> None:
    with pytest.raises(MastodonAPIError, match="500 exceeded"):
        toots.status_post("x" * 501)
    sandbox.fault("mastodon", "expired token")
    with pytest.raises(MastodonUnauthorizedError):
        toots.status_post("Hallo")
    sandbox.fault("mastodon", "429", retry_after=90)
    with pytest.raises(MastodonRatelimitError):
        toots.status_post("Hallo")
    assert sandbox.posts() == []


# ── tweepy ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("signed", [True, False], ids=["OAuth 1.0a", "OAuth 2"])
def test_tweepy_posts_with_picture_and_reads_back(sandbox: Sandbox, tweets: tweepy.Client, signed: bool) -> None:
    upload = {"media": base64.b64encode(picture()).decode(), "media_category": "tweet_image"}
    media = tweets.request("POST", "/2/media/upload", json=upload, user_auth=signed).json()["data"]["id"]
    about = {"id": media, "metadata": {"alt_text": {"text": "Zelt"}}}
    tweets.request("POST", "/2/media/metadata", json=about, user_auth=signed)
    made = tweets.create_tweet(text=TEXT, media_ids=[media], user_auth=signed).data
    me = tweets.get_me(user_auth=signed).data
    (read,) = tweets.get_users_tweets(me.id, user_auth=signed, max_results=5, tweet_fields="created_at,entities").data
    assert (str(read.id), me.username) == (made["id"], "verein")
    assert "&amp;" in read.text
    assert "example.org" not in read.text
    assert read.entities["urls"][0]["expanded_url"] == "https://example.org/fest/?a=1&b=2"
    (post,) = sandbox.posts()
    assert (post["text"], post["images"][0]["alt"]) == (TEXT, "Zelt")
    assert tweets.delete_tweet(made["id"], user_auth=signed).data == {"deleted": True}
    assert sandbox.posts() == []


def test_tweepy_understands_the_refusals(sandbox: Sandbox, tweets: tweepy.Client, clock: Clock) -> None:
    tweets.create_tweet(text="Hallo")
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        tweets.create_tweet(text="Hallo")
    sandbox.fault("x", "429", retry_after=90)
    with pytest.raises(tweepy.TooManyRequests) as limited:
        tweets.create_tweet(text="Welt")
    assert limited.value.reset_time == int(clock.now.timestamp()) + 90
    sandbox.fault("x", "402")
    with pytest.raises(tweepy.HTTPException, match="402"):
        tweets.create_tweet(text="Welt")
    tweets.access_token_secret = "wrong"
    with pytest.raises(tweepy.Unauthorized):
        tweets.create_tweet(text="Welt")
    assert [post["text"] for post in sandbox.posts()] == ["Hallo"]


# ── facebook-sdk ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_facebook_sdk_posts_an_album_and_reads_back(sandbox: Sandbox, graph: facebook.GraphAPI) -> None:
    photos = [
        graph.put_photo(io.BytesIO(picture("JPEG")), "me/photos", published="false", alt_text_custom=text)["id"]
        for text in ("eins", "zwei")
    ]
    attached = json.dumps([{"media_fbid": photo} for photo in photos])
    made = graph.put_object("me", "feed", message=TEXT, attached_media=attached, fields="id,permalink_url")
    assert requests.get(made["permalink_url"], timeout=10).status_code == 200
    (read,) = graph.get_connections("me", "published_posts", fields="id,message,attachments{subattachments}")["data"]
    assert (read["id"], read["message"]) == (made["id"], TEXT)
    assert graph.get_object(photos[0], fields="page_story_id,alt_text_custom")["page_story_id"] == made["id"]
    assert [image["alt"] for image in sandbox.posts()[0]["images"]] == ["eins", "zwei"]
    assert graph.request(f"{graph.version}/{made['id']}", post_args={"message": "Neu"}, method="POST")["success"]
    assert graph.get_object(made["id"])["message"] == "Neu"
    assert graph.delete_object(made["id"]) == {"success": True}
    assert sandbox.posts() == []


def test_facebook_sdk_gets_an_error_for_what_it_mangles(sandbox: Sandbox, graph: facebook.GraphAPI) -> None:
    photo = graph.put_photo(io.BytesIO(picture()), "me/photos", published="false")["id"]
    with pytest.raises(facebook.GraphAPIError, match="attached_media") as mangled:
        graph.put_object("me", "feed", message="Hallo", attached_media=[{"media_fbid": photo}])
    assert mangled.value.code == 100
    with pytest.raises(facebook.GraphAPIError, match="boolean"):
        graph.put_photo(io.BytesIO(picture()), "me/photos", published=False)
    with pytest.raises(facebook.GraphAPIError, match="ids"):
        graph.get_objects([photo])
    assert sandbox.posts() == []


def test_facebook_sdk_understands_the_refusals(sandbox: Sandbox, graph: facebook.GraphAPI) -> None:
    graph.put_object("me", "feed", message="Hallo")
    for fault, code in (("", 506), ("expired-token", 190), ("429", 32), ("500-before", 1)):
        if fault:
            sandbox.fault("facebook", fault)
        with pytest.raises(facebook.GraphAPIError) as refused:
            graph.put_object("me", "feed", message="Hallo")
        assert refused.value.code == code
    graph.version = "v2.8"
    with pytest.raises(facebook.GraphAPIError, match="deprecated or unknown"):
        graph.get_object("me")
    assert len(sandbox.posts()) == 1
