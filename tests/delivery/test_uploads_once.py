"""What was uploaded before an attempt that certainly failed is used by the next one."""

from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

UPLOADS = {
    "bluesky": "POST /xrpc/com.atproto.repo.uploadBlob",
    "mastodon": "POST /api/v2/media",
    "x": "POST /2/media/upload",
}


@pytest.mark.parametrize("network", UPLOADS)
def test_a_picture_is_uploaded_once(root: Path, sandbox: Sandbox, clock: Clock, network: str) -> None:
    place = Place(root, sandbox, networks=[network], clock=clock)
    sandbox.fault(network, "429", retry_after=60)
    place.crosspost("publish", str(place.post))
    assert sandbox.posts() == []
    clock.pass_by(minutes=5)
    place.crosspost("run")
    assert len(sandbox.posts()) == 1
    assert len(sandbox.requests_to(network, UPLOADS[network])) == 1
