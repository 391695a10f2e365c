"""Who may answer or quote a post, where a network lets its author decide."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import PostRefused, Unknown, Unsupported
from crosspost.model import Prepared
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.faults import meant
from crosspost.testing.harness import Clock, Place


def place_of(tmp_path: Path, sandbox: Sandbox, clock: Clock, key: str, more: str) -> Place:
    return Place(tmp_path, sandbox, networks=[key], more=f"{more}images = false\n", clock=clock)


def said(place: Place, key: str) -> dict[str, Any]:
    network = place.network(key)
    receipt = network.publish(place.prepared(network))
    (post,) = place.sandbox.posts()
    assert receipt.id
    publishes = place.sandbox.networks[key].publishes
    assert sum(meant(publishes, f"{r['method']} {r['path']}") for r in place.sandbox.requests_to(key)) == 1
    extra: dict[str, Any] = post["extra"]
    return extra


THREAD, QUOTE = "app.bsky.feed.threadgate", "app.bsky.feed.postgate"


@pytest.mark.parametrize(
    ("more", "rules"),
    [
        ('replies = "nobody"\n', {THREAD: []}),
        ('replies = "followers"\n', {THREAD: [f"{THREAD}#followerRule"]}),
        ("quotes = false\n", {QUOTE: [f"{QUOTE}#disableRule"]}),
        (
            'replies = "mentioned"\nquotes = false\n',
            {THREAD: [f"{THREAD}#mentionRule"], QUOTE: [f"{QUOTE}#disableRule"]},
        ),
    ],
)
def test_gates_are_written_together_with_the_post(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, more: str, rules: dict[str, list[str]]
) -> None:
    place = place_of(tmp_path, sandbox, clock, "bluesky", more)
    gates = said(place, "bluesky")["gates"]
    found = {
        name: [rule["$type"] for rule in gate.get("allow", gate.get("embeddingRules"))] for name, gate in gates.items()
    }
    assert found == rules


def test_a_gated_post_is_found_and_never_written_twice(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_of(tmp_path, sandbox, clock, "bluesky", 'replies = "nobody"\n')
    network = place.network("bluesky")
    prepared: Prepared = place.prepared(network)
    sandbox.fault("bluesky", "cut-after")
    with pytest.raises(Unknown):
        network.publish(prepared)
    with pytest.raises(Unknown):
        network.publish(prepared)
    found = network.find(prepared, clock())
    assert found is not None
    assert len(sandbox.posts()) == 1


@pytest.mark.parametrize(
    ("key", "more", "kept"),
    [
        ("mastodon", 'quotes = "nobody"\n', {"quotes": "nobody"}),
        ("mastodon", "", {"quotes": "public"}),
        ("threads", 'reply_control = "followers_only"\n', {"reply_control": "followers_only"}),
        ("x", 'reply_settings = "following"\n', {"reply_settings": "following"}),
    ],
)
def test_the_network_hears_who_may(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, key: str, more: str, kept: dict[str, str]
) -> None:
    extra = said(place_of(tmp_path, sandbox, clock, key, more), key)
    assert {name: extra[name] for name in kept} == kept


def test_a_server_that_does_not_know_it_is_told(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_of(tmp_path, sandbox, clock, "mastodon", 'quotes = "nobody"\n')
    sandbox.networks["mastodon"].settings["flavour"] = "gotosocial"
    network = place.network("mastodon")
    network.me()
    with pytest.raises(Unsupported, match="GoToSocial has no `quotes`"):
        network.draft(place.the_post())


def test_the_nearest_known_setting_is_named(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_of(tmp_path, sandbox, clock, "bluesky", "")
    text = place.post.read_text("utf-8").replace("lang: de", "lang: de\ncrosspost: {bluesky: {reply: nobody}}")
    place.post.write_text(text, "utf-8")
    with pytest.raises(PostRefused, match="did you mean `replies`"):
        place.the_post()
