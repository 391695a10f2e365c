"""A webmention that is to be sent again is sent then, although a run left a stamp of rest before."""

import pytest

from crosspost.testing.harness import Place
from tests.cli.test_idle_stamp import Runs, rest
from tests.cli.test_idle_stamp import works as works  # noqa: PLC0414  # a fixture
from tests.webmentions.conftest import Linked


@pytest.fixture
def place(linked: Linked) -> Place:
    return linked.place


def test_one_that_is_to_be_sent_again_ends_it_when_it_is_due(linked: Linked, works: Runs) -> None:
    linked.there.endpoint("/take", 503)
    linked.write(f"[x]({linked.target})")
    linked.deploy(linked.target)
    linked.run()
    rest(works)
    linked.place.clock.pass_by(minutes=2)
    assert not works()
    linked.there.endpoint("/take", 202)
    linked.place.clock.pass_by(minutes=20)
    assert works()
    assert linked.told() == [(linked.source, linked.target)]
