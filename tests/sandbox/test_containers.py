"""How strict the stand-ins of Instagram and Threads are; facebook-sdk posts to both."""

import contextlib
import http.server
import threading
from collections.abc import Iterator
from typing import Any

import facebook
import pytest
import requests
from hypothesis import given
from hypothesis import settings as speed
from hypothesis import strategies as st

from crosspost.compose import UNITS
from crosspost.model import Limits
from crosspost.networks.threads import Threads
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core import count
from tests.sandbox.conftest import Clock, picture
from tests.sandbox.test_clients import Redirected

GOOD = picture("JPEG", (640, 480))


@pytest.fixture
def files() -> Iterator["Files"]:
    with Files() as server:
        yield server


class Files(http.server.ThreadingHTTPServer):
    """Serves a given response on 127.0.0.1."""

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}
        self.asked: list[str] = []
        files = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                files.asked.append(self.path)
                body = files.data.get(self.path)
                self.send_response(200 if body is not None else 302)
                self.send_header("Location", "/picture.jpg")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                with contextlib.suppress(OSError):  # who has enough goes away
                    self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.thread.join(10)
        self.server_close()

    def put(self, data: bytes, path: str = "/picture.jpg") -> str:
        self.data[path] = data
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Client:
    """One account of one of the two networks, over plain HTTP."""

    def __init__(self, sandbox: Sandbox, network: str, token: str = "access_token", account: str = "verein") -> None:
        known = sandbox.accounts(account)[network]
        self.network, self.token, self.user = network, known["credentials"][token], known["user_id"]
        self.base = f"{sandbox.url}/{'v26.0' if network == 'instagram' else 'v1.0'}"
        self.make, self.show = ("media", "media_publish") if network == "instagram" else ("threads", "threads_publish")

    def ask(self, method: str, path: str, **said: str) -> requests.Response:
        where = "data" if method == "POST" else "params"
        form: dict[str, Any] = {where: said | {"access_token": self.token}}
        return requests.request(method, f"{self.base}/{path}", timeout=10, **form)

    def contain(self, **said: str) -> requests.Response:
        if self.network == "threads" and "media_type" not in said:
            said["media_type"] = "IMAGE" if "image_url" in said else "TEXT"
        return self.ask("POST", f"{self.user}/{self.make}", **said)

    def ready(self, **said: str) -> str:
        number = str(self.contain(**said).json()["id"])
        assert [self.status(number), self.status(number)] == ["IN_PROGRESS", "FINISHED"]
        return number

    def status(self, number: str) -> str:
        field = "status_code" if self.network == "instagram" else "status"
        return str(self.ask("GET", number, fields=field).json()[field])

    def publish(self, number: str) -> requests.Response:
        return self.ask("POST", f"{self.user}/{self.show}", creation_id=number)


def code(answer: requests.Response) -> tuple[int, int, int]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("error_subcode", 0)


both = pytest.mark.parametrize("network", ["instagram", "threads"])


@both
def test_a_container_becomes_a_post_once(sandbox: Sandbox, files: Files, clock: Clock, network: str) -> None:
    client = Client(sandbox, network)
    text = {"instagram": "caption", "threads": "text"}[network]
    said = {"image_url": files.put(GOOD), "alt_text": "Ein Beet", text: "Grüße 🎪 سلام"}
    early = client.contain(**said).json()["id"]
    assert code(client.publish(early))[1:] == {"instagram": (9007, 2207027), "threads": (24, 4279009)}[network]
    number = client.ready(**said)
    assert sandbox.posts() == []
    post = client.publish(number).json()["id"]
    assert client.status(number) == "PUBLISHED"
    assert code(client.publish(number))[:2] == (400, 100)
    (told,) = sandbox.posts()
    assert (told["network"], told["id"], told["text"]) == (network, post, "Grüße 🎪 سلام")
    assert [(image["alt"], image["width"]) for image in told["images"]] == [("Ein Beet", 640)]
    edge = {"instagram": "media", "threads": "threads"}[network]
    (listed,) = client.ask("GET", f"{client.user}/{edge}", fields=f"id,{text},permalink,timestamp").json()["data"]
    assert listed == client.ask("GET", post, fields=f"id,{text},permalink,timestamp").json()
    assert requests.get(listed["permalink"], timeout=10).status_code == 200
    old = client.ready(**said)
    clock.pass_by(hours=24)
    assert client.status(old) == "EXPIRED"
    assert code(client.publish(old))[2] == 2207008
    assert client.status(number) == "PUBLISHED", "what was published does not expire"
    assert client.ask("DELETE", post).json() == {"success": True}
    assert sandbox.posts() == []


@both
def test_pictures_are_fetched_and_looked_at(sandbox: Sandbox, files: Files, network: str) -> None:
    client = Client(sandbox, network)
    cases = {
        "text": (b"<html>", 2207005),
        "webp": (picture("WEBP", (640, 480)), 2207005),
        "narrow": (picture("JPEG", (319, 319)), 36001),
        "wide": (picture("JPEG", (1441, 1441)), 36001),
        "flat": (picture("JPEG", (1440, 100)), 2207009),
        "heavy": (GOOD + b"\0" * 8 * 1024 * 1024, 2207004),
        "cut": (GOOD[: len(GOOD) // 2], 2207005),
        "tall": (picture("JPEG", (400, 600)), 2207009 if network == "instagram" else 0),
        "png": (picture("PNG", (640, 480)), 2207005 if network == "instagram" else 0),
    }
    for name, (data, wrong) in cases.items():
        answer = client.contain(image_url=files.put(data, f"/{name}"))
        found = code(answer) if not answer.ok else (200, 0, 0)
        assert wrong in found[1:], name


@both
@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a.jpg",
        "http://localhost/a.jpg",
        "http://127.0.0.1@example.org/a.jpg",
        "http://127.0.0.1.example.org/a.jpg",
        "http://[::1]/a.jpg",
        "http://127.0.0.1:99999/a.jpg",
        "http://127.0.0.1:9/a.jpg",
        "file:///etc/hostname",
        "http://127.0.0.1/ä.jpg",
        "nonsense",
    ],
)
def test_nothing_but_this_machine_is_fetched(sandbox: Sandbox, network: str, address: str) -> None:
    assert code(Client(sandbox, network).contain(image_url=address)) == (400, 9004, 2207052)


