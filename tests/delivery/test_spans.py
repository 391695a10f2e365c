"""What a delivery tells of itself where traces are switched on."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from crosspost import tracing
from crosspost.errors import Unknown
from tests.delivery.scripted import Quick


@pytest.fixture
def spans() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Each span in the order in which they ended: its name, and all that was noted of it."""
    found: list[tuple[str, dict[str, Any]]] = []

    @contextlib.contextmanager
    def made(name: str, known: Mapping[str, Any], _outside: bool) -> Iterator[tracing.Note]:
        noted = dict(known)
        yield noted.__setitem__
        found.append((name, noted))

    tracing.begin(made)
    yield found
    tracing.end()


def test_each_step_of_a_delivery_is_one(quick: Quick, spans: list[tuple[str, dict[str, Any]]]) -> None:
    row = quick.run()["a"]
    assert spans == [
        ("prepare", {}),
        ("publish", {}),
        (
            "delivery",
            {
                "crosspost.account": "a",
                "crosspost.network": "scripted",
                "crosspost.post": "beet",
                "crosspost.part": 1,
                "crosspost.attempt": 1,
                "crosspost.delivery": row.id,
                "crosspost.state": "sent",
            },
        ),
    ]


def test_a_look_for_what_may_be_out_is_one_too(quick: Quick, spans: list[tuple[str, dict[str, Any]]]) -> None:
    quick.network.next("publish", Unknown("a: no answer"))
    quick.run()
    (*_, (delivery, said), (look, seen)) = spans
    assert (delivery, said["crosspost.state"]) == ("delivery", "unknown")
    assert (look, seen["crosspost.account"]) == ("look", "a")
