"""The base class of every network adapter; :mod:`.boundary` turns library errors into delivery errors.

An adapter file always has this order: a class with ``key``, ``name``, ``limits``, ``abilities``, ``look``,
``Options``, ``credentials`` → ``connect`` → ``compose`` (inherited) → ``prepare`` → ``publish`` → ``find`` →
``edit``, ``delete``, ``responses`` where the network can → ``explain`` → privates. What all adapters share comes from
:mod:`.declaration` (what a class states), :mod:`.account` (who we are there), :mod:`.searching` (is it out?) and
:mod:`.drafting` (text and pictures).
"""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from crosspost.errors import ConfigError, Rejected, Unsupported
from crosspost.model import Draft, Prepared, Price, Receipt
from crosspost.networks.drafting import Drafting, Save
from crosspost.text.printable import printable

if TYPE_CHECKING:  # only who asks what came back needs it
    from crosspost.model.response import Responses

__all__ = ["Network", "Save"]


class Network(Drafting):
    """One account on one network; see :class:`.account.Account` for its arguments. Creating one does no I/O."""

    def price(self, draft: Draft) -> Price | None:  # noqa: ARG002  # part of the shape
        """What sending the draft costs; None where it is free."""
        return None

    @abstractmethod
    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Upload what the post needs. May be repeated, and nothing becomes visible. Stores each id with ``save``.

        Ids named ``media_…`` are uploads, discarded after an hour; everything else is kept until the post is out.
        ``save`` may be used until :meth:`publish` of the same delivery has ended: a network that sends to many
        recipients one after the other keeps its journal with it.
        """

    @abstractmethod
    def publish(self, prepared: Prepared) -> Receipt:
        """Send the single irreversible request.

        :raises KeptUntil: where ``prepared.show_at`` says when the network is to show it, and it took it for then
        """

    @abstractmethod
    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """Look for the post on the account. Changes nothing.

        :param since: when the delivery was begun
        :returns: None when it is not there (see ``absence_after``)
        :raises TurnedDown: when the network has it and will not show it, which ends the delivery
        :raises UnderReview: when the network has it and has not shown it yet
        :raises KeptUntil: when the network has it and shows it at a time to come
        """

    def look_back(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """Like :meth:`find`, for a delivery of which no request or id is known.

        :raises Unknown: when not finding it proves nothing
        """
        return self.find(prepared, since)

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # part of the shape
        """Change a published post to ``prepared``; only where ``able.edit``.

        The same edit twice has the same result as once, so it may be repeated when there was no response.

        :param pictures: whether the pictures changed and must be replaced; otherwise the old ones stay
        :raises Unsupported: where the network cannot
        """
        raise Unsupported(f"{self.account}: {self.name} cannot change a post that is out{_at(receipt)}")

    def not_ahead(self, draft: Draft) -> str:  # noqa: ARG002  # for networks that keep some posts only
        """Why a post cannot be handed over ahead of its time, as a clause; "" when it can. See ``abilities.ahead``."""
        return ""

    def without_poll(self, draft: Draft, receipt: Receipt) -> None:
        """For networks on which a poll stays as it was when it went out.

        :raises Unsupported: when the draft has a poll
        """
        if draft.poll is not None:
            stays = f"{self.name} cannot change a post with a poll, nor add a poll to one that is out"
            raise Unsupported(f"{self.account}: {stays}{_at(receipt)}")

    def delete(self, receipt: Receipt) -> None:
        """Delete a post; a post that is already gone is not an error. Only where ``able.delete``.

        :raises Unsupported: where the network cannot
        """
        raise Unsupported(f"{self.account}: {self.name} cannot take a post back{_at(receipt)}")

    @classmethod
    def unasked(cls, own: Mapping[str, Any]) -> str:  # noqa: ARG003  # for networks whose accounts differ
        """Why an account is not asked what came back to its posts, for people; "" where it is.

        :param own: the account's settings that only this network has, as they are in the config
        """
        return (
            "" if cls.abilities.responses else cls.no_responses or f"crosspost does not ask {cls.name} what came back"
        )

    def responses(self, receipt: Receipt) -> "Responses | None":
        """What came back to a published post; only where ``abilities.responses``. Changes nothing.

        :returns: None when the post is not there any more
        :raises Unsupported: where the network does not tell, or is not asked
        """
        why = self.unasked(msgspec.structs.asdict(self.options))
        raise Unsupported(f"{self.account}: {why}{_at(receipt)}")

    def place_of(self, url: str) -> dict[str, Any]:
        """Where an answer to a post goes; only where ``answers``. Changes nothing.

        :param url: an address of which :meth:`is_here` is true
        :returns: ``reply_to``, the network's id of that post, and ``root``, the beginning of its thread where the
            network wants it
        :raises Rejected: when there is no such post
        """
        return {"reply_to": self.id_in(url) or self.nowhere(url)}

    def nowhere(self, url: str) -> NoReturn:
        """:raises Rejected: the post to answer is not there"""
        raise self.missing(url)

    def missing(self, url: str) -> Rejected:
        """What is wrong with an answer to a post that is not there."""
        return Rejected(
            f"{self.account}: {self.name} does not show the post that this one answers ({printable(url)}). Correct "
            "`in-reply-to`, or remove it"
        )

    def in_doubt(self, prepared: Prepared) -> tuple[str, ...]:  # noqa: ARG002  # part of the shape
        """The recipients of a delivery who may or may not have received it, by their names for the user."""
        return ()

    def decided(self, prepared: Prepared, who: str, *, has_it: bool, over: bool) -> dict[str, Any]:  # noqa: ARG002  # the same
        """Record a person's decision whether ``who`` of :meth:`in_doubt` has received it.

        :param has_it: False: the next attempt sends it to them, and to nobody else once the delivery is ``over``
        :returns: the delivery's new ``remote``
        :raises ConfigError: when ``who`` is not in doubt, or can no longer be sent anything
        """
        raise ConfigError(f"{self.account}: {self.name} does not write to people one by one")

    def unfinished(self, prepared: Prepared) -> bool:  # noqa: ARG002  # the same
        """Whether a delivery is making progress and continues by itself, so that many attempts are normal."""
        return False


def _at(receipt: Receipt) -> str:
    return f" ({receipt.url})" if receipt.url else ""
