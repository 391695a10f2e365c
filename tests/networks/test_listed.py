"""What an account lists is kept at a look, for a person who looks for the post, too."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

#: those that can be looked through and whose list shows words; Instagram's and Threads' containers are asked by id
LISTING = (
    *("x", "mastodon", "facebook", "misskey", "matrix", "slack", "nostr", "ntfy"),
    *("forem", "mobilizon", "pinterest", "tumblr"),
)


@pytest.mark.parametrize("name", LISTING)
def test_what_is_there_is_listed_with_its_words_and_address(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, name: str
) -> None:
    place = Place(tmp_path, sandbox, networks=(name,), clock=clock)
    network = place.network(name)
    prepared, since = place.prepared(network), clock()
    clock.pass_by(minutes=5)
    receipt = network.publish(prepared)
    assert network.find(prepared, since) is not None
    found = network.look_back(msgspec.structs.replace(prepared, remote={}), since)  # no id of it is known
    assert found is not None
    assert (found.id, found.url) == (receipt.id, receipt.url)
    (one,) = network.listed
    assert one.url == (receipt.url or prepared.draft.link)
    assert one.text.splitlines()[0] in prepared.draft.text
    assert one.at is not None
    begun = since if name == "nostr" else clock()  # a note is of when it was signed
    assert abs(one.at - begun) < timedelta(seconds=2), "not merely new enough"
