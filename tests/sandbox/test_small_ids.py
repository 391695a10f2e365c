"""Ids that a network tells as JSON numbers: JavaScript holds none above 2⁵³."""

from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place


@pytest.mark.parametrize("key", ["lemmy", "wordpress"])
def test_ids_that_are_numbers_are_not_rounded_by_any_client(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, key: str
) -> None:
    place = Place(tmp_path, sandbox, networks=(key,), clock=clock)
    network = place.network(key)
    network.publish(place.prepared(network))
    ids = [post.id for post in sandbox.store.posts] + list(sandbox.store.pictures)
    assert ids
    assert max(int(number) for number in ids) < 2**53
