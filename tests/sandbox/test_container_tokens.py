"""Tokens of Instagram and Threads: two doors, refreshed each in its own way; facebook-sdk posts to both."""

from collections.abc import Iterator

import facebook
import pytest
import requests

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Clock
from tests.sandbox.picture_host import GOOD, Client, Files, code
from tests.sandbox.test_clients import Redirected


@pytest.fixture
def files() -> Iterator[Files]:
    with Files() as server:
        yield server


def test_two_doors_to_instagram(sandbox: Sandbox, files: Files) -> None:
    page, own = Client(sandbox, "instagram"), Client(sandbox, "instagram", "login_token")
    assert own.ask("GET", "me", fields="user_id,username").json()["user_id"] == own.user
    linked = page.ask("GET", "me", fields="instagram_business_account").json()["instagram_business_account"]
    assert linked == {"id": page.user}
    post = own.publish(own.ready(image_url=files.put(GOOD))).json()["id"]
    assert code(own.ask("DELETE", post))[:2] == (403, 10)
    assert page.ask("DELETE", post).ok
    assert {r["network"] for r in sandbox.requests} == {"instagram", "facebook"}


def test_the_page_can_host_the_picture(sandbox: Sandbox) -> None:
    client = Client(sandbox, "instagram")
    form = {"published": "false", "access_token": client.token}
    files = {"source": ("source", GOOD, "image/jpeg")}
    photo = requests.post(f"{client.base}/me/photos", data=form, files=files, timeout=10).json()["id"]
    (image,) = client.ask("GET", photo, fields="images").json()["images"]
    assert (image["width"], requests.get(image["source"], timeout=10).content) == (640, GOOD)
    assert client.publish(client.ready(image_url=image["source"])).ok


@pytest.mark.parametrize(
    ("network", "kind", "grant"), [("instagram", "login_token", "ig"), ("threads", "access_token", "th")]
)
def test_tokens_are_refreshed_each_in_its_own_way(
    sandbox: Sandbox, clock: Clock, network: str, kind: str, grant: str
) -> None:
    version, first = {"instagram": "v26.0", "threads": "v1.0"}[network], sandbox.accounts()[network]
    path = f"/{version}/me?fields=id,username"

    def refresh(token: str, **more: str) -> requests.Response:
        asked = {"grant_type": f"{grant}_refresh_token", "access_token": token} | more
        return requests.get(f"{sandbox.url}/refresh_access_token", params=asked, timeout=10)

    def works(token: str) -> bool:
        return requests.get(sandbox.url + path, params={"access_token": token}, timeout=10).ok

    old = first["credentials"][kind]
    assert "24 hours" in refresh(old).json()["error"]["message"]
    clock.pass_by(hours=24)
    assert not refresh(old, grant_type="fb_exchange_token").ok
    assert not refresh(old, fields="id").ok
    assert not refresh("nobody's").ok
    answer = refresh(old).json()
    new = answer.pop("access_token")
    assert answer == {"token_type": "bearer", "expires_in": 5_184_000}
    assert sandbox.requests[-1]["network"] == network
    assert new != old
    assert "24 hours" in refresh(new).json()["error"]["message"]
    sandbox.reset()
    assert works(old)
    assert works(new)
    clock.pass_by(days=59)
    assert (works(old), works(new)) == (False, True)
    assert refresh(old).json()["error"]["code"] == 190
    clock.pass_by(days=1)
    assert not works(new)


def test_a_page_token_is_not_refreshed(sandbox: Sandbox, clock: Clock) -> None:
    clock.pass_by(days=70)
    page = Client(sandbox, "instagram")
    asked = {"grant_type": "ig_refresh_token", "access_token": page.token}
    answer = requests.get(f"{sandbox.url}/refresh_access_token", params=asked, timeout=10)
    assert "cannot be refreshed" in answer.json()["error"]["message"]
    assert page.ask("GET", page.user, fields="username").ok, "it has no end"


# ── an independent client ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("network", "version", "make", "show", "text", "status"),
    [
        ("instagram", "v26.0", "media", "media_publish", "caption", "status_code"),
        ("threads", "v1.0", "threads", "threads_publish", "text", "status"),
    ],
)
def test_facebook_sdk_publishes(
    sandbox: Sandbox, files: Files, network: str, version: str, make: str, show: str, text: str, status: str
) -> None:
    known = sandbox.accounts()[network]
    with Redirected("https://graph.facebook.com", sandbox.url) as session:
        api = facebook.GraphAPI(known["credentials"]["access_token"], session=session, timeout=10)
        api.version = version
        form = {"image_url": files.put(GOOD), text: "Hallo", "alt_text": "Beet"}
        form |= {"media_type": "IMAGE"} if network == "threads" else {}
        box = api.put_object(known["user_id"], make, **form)["id"]
        with pytest.raises(facebook.GraphAPIError):
            api.put_object(known["user_id"], show, creation_id=box)
        for _ in range(2):
            found = api.get_object(box, fields=status)[status]
        assert found == "FINISHED"
        post = api.put_object(known["user_id"], show, creation_id=box)["id"]
        assert api.get_object(post, fields=f"id,{text}")[text] == "Hallo"
        assert [p["id"] for p in api.get_connections(known["user_id"], make)["data"]] == [post]
        assert api.delete_object(post) == {"success": True}
