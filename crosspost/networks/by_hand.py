"""Networks without an interface for programs: everything is made ready, and a person posts it by hand.

An adapter of this kind never sends anything, so a delivery is "sent" there only when a person has said so
(``crosspost settle``). Until then it waits, with the words and the picture frozen as they were approved.
"""

import hashlib
from datetime import datetime
from typing import ClassVar, NoReturn

from crosspost.errors import ByHand
from crosspost.model import Identity, Prepared, Receipt, Remark
from crosspost.networks.base import Network, Save


class ByHandNetwork(Network):
    """A network on which people post by hand. Its settings have ``channel``, the address where that is done."""

    by_hand = True
    #: what a person does with it, a clause: "paste the text there"
    act: ClassVar[str] = "paste the text there, and add the picture if there is one"

    def connect(self) -> Identity:
        """Who speaks there is only what the config says; nobody is asked."""
        channel = str(self.options.channel)
        number = hashlib.blake2s(channel.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        return Identity(id=number, handle=channel.rstrip("/").rpartition("/")[2] or self.name, url=channel)

    def remarks(self) -> list[Remark]:
        said = f"{self.name} takes posts from people only, so each one waits for somebody who pastes it"
        return [Remark(said=said, todo="", weight="ok")]

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # part of the shape
        """Hand it over, before anything is begun.

        :raises ByHand: always
        """
        self._hand_over()

    def publish(self, prepared: Prepared) -> Receipt:  # noqa: ARG002  # part of the shape
        """Never sends anything.

        :raises ByHand: always
        """
        self._hand_over()

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # part of the shape
        """Nothing can be looked up; nothing that was sent can be there either."""
        return None

    def _hand_over(self) -> NoReturn:
        raise ByHand(f"{self.account}: {self.name} takes posts from people only: {self.act}")
