"""``in-reply-to``: a post becomes an answer where the post it names is, and nowhere else."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.networks.logins.mastodon import SCOPES
from crosspost.networks.mastodon_answers import is_status
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

ANSWERING = ("x", "mastodon", "bluesky", "matrix", "nostr")
OTHERS = ("facebook", "telegram")


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(tmp_path, sandbox, clock=clock, networks=(*ANSWERING, *OTHERS))
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    monkeypatch.chdir(tmp_path)
    return place


def written(place: Place, addresses: str, name: str = "antwort", more: str = "") -> Path:
    text = f"---\ntitle: Eine Antwort\nin-reply-to: {addresses}\n{more}---\n\nDas sehe ich auch so.\n"
    return place.new_post(f"2026-11-21-{name}", text)


def out(place: Place, post: Path, network: str = "") -> dict[str, Any]:
    """The posts of a file by network."""
    seen = {row["id"] for row in place.sandbox.posts()}
    ran = place.crosspost(str(post), "--yes", *(["--to", network] if network else []))
    assert ran.code == 0, ran.out + ran.err
    return {row["network"]: row for row in place.sandbox.posts() if row["id"] not in seen}


@pytest.mark.parametrize("network", ANSWERING)
def test_it_answers_where_the_post_is(place: Place, network: str) -> None:
    first = out(place, place.post)[network]
    post = written(place, first["url"])
    assert f"[answers {first['url']}]" in place.crosspost("preview", str(post), "--to", network).out
    found = out(place, post)
    answered = {name: row["extra"].get("in_reply_to_id") for name, row in found.items()}
    assert answered == {name: first["id"] if name == network else None for name in (*ANSWERING, *OTHERS)}


@pytest.mark.parametrize("network", ANSWERING)
def test_a_post_that_is_not_there_stops_only_its_account(place: Place, network: str) -> None:
    first = out(place, place.post)[network]["url"]
    other = {"x": "9" * 15, "mastodon": "99999", "bluesky": "3zzzzzzzzzzzz", "matrix": "$nix", "nostr": "f" * 64}
    address = f"{first.rpartition('/')[0]}/{other[network]}"
    post = written(place, address)
    seen = len(place.sandbox.posts())
    ran = place.crosspost(str(post), "--yes")
    assert len(place.sandbox.posts()) == seen + len(ANSWERING) + len(OTHERS) - 1
    assert ran.code != 0
    assert network in place.crosspost("status").out
    place.clock.pass_by(hours=80)
    place.crosspost("run")
    assert len(place.sandbox.posts(network)) == 1


def test_a_list_has_one_for_each_network_and_others_say_that_they_cannot(place: Place) -> None:
    first = out(place, place.post)
    there = [
        first["x"]["url"],
        first["bluesky"]["url"],
        "https://www.facebook.com/ann/posts/1",
        "https://blog.example/",
    ]
    post = written(place, f"[{', '.join(there)}]")
    shown = {row["account"]: row for row in place.crosspost("preview", str(post), "--json").json[0]["accounts"]}
    assert {name for name, row in shown.items() if row["answers"]} == {"x", "bluesky"}
    assert {name for name, row in shown.items() if "cannot answer" in str(row["warnings"])} == {"facebook"}


def test_a_thread_goes_on_below_the_answer(place: Place) -> None:
    first = out(place, place.post, "bluesky")["bluesky"]
    long = f"crosspost:\n  bluesky:\n    long: thread\n    text: {'Wort ' * 90}\n"
    post = written(place, first["url"], more=long)
    assert place.crosspost(str(post), "--yes", "--to", "bluesky").code == 0
    for _ in range(4):
        place.clock.pass_by(minutes=5)
        place.crosspost("run")
    records = [row["extra"]["record"] for row in place.sandbox.posts("bluesky")][1:]
    assert len(records) >= 2
    assert {one["reply"]["root"]["uri"] for one in records} == {first["id"]}


def test_a_post_of_another_server_is_looked_up_there(place: Place) -> None:
    elsewhere = "https://other.example/@ann/114950300612345678"
    known = out(place, place.new_post("2026-11-20-dort", f"---\ntitle: Siehe {elsewhere}\n---\n\nDort.\n"), "mastodon")
    found = out(place, written(place, elsewhere), "mastodon")
    assert found["mastodon"]["extra"]["in_reply_to_id"] == known["mastodon"]["id"]
    asked = place.sandbox.requests_to("mastodon", "GET /api/v2/search")
    assert len(asked) == 1, "once it is known it is kept"


def test_a_token_that_may_not_look_there_is_told_what_to_do(place: Place) -> None:
    place.sandbox.networks["mastodon"].settings["scopes"] = tuple(SCOPES.split())  # what a login asks for
    post = written(place, "https://other.example/@ann/114950300612345678")
    ran = place.crosspost(str(post), "--yes", "--to", "mastodon")
    said = " ".join((ran.out + ran.err).split())
    assert "the token may not look it up there. Set `in-reply-to` to its address on http://127.0.0.1" in said
    assert place.sandbox.posts() == []


@pytest.mark.parametrize("addresses", ["12", "ann", "{a: b}", "[https://a.example, 3]", "javascript:alert(1)"])
def test_what_is_no_address_stops_the_post(place: Place, addresses: str) -> None:
    ran = place.crosspost(str(written(place, addresses)), "--yes")
    assert ran.code != 0
    assert "should be the address of a post" in ran.out + ran.err
    assert place.sandbox.posts() == []


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://social.example/@ann/114950300612345678", True),
        ("https://social.example/@ann@other.example/114950300612345678", True),
        ("https://social.example/users/ann/statuses/114950300612345678", True),
        ("https://gts.example/@ann/statuses/01FBVD42CQ3ZEEVMW180SBX03B", True),
        ("https://pl.example/notice/AbCdEfGhIjKlMnOpQr", True),
        ("https://px.example/p/ann/114950300612345678", True),
        ("https://mk.example/notes/9xyz12abcd", True),
        ("https://medium.example/@ann/my-day-114950300612", False),
        ("https://tok.example/@ann/video/114950300612345678", False),
        ("https://x.com/ann/status/114950300612345678", False),
        ("https://blog.example/2026/11/20/day.html", False),
    ],
)
def test_addresses_in_the_fediverse(url: str, status: bool) -> None:
    assert is_status(url) is status
