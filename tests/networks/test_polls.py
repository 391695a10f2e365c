"""A poll goes out with its post where a network has them; elsewhere the post goes without, and says so."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests

from crosspost.compose.poll_fitting import with_poll
from crosspost.errors import AuthExpired, PostRefused, Rejected, Unsupported
from crosspost.model import Draft, Poll, PollLimits, Prepared
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

#: each network's own way to keep what the stand-in received
RECEIVED: dict[str, dict[str, Any]] = {
    "mastodon": {"options": ["Ja", "Nein"], "multiple": True, "expires_at": "2026-11-25T12:00:00+00:00"},
    "misskey": {"choices": ["Ja", "Nein"], "multiple": True, "milliseconds": 3 * 86_400_000},
    "x": {"options": ["Ja", "Nein"], "minutes": 3 * 1440},
    "threads": {"threads": ["Ja", "Nein"]},
    "telegram": {"question": "Kommt ihr?", "options": ["Ja", "Nein"], "multiple": True, "seconds": 3 * 86_400},
    "discord": {"question": "Kommt ihr?", "options": ["Ja", "Nein"], "multiple": True, "hours": 72},
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
    page = requests.get(place.sandbox.url + place.sandbox.store.posts[0].path, timeout=30)
    assert (page.status_code, "Nein" in page.text) == (200, True), "a person sees it on the sandbox's page, too"
    beside, asked = key in ("misskey", "telegram"), key in ("telegram", "discord")
    assert draft.poll.question == ("Kommt ihr?" if asked else "")
    assert ("Kommt ihr?" in draft.text) is not asked, "a question is not said twice"
    assert "Ein Satz." in post["text"]
    assert draft.link in post["text"]
    assert bool(post["images"]) is bool(draft.images) is beside
    assert any("a poll has none there" in said for said in draft.warnings) is not beside
    assert any("one answer of the poll" in said for said in draft.warnings) is (key in ("x", "threads"))
    assert any("decides how long" in said for said in draft.warnings) is (key == "threads")


@pytest.mark.parametrize(
    ("key", "poll", "said"),
    [
        ("facebook", "{options: [a, b]}", "goes out without the poll: there are no polls there"),
        (
            "discord",
            "{options: [a, b], duration: 90 minutes}",
            "the poll lasts 2 hours: discord counts in units of 1 hour",
        ),
        ("mastodon", "{options: [a, b], question: Wann?}", "on mastodon the post itself asks it"),
        ("telegram", f"{{options: [a, b], question: {'w' * 301}}}", "300 characters for its question, and it has 301"),
        ("x", "{options: [a, b, c, d, e]}", "x takes 4 answers at most, and it has 5 answers"),
        ("x", f"{{options: [a, {'b' * 26}]}}", f"x takes 25 characters for an answer, and “{'b' * 26}” has 26"),
        ("x", "{options: [a, b], duration: 2 weeks}", "the poll lasts 7 days, the longest that x takes"),
        ("mastodon", "{options: [a, b], duration: 1 minute}", "the poll lasts 5 minutes, the shortest that mastodon"),
    ],
)
def test_what_does_not_fit_is_said(place: Place, key: str, poll: str, said: str) -> None:
    draft = draft_of(place, key, written(poll))
    assert any(said in warning for warning in draft.warnings), draft.warnings
    without = any(words in said for words in ("without the poll", "takes 4", "takes 25", "for its question"))
    assert (draft.poll is None) == without
    assert bool(draft.images) == (draft.poll is None), "without a poll the picture goes"


@pytest.mark.parametrize("key", ["telegram"])
def test_on_telegram_text_picture_and_poll_are_one_message(place: Place, key: str) -> None:
    more = "pictures: [{path: /images/beet.jpg, alt: Beet}, {path: /images/zwei.jpg, alt: Zwei}]\n"
    (place.root / "site/images/zwei.jpg").write_bytes((place.root / "site/images/beet.jpg").read_bytes())
    place.config.write_text(place.config.read_text("utf-8") + "gallery = true\n", "utf-8")
    text = written("{options: [a, b], question: Wann?}", "  text: " + "w " * 800 + "\n").replace(
        "title", more + "title", 1
    )
    draft, network = draft_of(place, key, text), place.network(key)
    assert (len(draft.images), draft.limit, draft.poll and draft.poll.question) == (1, 1024, "Wann?")
    assert draft.card is None, "no link preview is shown beside a poll"
    assert any("first of its pictures" in said for said in draft.warnings)
    receipt = network.publish(Prepared(draft=draft, handle="key"))
    (post,) = place.sandbox.posts()
    assert (post["text"], len(post["images"]), receipt.notes) == (draft.text, 1, ())
    sent = ("sendMessage", "sendPhoto", "sendMediaGroup", "sendPoll")
    assert [len(place.sandbox.requests_to(key, f"POST /bot/{method}")) for method in sent] == [0, 0, 0, 1]


@pytest.mark.parametrize("key", ["telegram"])
def test_an_old_server_of_the_bot_api_does_not_leave_the_text_out_in_silence(place: Place, key: str) -> None:
    place.sandbox.networks[key].settings["old_server"] = True
    draft, network = draft_of(place, key, written("{options: [a, b]}")), place.network(key)
    receipt = network.publish(Prepared(draft=draft, handle="key"))
    assert "without the text and the picture" in "".join(receipt.notes)
    assert "older than 10.0" in "".join(receipt.notes)


def test_a_poll_that_asks_nothing_stays_behind_where_one_must_ask() -> None:
    poll, limits = Poll(options=("a", "b")), PollLimits(options=4, characters=20, question=300)
    fitted = with_poll(poll, "", (), limits, "telegram")
    assert (fitted.poll, fitted.warnings) == (
        None, ["goes out without the poll: telegram wants a question; add `question` to the poll"],
    )  # fmt: skip
    asked = with_poll(msgspec.structs.replace(poll, question="Wann?"), "", (), limits, "telegram")
    assert asked.poll is not None
    assert (asked.poll.question, asked.warnings) == ("Wann?", [])


@pytest.mark.parametrize("key", ["discord"])
def test_a_poll_that_discord_refuses_is_told_with_the_way_out(place: Place, key: str) -> None:
    place.sandbox.networks[key].settings["polls"] = False
    draft, network = draft_of(place, key, written("{options: [a, b]}")), place.network(key)
    with pytest.raises(Rejected, match=r"Invalid channel type for poll.*`poll: false` for discord"):
        network.publish(Prepared(draft=draft, handle="key"))
    assert place.sandbox.posts() == []


@pytest.mark.parametrize("key", ["discord"])
def test_a_webhook_that_is_gone_is_no_matter_of_the_poll(place: Place, key: str) -> None:
    draft, network = draft_of(place, key, written("{options: [a, b]}")), place.network(key)
    place.sandbox.fault(key, "expired-token")
    with pytest.raises(AuthExpired):
        network.publish(Prepared(draft=draft, handle="key"))


@pytest.mark.parametrize("key", ["discord"])
def test_a_forum_post_with_a_poll_is_named_after_its_question(place: Place, key: str) -> None:
    place.sandbox.networks[key].settings["forum"] = True
    place.config.write_text(place.config.read_text("utf-8") + "forum = true\n", "utf-8")
    draft, network = draft_of(place, key, written("{options: [a, b]}")), place.network(key)
    network.publish(Prepared(draft=draft, handle="key"))
    assert place.sandbox.posts()[0]["extra"]["title"] == "Kommt ihr?"


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


@pytest.mark.parametrize("key", ["telegram", "discord"])
def test_nothing_about_a_poll_is_changed_there(place: Place, key: str) -> None:
    draft, network = draft_of(place, key, written("{options: [a, b]}")), place.network(key)
    receipt = network.publish(Prepared(draft=draft, handle="key"))
    with pytest.raises(Unsupported, match="cannot change a post with a poll"):
        network.edit(receipt, Prepared(draft=draft, handle="key"))
    bare = draft_of(place, key, written("false"))
    with pytest.raises(Rejected, match="edit"):  # the network itself refuses it, too
        network.edit(receipt, Prepared(draft=bare, handle="key"))
    network.delete(receipt)
    assert place.sandbox.posts() == []


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
        ("{options: [a, a]}", "an answer is in the list twice"),
        ("{options: [a, b], duration: soon}", "should be a length such as 3 days"),
        ("{options: [a, b], durations: 3 days}", "did you mean `duration`?"),
        ("{options: [a, b], qestion: Wann?}", "did you mean `question`?"),
        ("{options: [a, b], multiple: 2}", "multiple: should be true or false"),
    ],
)
def test_a_mistake_is_told_with_its_line(place: Place, key: str, poll: str, said: str) -> None:
    with pytest.raises(PostRefused, match=said.replace("?", r"\?")) as caught:
        draft_of(place, key, written(poll))
    assert f"{place.post}:6: crosspost: poll" in str(caught.value)


@pytest.mark.parametrize("key", ["misskey", "mastodon"])
def test_a_name_in_an_answer_calls_nobody(place: Place, key: str) -> None:
    """Misskey tells whomever an answer names; Mastodon reads the text alone."""
    draft = draft_of(place, key, written('{options: ["with @ann", "@bob@social.example"]}'))
    assert draft.poll is not None
    first = {"misskey": "with ann", "mastodon": "with @ann"}[key]
    assert draft.poll.options == (first, "@bob@social.example")
    assert any("@ann is said without" in one for one in draft.warnings) is (key == "misskey")
