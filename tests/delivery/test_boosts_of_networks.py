"""What boosts have of their own on LinkedIn, X and Nostr."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from crosspost.errors import NotSent, Rejected
from crosspost.model import Prepared
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock
from crosspost.testing.harness import Saved
from tests.delivery.test_boosts import REQUESTS, Group, ready

pytestmark = pytest.mark.long  # nothing in here depends on the version of Python


def test_a_persons_reshare_in_doubt_is_for_a_person(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """Nobody can look up what a person posted on LinkedIn, and a second request may be a second reshare."""
    group = Group(tmp_path, sandbox, clock, "linkedin")
    text = group.place.config.read_text("utf-8")
    group.place.config.write_text(re.sub(r"^author = .*$", "", text, flags=re.MULTILINE), "utf-8")
    token = sandbox.accounts("zweitkonto")["linkedin"]["credentials"]["access_token"]
    with group.place.secrets.open("a", encoding="utf-8") as file:
        file.write(f"CROSSPOST_ECHO_ACCESS_TOKEN={token}\n")
    ready(group)
    sandbox.fault("linkedin", "cut-after", match=REQUESTS["linkedin"])
    for _ in range(4):
        group.run()
        group.clock.pass_by(minutes=20)
    assert (group.runs.states()["echo"], group.boosted()) == ("held", 1)


def test_what_is_reposted_on_x_already_is_what_was_wanted(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    group = Group(tmp_path, sandbox, clock, "x")
    group.run()
    (post,) = group.said()
    network = group.place.network("echo")
    draft = network.draft(group.place.the_post())
    prepared = Prepared(draft=draft, handle="key", remote={"boosts": post["id"], "boosts_url": post["url"]})
    assert network.find(prepared, clock()) is None
    assert network.publish(prepared) == network.publish(prepared)
    assert network.find(prepared, clock()) is not None
    assert group.boosted() == 1
    assert network.price(draft).amount == 0.015
    missing = msgspec.structs.replace(prepared, remote={"boosts": "1", "boosts_url": ""})
    with pytest.raises(Rejected):
        network.publish(missing)


def test_a_repost_on_nostr_holds_the_note_and_says_where_it_is(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    group = Group(tmp_path, sandbox, clock, "nostr")
    ready(group)
    (note,) = group.said()
    network = group.place.network("echo")
    unknown = Prepared(draft=network.draft(group.place.the_post()), handle="key", remote={"boosts": "0" * 64})
    with pytest.raises(NotSent, match="none of its relays has the note"):
        network.prepare(unknown, Saved())
    saved = Saved()
    network.prepare(msgspec.structs.replace(unknown, remote={"boosts": note["id"]}), saved)
    event = saved["event"]
    assert event["kind"] == 6
    assert json.loads(event["content"])["id"] == note["id"]
    (named,) = [tag for tag in event["tags"] if tag[0] == "e"]
    assert named[1] == note["id"]
    assert named[2].startswith("ws://")
