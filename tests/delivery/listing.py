"""A listing without files, and a ledger that knows it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from crosspost.delivery import inventory
from crosspost.delivery.inventory import Inventory
from crosspost.ledger import KnownPost, Ledger
from crosspost.model import Entry
from crosspost.sources.git_checkout import Checkout
from crosspost.testing.harness import Clock
from tests.ledger.rows import draft, receipt

DAY = datetime(2026, 11, 20, tzinfo=UTC)


class Site:
    """A listing and a ledger: :meth:`look` is what a run does first."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.ledger, self.clock = Ledger(path / "ledger.sqlite3", clock), clock
        self.files: dict[str, Entry] = {}
        self.checkout: Checkout | None = None

    def write(self, *names: str, **differs: Any) -> None:
        for name in names:
            entry = Entry(
                id=name,
                path=f"/s/{name}.md",
                url=f"https://a.example/{name}",
                title=name.title(),
                date=DAY,
                fingerprint=f"1 {name}",
            )
            self.files[name] = msgspec.structs.replace(entry, **differs)

    def take(self) -> Inventory:
        return inventory.take(self.files.values(), self.ledger, self.checkout)

    def look(self) -> Inventory:
        taken = self.take()
        self.ledger.add((one, "m", "mastodon", "planned", self.clock(), "") for one in taken.entries)
        self.back = inventory.note(taken, self.ledger)
        return taken

    def send(self, *names: str) -> None:
        """These posts are out, and were compared."""
        for row in self.ledger.deliveries(states=["planned"]):
            if row.post in names:
                held = self.ledger.claim(row, "machine:1")
                assert held is not None
                self.ledger.sent(self.ledger.begin(self.ledger.freeze(held, draft(), "k")), receipt(self.ledger))

    def known(self, name: str) -> KnownPost:
        return self.ledger.posts.known()[name]


def names(posts: tuple[KnownPost, ...]) -> list[str]:
    return [post.id for post in posts]
