"""What a container and the list of posts prove together: the table behind ``find`` of Instagram and Threads."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from crosspost.errors import Unknown
from crosspost.model import Prepared, Receipt
from crosspost.networks.meta.containers import ContainerNetwork
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

OUT, UNSEEN, UNCLEAR = "out", "unseen", "unclear"
YOUNG, OLD = timedelta(seconds=30), timedelta(hours=1)


@pytest.fixture(params=["threads", "instagram"])
def network(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> ContainerNetwork:
    made = Place(tmp_path, sandbox, networks=[request.param], clock=clock).network(request.param)
    assert isinstance(made, ContainerNetwork)
    made.me()
    return made


@pytest.fixture
def prepared(network: ContainerNetwork, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Prepared:
    place = Place(tmp_path / "post", sandbox, networks=[network.key], clock=clock)
    return Prepared(draft=network.draft(place.the_post()), handle="h", remote={"container": "17"})


def look(
    network: ContainerNetwork,
    prepared: Prepared,
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    shown: str,
    age: timedelta,
) -> str | None:
    """The id of what is found, "doubt", or None for certainly not out."""

    def listed(*_: object) -> Receipt | None:
        if shown == UNCLEAR:
            raise Unknown("the list does not say")
        return Receipt(id="4711", url="u", at=network.clock()) if shown == OUT else None

    monkeypatch.setattr(network, "status_of", lambda _: (status, ""))
    monkeypatch.setattr(network, "_listed", listed)
    try:
        found = network.find(prepared, network.clock() - age)
    except Unknown:
        return "doubt"
    return None if found is None else found.id


@pytest.mark.parametrize(
    ("status", "shown", "age", "found"),
    [
        # it can still be published, so it was not
        ("FINISHED", UNSEEN, YOUNG, None),
        ("IN_PROGRESS", UNSEEN, OLD, None),
        ("IN_PROGRESS", UNCLEAR, OLD, None),
        # it was published; the list may show it later, or never
        ("PUBLISHED", OUT, YOUNG, "4711"),
        ("PUBLISHED", UNSEEN, YOUNG, "doubt"),
        ("PUBLISHED", UNCLEAR, YOUNG, "doubt"),
        ("PUBLISHED", UNSEEN, OLD, ""),
        ("PUBLISHED", UNCLEAR, OLD, ""),
        # it can never be published; whether it was before, the list tells
        *((dead, shown, OLD, found) for dead in ("ERROR", "EXPIRED") for shown, found in (
            (OUT, "4711"), (UNSEEN, None), (UNCLEAR, "doubt"),
        )),
        # one that is not there any more, or in a state nobody knows, proves nothing
        ("GONE", OUT, OLD, "4711"),
        ("GONE", UNSEEN, OLD, "doubt"),
        ("PAUSED", OUT, YOUNG, "4711"),
        ("PAUSED", UNSEEN, OLD, "doubt"),
    ],
)  # fmt: skip
def test_what_is_proved(
    network: ContainerNetwork,
    prepared: Prepared,
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    shown: str,
    age: timedelta,
    found: str | None,
) -> None:
    assert look(network, prepared, monkeypatch, status, shown, age) == found


@pytest.mark.parametrize(("shown", "found"), [(OUT, "4711"), (UNSEEN, "doubt"), (UNCLEAR, "doubt")])
def test_a_container_that_was_lost_proves_nothing(
    network: ContainerNetwork, prepared: Prepared, monkeypatch: pytest.MonkeyPatch, shown: str, found: str
) -> None:
    lost = msgspec.structs.replace(prepared, remote={})
    assert look(network, lost, monkeypatch, "FINISHED", shown, OLD) == found
