"""A draft frozen again is the same draft, however its network's own settings were typed before they were stored."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.ledger import Ledger
from crosspost.model import Draft, Entry
from crosspost.testing.harness import Clock

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
