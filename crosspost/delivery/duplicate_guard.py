"""No two accounts of a network that forbids it say the same: the one planned first does. Nor do two sites there."""

from collections.abc import Callable

from crosspost.compose.formats.duplicates import repetition, repetition_of_site, same_words
from crosspost.errors import Unsupported
from crosspost.ledger import Delivery, Ledger
from crosspost.model import Draft
from crosspost.networks.base import Network

_MAY_BE_OUT = ("sending", "sent", "unknown", "held")


def refuse_repetition(
    held: Delivery, draft: Draft, network: Network, ledger: Ledger, said: Callable[[str], Draft | None]
) -> None:
    """Refuse a draft when another account of the network says the same about this post.

    What may be out already counts always. Of what is still planned, the delivery that was planned first counts, in the
    order of the config: so of two only the second is refused, whichever is worked on first.

    :param said: account → what it would say in this run, None for nothing
    :raises Unsupported: naming the rule, the other account, and what helps
    """
    for row in ledger.deliveries(post=held.post):
        if row.network != held.network or row.account == held.account:
            continue
        other = row.draft if row.state in _MAY_BE_OUT else None
        if other is None and row.id < held.id and row.state in {"planned", "sending"}:
            other = said(row.account)
        if other is not None and other.text and same_words(draft.text, other.text):
            raise Unsupported(repetition(network.name, held.account, row.account))
    for row in ledger.elsewhere.said(held.account, held.network):
        if row.draft is not None and row.draft.text and same_words(draft.text, row.draft.text):
            raise Unsupported(repetition_of_site(network.name, held.account))
