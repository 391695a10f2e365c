"""What came back: figures and replies of a post that is out. Asking changes nothing."""

import re
from typing import ClassVar

import msgspec
import pytest

from crosspost.errors import DeliveryError, NotSent, RateLimited, Unsupported
from crosspost.model import Receipt
from crosspost.model.response import Responses
from crosspost.networks.base import Network
from crosspost.testing.harness import Place
from crosspost.testing.left_out import Wire, fields
from crosspost.testing.network_contract.base import Contract
from crosspost.testing.readers import READERS, Reader


class ComingBack(Contract):
    """Figures and replies are those of the post that was meant."""

    #: figures that the network leaves out while they are 0
    untold_at_zero: ClassVar[frozenset[str]] = frozenset()
    #: whether it tells when a limit that is used up ends
    says_when: ClassVar[bool] = True
    #: whether it tells the name of who answered
    names: ClassVar[bool] = True

    def reader(self, place: Place) -> Reader:
        """Somebody else on the network; a network of another package gives its own."""
        return READERS[self.key](place.sandbox)

    def out(self, network: Network, place: Place) -> Receipt:
        """The post, published, where what came back to it can be asked."""
        if self.unasked(network):
            pytest.skip(f"{network.name} does not tell what came back")
        return network.publish(place.prepared(network))

    @staticmethod
    def unasked(network: Network) -> str:
        """Why this account is not asked, or ""."""
        return network.unasked(msgspec.structs.asdict(network.options))

    @staticmethod
    def asked(network: Network, receipt: Receipt) -> Responses:
        found = network.responses(receipt)
        assert found is not None, "the post is there"
        return found

    def test_a_network_that_does_not_tell_says_so(self, network: Network, place: Place) -> None:
        why = self.unasked(network)
        if not why:
            assert not network.no_responses
            return
        with pytest.raises(Unsupported, match=re.escape(why)):
            network.responses(Receipt(id="1", url="", at=place.clock()))

    def test_nothing_came_back_yet(self, network: Network, place: Place) -> None:
        receipt = self.out(network, place)
        found = self.asked(network, receipt)
        told = {name for name in ("likes", "reposts", "replies", "views") if getattr(found.figures, name) is not None}
        assert told == set(network.abilities.responses) - {"texts"} - self.untold_at_zero
        assert not any(getattr(found.figures, name) for name in told)
        assert found.replies == ()
        assert found.whole

    def test_replies_and_likes_are_told_and_go_when_they_are_taken_back(self, network: Network, place: Place) -> None:
        receipt, reader = self.out(network, place), self.reader(place)
        first = reader.answer(receipt.id, "Schön, & <b>wann</b>?")
        reader.answer(first, "Morgen")
        reader.like(receipt.id)
        before = place.sandbox.posts()
        found = self.asked(network, receipt)
        assert place.sandbox.posts() == before, "asking changes nothing"
        assert found.figures.likes == (1 if "likes" in network.abilities.responses else None)
        assert found.figures.replies in (1, 2) or "replies" not in network.abilities.responses
        if "texts" not in network.abilities.responses:
            assert found.replies == ()
            return
        said = {one.text: one for one in found.replies}
        assert set(said) == {"Schön, & <b>wann</b>?", "Morgen"}
        one, below = said["Schön, & <b>wann</b>?"], said["Morgen"]
        assert (one.id, one.parent, below.parent) == (first, receipt.id, first)
        assert ("zweitkonto" in f"{one.author} {one.handle}".lower()) is self.names
        assert one.at <= place.clock()
        assert not one.mine
        reader.take_back(first)
        left = {reply.text for reply in self.asked(network, receipt).replies}
        assert "Schön, & <b>wann</b>?" not in left

    def test_our_own_replies_are_known_as_ours(self, network: Network, place: Place) -> None:
        receipt = self.out(network, place)
        if not network.able.thread or "texts" not in network.abilities.responses:
            pytest.skip(f"{network.name} has no threads of ours")
        prepared = place.prepared(network, handle="second")
        remote = {"reply_to": receipt.id, "root": receipt.id}
        draft = msgspec.structs.replace(prepared.draft, text="Teil zwei", images=(), card=None, link="", title="")
        again = msgspec.structs.replace(prepared, draft=draft, remote=remote)
        sent = network.publish(network.prepare(again, lambda *_: None))
        (mine,) = self.asked(network, receipt).replies
        assert (mine.mine, mine.id, mine.text) == (True, sent.id, "Teil zwei")

    def test_a_post_that_is_gone_has_nothing(self, network: Network, place: Place) -> None:
        receipt = self.out(network, place)
        if not network.able.delete:
            pytest.skip(f"{network.name} deletes nothing")
        network.delete(receipt)
        assert network.responses(receipt) is None

    def test_what_cannot_be_asked_is_an_error_and_not_nothing(self, network: Network, place: Place) -> None:
        receipt = self.out(network, place)
        line = self._line(network, place, receipt)
        for fault in ("500-before", "html-503", "cut-before", "bad-json"):
            if fault not in place.sandbox.networks[self.key].kinds():
                continue
            place.sandbox.fault(self.key, fault, match=line)
            with pytest.raises(NotSent) as caught:
                network.responses(receipt)
            self.holds_no_secret(network, caught.value)
        place.sandbox.fault(self.key, "429", match=line, retry_after=600)
        with pytest.raises(RateLimited) as limited:
            network.responses(receipt)
        assert (limited.value.retry_at is not None) is self.says_when
        assert self.asked(network, receipt).whole

    def test_what_is_left_out_of_an_answer_is_not_taken_for_deleted(self, network: Network, place: Place) -> None:
        receipt = self.out(network, place)
        if "texts" not in network.abilities.responses:
            pytest.skip(f"{network.name} tells no replies")
        self.reader(place).answer(receipt.id, "Noch da")
        wire = Wire()
        wire.listen(network.session)
        assert [one.text for one in self.asked(network, receipt).replies] == ["Noch da"]
        for number, told in enumerate(wire.answers):
            for path in fields(told):
                wire.quiet()
                wire.number, wire.path, wire.null = number, path, False
                try:
                    found = network.responses(receipt)
                except DeliveryError:
                    continue
                assert found is not None, path
                assert found.replies or not found.whole, f"{path} left out of answer {number}"

    def _line(self, network: Network, place: Place, receipt: Receipt) -> str:
        """The last request with which it is asked."""
        seen = len(place.sandbox.requests_to(self.key))
        self.asked(network, receipt)
        last = place.sandbox.requests_to(self.key)[seen:][-1]
        return f"{last['method']} {last['path']}"
