"""The contract of networks that are handed posts ahead of their time, and show them by themselves then."""

import contextlib
from datetime import timedelta

import msgspec
import pytest

from crosspost.errors import KeptUntil, Rejected
from crosspost.model import Prepared, Receipt
from crosspost.networks.base import Network
from crosspost.testing.harness import Place
from crosspost.testing.network_contract.base import Contract

#: how long before its time a post is handed over here
_EARLY = timedelta(hours=8)


class AheadContract(Contract):
    """What is kept is known by its id until its time and after it, is shown once, and can be taken back.

    Inherit it beside ``NetworkContract`` where ``abilities.ahead`` is set. The stand-in shows a post by its own clock.
    """

    @pytest.fixture
    def kept(self, network: Network, place: Place) -> tuple[Prepared, KeptUntil]:
        """A post that the network has taken for later: what was sent, and the answer."""
        prepared = self.for_later(network, place)
        error = self.fails(network, prepared)
        assert isinstance(error, KeptUntil)
        return prepared, error

    def for_later(self, network: Network, place: Place) -> Prepared:
        network.me()
        at, draft = (place.clock() + _EARLY).replace(microsecond=0), network.draft(place.the_post())
        remote = {"show_at": at.isoformat()}
        prepared = Prepared(draft=draft, handle="3a1f0c55-9f6e-4a53-8f0e-5a1b77c1e009", remote=remote, show_at=at)
        return network.prepare(prepared, lambda *_: None)

    def seen(self, place: Place) -> int:
        """How many posts people see."""
        posts = place.sandbox.store.timeline(self.key)
        return sum(post.visibility == "public" for post in posts)

    def by_id(self, prepared: Prepared, error: KeptUntil) -> Prepared:
        return Prepared(draft=prepared.draft, handle=prepared.handle, remote={**prepared.remote, "taken": error.taken})

    def by_words(self, prepared: Prepared) -> Prepared:
        """Its answer was lost."""
        return msgspec.structs.replace(prepared, show_at=None)

    def test_it_is_kept_until_its_time_and_nobody_sees_it(
        self, network: Network, place: Place, kept: tuple[Prepared, KeptUntil]
    ) -> None:
        prepared, error = kept
        since = place.clock()
        place.clock.pass_by(hours=7)
        for asked in (self.by_id(prepared, error), self.by_words(prepared)):
            with pytest.raises(KeptUntil) as caught:
                network.find(asked, since)
            assert (caught.value.taken, caught.value.at) == (error.taken, prepared.show_at)
        assert self.seen(place) == 0

    def test_it_is_found_with_its_id_address_and_time_once_it_is_shown(
        self, network: Network, place: Place, kept: tuple[Prepared, KeptUntil]
    ) -> None:
        prepared, error = kept
        since = place.clock()
        place.clock.pass_by(hours=9)
        found = network.find(self.by_id(prepared, error), since)
        assert found is not None
        assert (found.id, found.at, bool(found.url)) == (error.taken, prepared.show_at, True)
        lost = network.find(self.by_words(prepared), since)
        assert lost is not None
        assert lost.id == error.taken
        assert self.seen(place) == 1

    def test_what_is_kept_can_be_taken_back(
        self, network: Network, place: Place, kept: tuple[Prepared, KeptUntil]
    ) -> None:
        prepared, error = kept
        since = place.clock()
        network.delete(Receipt(id=error.taken, url="", at=since))
        network.delete(Receipt(id=error.taken, url="", at=since))  # the first answer may have been lost
        assert network.find(self.by_id(prepared, error), since) is None
        place.clock.pass_by(hours=9)
        assert network.find(self.by_id(prepared, error), since) is None
        assert self.seen(place) == 0

    def test_what_comes_too_late_is_refused_or_out(self, network: Network, place: Place) -> None:
        prepared, over = self.for_later(network, place), place.clock() - timedelta(minutes=1)
        out = None
        with contextlib.suppress(Rejected):
            out = network.publish(msgspec.structs.replace(prepared, show_at=over))
        assert self.seen(place) == (out is not None)
