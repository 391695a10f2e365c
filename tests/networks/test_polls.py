"""A poll goes out with its post where a network has them; elsewhere the post goes without, and says so."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import PostRefused, Unsupported
from crosspost.model import Draft, Poll, Prepared
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

#: each network's own way to keep what the stand-in received
RECEIVED: dict[str, dict[str, Any]] = {
    "mastodon": {"options": ["Ja", "Nein"], "multiple": True, "expires_at": "2026-11-25T12:00:00+00:00"},
    "misskey": {"choices": ["Ja", "Nein"], "multiple": True, "milliseconds": 3 * 86_400_000},
    "x": {"options": ["Ja", "Nein"], "minutes": 3 * 1440},
    "threads": {"threads": ["Ja", "Nein"]},
}


def written(poll: str, more: str = "") -> str:
    """A post with a poll, and with a picture."""
    head = "title: Kommt ihr?\nthumbnail: /images/beet.jpg\nthumbnail_alt: Das Beet\n"
    return f"---\n{head}crosspost:\n  poll: {poll}\n{more}---\n\nEin Satz.\n"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, request: pytest.FixtureRequest) -> Place:
    return Place(tmp_path, sandbox, networks=[request.node.callspec.params["key"]], clock=clock)


def draft_of(place: Place, key: str, text: str) -> Draft:
    place.post.write_text(text, "utf-8")
    network = place.network(key)
    network.me()
    return network.draft(place.the_post())


@pytest.mark.parametrize("key", RECEIVED)
def test_a_poll_goes_out_with_its_post(place: Place, key: str) -> None:
    draft = draft_of(place, key, written("{options: [Ja, Nein], duration: 3 days, multiple: true}"))
    network = place.network(key)
    assert draft.poll is not None
    network.publish(
        network.prepare(Prepared(draft=draft, handle="3a1f0c55-9f6e-4a53-8f0e-5a1b77c1e001"), lambda *_: None)
    )
    (post,) = place.sandbox.posts()
    kept = post["extra"]["poll"]
    expected = RECEIVED[key]
    if key == "threads":
        assert kept == expected["threads"]
    else:
        assert {name: kept[name] for name in expected} == expected
    beside = key == "misskey"
    assert bool(post["images"]) is bool(draft.images) is beside
    assert any("either pictures or a poll" in said for said in draft.warnings) is not beside
    assert any("one answer of the poll" in said for said in draft.warnings) is (key in ("x", "threads"))
    assert any("decides how long" in said for said in draft.warnings) is (key == "threads")


@pytest.mark.parametrize(
    ("key", "poll", "said"),
    [
        ("telegram", "{options: [a, b]}", "goes out without the poll: telegram has none"),
        ("x", "{options: [a, b, c, d, e]}", "x takes 4 answers at most, and it has 5 answers"),
        ("x", f"{{options: [a, {'b' * 26}]}}", f"x takes 25 characters for an answer, and “{'b' * 26}” has 26"),
        ("x", "{options: [a, b], duration: 2 weeks}", "the poll lasts 7 days, the longest that x takes"),
        ("mastodon", "{options: [a, b], duration: 1 minute}", "the poll lasts 5 minutes, the shortest that mastodon"),
    ],
)
def test_what_does_not_fit_is_said(place: Place, key: str, poll: str, said: str) -> None:
    draft = draft_of(place, key, written(poll))
    assert any(said in warning for warning in draft.warnings), draft.warnings
    assert (draft.poll is None) == ("without the poll" in said or "takes 4" in said or "takes 25" in said)
    assert bool(draft.images) == (draft.poll is None), "without a poll the picture goes"


@pytest.mark.parametrize("key", ["mastodon"])
def test_one_account_may_go_without(place: Place, key: str) -> None:
    text = written("{options: [1, 2]}", "  mastodon:\n    poll: false\n")
    draft = draft_of(place, key, text)
    assert (draft.poll, len(draft.images)) == (None, 1)
    assert draft_of(place, key, text.replace("false", "{options: [x, y]}")).poll == Poll(
        options=("x", "y"), seconds=86_400
    )


@pytest.mark.parametrize("key", ["mastodon"])
def test_a_post_with_a_poll_is_not_edited(place: Place, key: str) -> None:
    draft, network = draft_of(place, key, written("{options: [a, b]}")), place.network(key)
    receipt = network.publish(Prepared(draft=draft, handle="key"))
    with pytest.raises(Unsupported, match="votes"):
        network.edit(receipt, Prepared(draft=draft, handle="key"))
    assert place.sandbox.posts()[0]["extra"]["poll"]["options"] == ["a", "b"]


@pytest.mark.parametrize("key", ["mastodon"])
@pytest.mark.parametrize("flavour", ["pixelfed", "friendica"])
def test_a_server_without_polls_gets_none(place: Place, key: str, flavour: str) -> None:
    place.sandbox.networks[key].settings["flavour"] = flavour
    network = place.network(key)
    network.me()
    place.post.write_text(written("{options: [a, b]}"), "utf-8")
    assert network.draft(place.the_post()).poll is None


@pytest.mark.parametrize("key", ["x"])
@pytest.mark.parametrize(
    ("poll", "said"),
    [
        ("maybe", "poll: needs lines below it"),
        ("{options: [yes, no]}", "yes and no need quotes"),
        ("{options: [a]}", "at least two answers"),
        ("{options: [a, a]}", "an answer stands there twice"),
        ("{options: [a, b], duration: soon}", "should be a length such as 3 days"),
        ("{options: [a, b], durations: 3 days}", "did you mean `duration`?"),
        ("{options: [a, b], multiple: 2}", "multiple: should be true or false"),
    ],
)
def test_a_mistake_is_told_with_its_line(place: Place, key: str, poll: str, said: str) -> None:
    with pytest.raises(PostRefused, match=said.replace("?", r"\?")) as caught:
        draft_of(place, key, written(poll))
    assert f"{place.post}:6: crosspost: poll" in str(caught.value)
