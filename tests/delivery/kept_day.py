"""A day on which a network is given a post before its time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from crosspost.app.running.run import RunView, run
from crosspost.config import registry
from crosspost.ledger import Delivery, Ledger
from crosspost.model import Receipt
from crosspost.sandbox.core.store import Post
from crosspost.testing import Place

KEEPING = [name for name in registry.NETWORKS if registry.load(name).abilities.ahead is not None]
HOUR = datetime(2026, 11, 22, 18, tzinfo=UTC)  # it is noon
TEXT = """---
title: Beet
description: Ein Beet.
tags: [Garten]
crosspost: {{at: "{at}"{more}}}
---

{text}
"""


class Told(RunView):
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, sentence: str) -> None:
        self.warnings.append(sentence)


class Day:
    """A site whose post is to be out at six, and a network that is given it before."""

    def __init__(self, place: Place, key: str) -> None:
        self.place, self.key = place, key
        self.told: list[str] = []
        place.post.unlink()
        self.run(first=True)
        self.write()

    def write(self, text: str = "Ein Beet im Regen.", at: str = "2026-11-22 19:00", more: str = "") -> Path:
        """At seven in Berlin it is six in London."""
        return self.place.new_post("2026-11-21-beet", TEXT.format(text=text, at=at, more=more))

    def run(self, *, first: bool = False) -> Delivery:
        view = Told()
        self.outcome = run(self.place.app, view)
        self.told = view.warnings
        if first:
            return None  # type: ignore[return-value]  # there is no post yet
        return self.row

    def at(self, hour: int, minute: int = 0) -> None:
        self.place.clock.now = datetime(2026, 11, 22, hour, minute, tzinfo=UTC)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        ledger = Ledger(self.place.app.ledger_place(), self.place.clock)
        try:
            yield ledger
        finally:
            ledger.close()

    @property
    def row(self) -> Delivery:
        with self.ledger() as ledger:
            (row,) = ledger.deliveries(post="2026-11-21-beet") or ledger.deliveries()
            return row

    @property
    def there(self) -> list[Post]:
        """What people see, once the network has looked at its clock."""
        self.place.network(self.key).connect()
        return [post for post in self.place.sandbox.store.timeline(self.key) if post.visibility == "public"]

    def hurt(self, kind: str) -> None:
        """What happens to the next request to publish."""
        self.place.sandbox.fault(self.key, kind)

    def forget(self) -> None:
        """Somebody deletes it there."""
        self.place.network(self.key).delete(Receipt(id=self.row.prepared.taken, url="", at=HOUR))