@both
def test_redirects_are_not_followed(sandbox: Sandbox, files: Files, network: str) -> None:
    missing = files.put(GOOD).replace("picture", "moved")
    assert code(Client(sandbox, network).contain(image_url=missing))[2] == 2207052
    assert files.asked == ["/moved.jpg"]


@pytest.mark.parametrize(
    ("caption", "wrong"),
    [
        ("x" * 2200, 0),
        ("🎪" * 1100, 0),
        ("🎪" * 1100 + "x", 36004),
        ("#a #b #c #d #e", 0),
        ("#a #b #c #d #e #f", 100),
        ("@a " * 20, 0),
        ("@a " * 21, 100),
    ],
)
def test_captions(sandbox: Sandbox, files: Files, caption: str, wrong: int) -> None:
    answer = Client(sandbox, "instagram").contain(image_url=files.put(GOOD), caption=caption)
    assert (0 if answer.ok else code(answer)[1]) == wrong


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ({"text": "x" * 500}, True),
        ({"text": "x" * 501}, False),
        ({"text": "🎪" * 125}, True),
        ({"text": "🎪" * 125 + "x"}, False),
        ({"text": "漢" * 500}, True),
        ({"text": ""}, False),
        ({"text": "a", "link_attachment": "https://example.org/a"}, True),
        ({"text": "a", "link_attachment": "example"}, False),
        ({"text": "a", "topic_tag": "x" * 50}, True),
        ({"text": "a", "topic_tag": "a.b"}, False),
        ({"text": "a", "topic_tag": ""}, False),
        ({"text": " ".join(f"https://example.org/{n}" for n in range(5))}, True),
        ({"text": " ".join(f"https://example.org/{n}" for n in range(5)), "link_attachment": "https://a.org/"}, False),
        ({"text": "a", "media_type": "VIDEO"}, False),
        ({"text": "a", "auto_publish_text": "true"}, False),
        ({"text": "a", "alt_text": "b"}, False),
    ],
)
def test_texts_of_threads(sandbox: Sandbox, said: dict[str, str], fine: bool) -> None:
    assert Client(sandbox, "threads").contain(**said).ok is fine


@both
def test_quotas(sandbox: Sandbox, files: Files, clock: Clock, network: str) -> None:
    client = Client(sandbox, network)
    sandbox.networks[network].settings["quota"] = 1
    edge = {"instagram": "content_publishing_limit", "threads": "threads_publishing_limit"}[network]
    told = client.ask("GET", f"{client.user}/{edge}", fields="quota_usage,config").json()["data"]
    assert told == [{"quota_usage": 0, "config": {"quota_total": 1, "quota_duration": 86_400}}]
    numbers = [client.ready(image_url=files.put(GOOD)) for _ in range(2)]
    assert client.publish(numbers[0]).ok
    assert client.publish(numbers[1]).status_code == 403
    assert client.status(numbers[1]) == "FINISHED"
    clock.pass_by(hours=23)
    assert client.publish(numbers[1]).status_code == 403


@both
def test_somebody_elses_things_do_not_exist(sandbox: Sandbox, files: Files, network: str) -> None:
    mine, other = Client(sandbox, network), Client(sandbox, network, account="zweitkonto")
    number = mine.ready(image_url=files.put(GOOD))
    assert code(other.publish(number)) == (400, 100, 33)
    assert code(other.ask("GET", number)) == (400, 100, 33)
    post = mine.publish(number).json()["id"]
    assert code(other.ask("DELETE", post)) == (400, 100, 33)
    assert code(other.ask("GET", f"{mine.user}/{mine.make}")) == (400, 100, 33)
    mine.token = "wrong"
    assert code(mine.ask("GET", post)) == (401, 190, 467)


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


# ── counting ──────────────────────────────────────────────────────────────────────────────────────────────────────

_PIECES = ("a", "ä", "é", "漢", "ไทย", "عَ", "🎪", "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "1️⃣", "❤️", "☀", "©", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", " ")


@speed(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40))
def test_what_crosspost_counts_is_never_less(pieces: list[str]) -> None:
    """The stand-in counts on its own; where the two differ, crosspost is the one that says more."""
    text = "".join(pieces)
    limits: Limits = Threads.limits
    assert count.threads(text) <= UNITS["threads"](text, limits)


@pytest.mark.parametrize(
    ("text", "length"), [("abc", 3), ("ä🎪", 5), ("👩‍👩‍👧‍👦", 25), ("🇩🇪", 8), ("漢字", 2), ("☀️", 6)]
)
def test_emoji_count_their_bytes(text: str, length: int) -> None:
    assert count.threads(text) == UNITS["threads"](text, Threads.limits) == length
