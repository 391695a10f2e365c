"""A network that looks at a post before it shows it: until it has decided, the post is neither sent nor failed."""

from datetime import datetime

import msgspec
import pytest

from crosspost.errors import DeliveryError, TurnedDown, UnderReview
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.testing.harness import Place
from crosspost.testing.network_contract.base import Contract


class ReviewContract(Contract):
    """What is taken is known by its id, and what the network says of it is told from what it says of a request.

    Inherit it beside ``NetworkContract`` where a network looks at posts before it shows them. Its stand-in then has the
    option ``review``, which says what becomes of posts under review: ``shown``, ``waiting`` or ``refused``.
    """

    @pytest.fixture
    def waiting(self, network: Network, place: Place) -> tuple[Prepared, datetime, UnderReview]:
        """A post that the network has taken and looks at: what was sent, since when, and the answer."""
        prepared, since = place.prepared(network), place.clock()
        self.decides(place, "waiting")
        error = self.fails(network, prepared)
        assert isinstance(error, UnderReview)
        assert error.taken
        return prepared, since, error

    def decides(self, place: Place, how: str) -> None:
        place.sandbox.networks[self.key].settings["review"] = how

    def ways(self, prepared: Prepared, error: UnderReview) -> tuple[Prepared, Prepared]:
        """It is looked for by its id, and where the answer was lost without."""
        return msgspec.structs.replace(prepared, remote={**prepared.remote, "taken": error.taken}), prepared

    def test_what_is_looked_at_is_neither_there_nor_absent(
        self, network: Network, waiting: tuple[Prepared, datetime, UnderReview]
    ) -> None:
        prepared, since, error = waiting
        for asked in self.ways(prepared, error):
            with pytest.raises(UnderReview) as again:
                network.find(asked, since)
            assert again.value.taken == error.taken

    def test_it_is_found_once_it_is_shown(
        self, network: Network, place: Place, waiting: tuple[Prepared, datetime, UnderReview]
    ) -> None:
        prepared, since, error = waiting
        self.decides(place, "shown")
        for asked in self.ways(prepared, error):
            found = network.find(asked, since)
            assert found is not None
            assert (found.id, bool(found.url)) == (error.taken, network.able.permalink)
        assert self.published(place) == 1

    def test_it_is_told_that_it_was_turned_down(
        self, network: Network, place: Place, waiting: tuple[Prepared, datetime, UnderReview]
    ) -> None:
        prepared, since, error = waiting
        self.decides(place, "refused")
        for asked in self.ways(prepared, error):
            with pytest.raises(TurnedDown):
                network.find(asked, since)

    def test_turned_down_at_once_is_told_by_the_answer(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        self.decides(place, "refused")
        assert isinstance(self.fails(network, prepared), TurnedDown)

    def test_what_was_taken_and_is_gone_is_absent_and_nothing_else_is_taken_for_it(
        self, network: Network, place: Place, waiting: tuple[Prepared, datetime, UnderReview]
    ) -> None:
        prepared, since, error = waiting
        place.sandbox.store.posts[-1].deleted = True
        self.decides(place, "shown")
        network.publish(prepared)  # the same words, by somebody else
        known, _ = self.ways(prepared, error)
        assert network.find(known, since) is None

    def test_a_look_that_fails_says_nothing_of_the_post(
        self, network: Network, place: Place, waiting: tuple[Prepared, datetime, UnderReview]
    ) -> None:
        prepared, since, error = waiting
        self.decides(place, "refused")
        stand_in = place.sandbox.networks[self.key]
        for asked in self.ways(prepared, error):
            for status in (400, 401, 403, 409, 429, 500):
                answer = stand_in.answer
                stand_in.answer = lambda _, status=status: stand_in.refusal(status, "No.")  # type: ignore[method-assign,misc]
                try:
                    with pytest.raises(DeliveryError) as caught:
                        network.find(asked, since)
                finally:
                    stand_in.answer = answer  # type: ignore[method-assign]
                assert not isinstance(caught.value, TurnedDown | UnderReview), status
