"""Bluesky's Python SDK, a client that nobody here wrote, posts to the stand-in and understands its refusals."""

from collections.abc import Iterator

import pytest
import requests
from atproto import Client, client_utils, models
from atproto.exceptions import BadRequestError, RequestException, UnauthorizedError

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import picture
from tests.sandbox.test_bluesky import GOOD, OTHER

# ── the SDK ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    access = sandbox.accounts()["bluesky"]
    client = Client(base_url=access["base_url"])
    client.login(access["credentials"]["handle"], access["credentials"]["app_password"])
    yield client
    client.request.close()


# the SDK hands its bytes to httpx in a way httpx has deprecated
@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
def test_the_sdk_posts_pictures_cards_and_facets(sandbox: Sandbox, client: Client) -> None:
    me = client._session.did
    text = client_utils.TextBuilder().text("Grüße 🌱 ").link("hier", "https://").text(" ").tag("#Tal", "Tal")
    with pytest.raises(BadRequestError, match="Invalid uri"):
        client.send_post(text)
    text = (
        client_utils.TextBuilder().text("Grüße 🌱 ").link("hier", "https://example.org/").text(" ").tag("#Tal", "Tal")
    )
    blob = client.upload_blob(picture()).blob
    card = models.AppBskyEmbedExternal.Main(
        external=models.AppBskyEmbedExternal.External(
            uri="https://example.org/", title="Tal", description="", thumb=blob
        )
    )
    made = client.send_post(text, embed=card, langs=["de"])
    client.send_image("Bild", picture(), "Zelt auf der Wiese")
    first, second = sandbox.posts("bluesky")
    assert (first["text"], first["link"], first["language"]) == ("Grüße 🌱 hier #Tal", "https://example.org/", "de")
    assert first["extra"]["card"]["title"] == "Tal"
    assert [image["alt"] for image in second["images"]] == ["Zelt auf der Wiese"]
    page = requests.get(first["url"], timeout=10)
    assert page.status_code == 200
    assert "<strong>Tal</strong>" in page.text
    assert f"/_sandbox/pictures/{first['extra']['card']['picture']}" in page.text
    rkey = made.uri.rpartition("/")[2]
    assert client.app.bsky.feed.post.get(me, rkey).value.text == first["text"]
    assert client.delete_post(made.uri)
    assert [post["text"] for post in sandbox.posts()] == ["Bild"]


def test_the_sdk_understands_the_refusals(sandbox: Sandbox, client: Client) -> None:
    me = client._session.did
    record = models.AppBskyFeedPost.Record(text="Hallo", created_at=GOOD["createdAt"])
    client.app.bsky.feed.post.create(me, record, rkey=OTHER)
    with pytest.raises(RequestException) as twice:
        client.app.bsky.feed.post.create(me, record, rkey=OTHER)
    assert twice.value.response.status_code == 500
    with pytest.raises(BadRequestError, match="grapheme too big"):
        client.send_post("x" * 301)
    with pytest.raises(UnauthorizedError):
        client.login("verein.test", "falsch")
    assert len(sandbox.posts()) == 1
