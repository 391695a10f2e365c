"""What an account lists is kept at a look, for a person who looks for the post, too."""

from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

#: those that can be looked through and whose list shows words; Instagram's and Threads' containers are asked by id
LISTING = ("x", "mastodon", "facebook", "misskey", "matrix", "slack")


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
    found = network.look_back(prepared, since)
    assert found is not None
    assert (found.id, found.url) == (receipt.id, receipt.url)
    (one,) = network.listed
    assert one.url == receipt.url
    assert one.text.splitlines()[0] in prepared.draft.text
    assert one.at is not None
    assert abs(one.at - clock()) < timedelta(seconds=2), "not merely new enough"
