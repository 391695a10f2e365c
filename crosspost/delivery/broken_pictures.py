"""Posts that wait for a picture to be repaired, where ``on_broken_picture = "hold"`` asks for that."""

from collections.abc import Callable, Iterable, Mapping

from crosspost.errors import CrosspostError, PictureBroken
from crosspost.ledger import Delivery, Ledger
from crosspost.model import Entry, Post
from crosspost.networks.base import Network

#: the ledger's reason of a delivery that is held for its picture
PICTURE = "waits until its picture is repaired"


def hold_for_picture(held: Delivery, error: PictureBroken, ledger: Ledger) -> Delivery:
    """Hold a delivery of which nothing was begun, and say what a person can do."""
    how = f"repair it, and the next run sends the post; or `crosspost settle {held.id} --skip`"
    return ledger.hold(held, f"{error} – {how}", why=PICTURE)


def waiting(held: Iterable[Delivery], entries: Mapping[str, Entry]) -> list[Delivery]:
    """Those of the deliveries that are held which wait for a picture, of posts that may still go out."""
    return [row for row in held if row.why == PICTURE and row.publishing_at is None and row.post in entries]


def release_repaired(
    network: Network, entries: Mapping[str, Entry], ledger: Ledger, load: Callable[[Entry], Post]
) -> None:
    """Plan those again whose picture can be used now. Nothing of them was begun, so that can send nothing twice."""
    for row in waiting(ledger.deliveries(states=["held"], account=network.account), entries):
        try:
            network.draft(load(entries[row.post]))
        except PictureBroken:
            continue
        except CrosspostError:  # something else is wrong with the post now: its delivery says what
            pass
        ledger.decide(row, "planned")
