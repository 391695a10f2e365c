"""Posts that a person posts by hand, because the network takes none from programs."""

from crosspost.errors import ByHand
from crosspost.ledger import HANDED, Delivery, Ledger


def hand_over(held: Delivery, error: ByHand, ledger: Ledger) -> Delivery:
    """Leave a delivery of which nothing was begun to a person; nothing sends it, looks for it or ends it but they."""
    how = f"`crosspost settle {held.id}` shows what to post, `crosspost settle {held.id} --sent` says that it is done"
    return ledger.hold(held, f"{error}. {how}", why=HANDED)
