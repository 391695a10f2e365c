"""How strict the stand-ins of Instagram and Threads are with a container, its picture and its text."""

from collections.abc import Iterator

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
from tests.sandbox.picture_host import GOOD, Client, Files, code


@pytest.fixture
def files() -> Iterator[Files]:
    with Files() as server:
        yield server


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


# ── counting ──────────────────────────────────────────────────────────────────────────────────────────────────────


_PIECES = ("a", "ä", "é", "漢", "ไทย", "عَ", "🎪", "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "1️⃣", "❤️", "☀", "©", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", " ")


@speed(max_examples=150)
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
