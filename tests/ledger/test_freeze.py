"""A frozen draft is what is sent, and frozen again it is the same, however its network's settings were typed before."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger
from crosspost.model import Draft, Entry
from crosspost.testing.harness import Clock
from tests.ledger.rows import draft, frozen, planned

ENTRY = Entry(id="beet", path="_posts/beet.md", url="https://a.example/beet", title="Beet")
DRAFT = Draft(account="b", network="bluesky", text="Grüße", length=5, limit=300, unit="graphemes")


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "state/ledger.sqlite3", clock)
    yield made
    made.close()


@pytest.mark.parametrize(
    "options",
    [
        {"labels": ()},
        {"labels": ("nudity", "porn")},
        {"lists": (1, 2), "poll": {"options": ("a", "b")}},
        {"nested": [{"pair": ((1, 2), (3,))}]},
    ],
)
def test_uploads_are_kept_for_the_same_settings(ledger: Ledger, options: dict[str, Any]) -> None:
    ledger.add([(ENTRY, "b", "bluesky", "planned", ledger.clock(), "")])
    held = ledger.claim(ledger.deliveries()[0], "host:1")
    assert held is not None
    draft = msgspec.structs.replace(DRAFT, options=options, parts=(msgspec.structs.replace(DRAFT, options=options),))
    held = ledger.remember(ledger.freeze(held, draft, "key"), {"media_0": "17"}, uploaded=ledger.clock())
    assert ledger.freeze(held, draft, "key").remote == {"media_0": "17"}
    other = msgspec.structs.replace(draft, options={name: [] for name in [*options, "more"]})
    assert ledger.freeze(held, other, "key").remote == {}, "settings that differ are another draft"


def test_what_is_sent_is_the_frozen_draft_with_its_uploads(ledger: Ledger, clock: Clock) -> None:
    held = ledger.remember(frozen(ledger), {"media_0": "17"}, uploaded=clock())
    prepared = held.prepared
    assert (prepared.draft, prepared.handle, prepared.remote) == (draft(), "key of beet", {"media_0": "17"})


def test_what_was_never_frozen_cannot_be_sent(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="the delivery of beet to m has no frozen draft"):
        _ = planned(ledger).prepared
