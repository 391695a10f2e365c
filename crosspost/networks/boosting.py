"""What adapters of accounts share that boost what another account said, instead of saying the same again.

Such an adapter is one like every other: a boost is a delivery, with one irreversible request, a look after a lost
answer, and a way to take it back. What is boosted is in ``remote``: ``boosts`` is the network's id of the post,
``boosts_url`` its address.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from crosspost.errors import Unknown
from crosspost.model import Abilities, Draft, Post, Prepared, Price, Receipt
from crosspost.networks.base import Network

if TYPE_CHECKING:
    from crosspost.model.response import Responses


class Boosting(Network):
    """Goes before the network's own class, which knows who the account is and how to talk there."""

    @property
    def able(self) -> Abilities:
        """What can be done with a boost, whatever the server says of posts."""
        return self.abilities

    def price(self, draft: Draft) -> Price | None:  # noqa: ARG002  # a boost has neither text nor link of its own
        return None

    def compose(self, post: Post) -> Draft:  # noqa: ARG002  # it says nothing of its own
        """The same for every post: what the post says does not change a boost."""
        text, limits = f"(boosts what {self.source} says)", self.allowed
        return Draft(account=self.account, network=self.key, text=text, length=0, limit=limits.text, unit=limits.unit)

    def draft(self, post: Post) -> Draft:
        return self.compose(post)

    def variants(self, draft: Draft) -> tuple[Any, ...]:  # noqa: ARG002  # it has no picture
        return ()

    def look_back(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """See :meth:`Network.look_back`.

        :raises Unknown: when it is not known which post was to be boosted
        """
        if not prepared.remote.get("boosts"):
            raise Unknown(f"{self.account}: which post of {self.source} was to be boosted is not known")
        return self.find(prepared, since)

    def responses(self, receipt: Receipt) -> "Responses | None":
        """What came back is told of the post itself."""
        return Network.responses(self, receipt)
