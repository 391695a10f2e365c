"""Edits and deletions that are planned in the ledger."""

from pathlib import Path

import msgspec
from PIL import Image

from crosspost.ledger import Change
from crosspost.model import Picture
from tests.delivery.scripted import Quick


def edit(quick: Quick, text: str = "Geändert", post: str = "beet", account: str = "") -> Change:
    """An edit that is planned."""
    row = quick.row(post, account)
    assert row.draft is not None
    return quick.ledger.changes.put(row.id, "edit", "planned", msgspec.structs.replace(row.draft, text=text))


def delete(quick: Quick, post: str = "beet") -> Change:
    row = next(row for row in quick.ledger.deliveries(post=post) if row.part == 1)
    return quick.ledger.changes.put(row.id, "delete", "planned")


def picture(tmp_path: Path, name: str, alt: str = "Ein Beet") -> Picture:
    Image.new("RGB", (40, 30), "green").save(tmp_path / name)
    return Picture(path=str(tmp_path / name), alt=alt, digest=name)
