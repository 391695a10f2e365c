"""Is it out? Each way an answer can be missing or bad ends in the right error, and nothing is sent twice."""

from typing import Any

import pytest

from crosspost.errors import AuthExpired, NotSent, RateLimited, Unknown
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.testing.harness import Place
from crosspost.testing.network_contract.base import Contract


class _Killed(BaseException):
    """The process ends here."""


class _Ledger(dict[str, Any]):
    """Keeps what is written down, until the process is killed right after one of these."""

    def __init__(self, last: int) -> None:
        super().__init__()
        self._left = last

    def save(self, key: str, value: Any, /, *more: tuple[str, Any]) -> None:
        self.update([(key, value), *more])
        self._left -= 1
        if self._left == 0:
            raise _Killed


class Doubt(Contract):
    """An error says whether the post is out."""

    def test_out_without_a_response_is_unknown_and_found(
        self, network: Network, place: Place, heard_by_nobody: str
    ) -> None:
        prepared = place.prepared(network)
        since = place.clock()
        place.sandbox.fault(self.key, heard_by_nobody)
        assert isinstance(self.fails(network, prepared), Unknown)
        assert self.published(place) == 1, "nothing is sent again by itself"
        found = network.find(prepared, since)
        (post,) = place.sandbox.posts(self.key)
        if not network.able.read_back:
            assert found is None, "a person must look"
            return
        assert found is not None
        assert found.id.endswith(post["id"]) or post["id"].endswith(found.id)

    def test_not_out_and_unheard_is_unknown_too(self, network: Network, place: Place, lost: str) -> None:
        prepared = place.prepared(network)
        place.sandbox.fault(self.key, lost)
        assert isinstance(self.fails(network, prepared), Unknown)
        assert network.find(prepared, place.clock()) is None

    def test_too_slow_an_answer_is_unknown(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        network.session._timeout = (1, 0.2)
        place.sandbox.fault(self.key, "delay-after", seconds=1)
        assert isinstance(self.fails(network, prepared), Unknown)

    def test_rate_limit(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        place.sandbox.fault(self.key, "429", retry_after=600)
        error = self.fails(network, prepared)
        assert isinstance(error, RateLimited)
        assert place.sandbox.posts() == []

    def test_expired_token(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        place.sandbox.fault(self.key, "expired-token")
        error = self.fails(network, prepared)
        assert isinstance(error, NotSent)
        assert isinstance(error, AuthExpired) != self.renews
        assert place.sandbox.posts(self.key) == []
        if self.renews:
            assert network.publish(prepared).id

    def test_redirect_is_not_followed(self, network: Network, place: Place, redirect: str) -> None:
        prepared = place.prepared(network)
        place.sandbox.fault(self.key, redirect)
        error = self.fails(network, prepared)
        assert isinstance(error, NotSent)
        assert "base_url" in str(error)

    def test_no_server_is_not_sent(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        place.sandbox.stop()
        error = self.fails(network, prepared)
        assert type(error) is NotSent
        assert network.account in str(error)

    def test_trouble_while_uploading_is_certainly_not_out(
        self, network: Network, place: Place, while_uploading: str
    ) -> None:
        network.me()
        draft = network.draft(place.the_post())
        place.sandbox.fault(self.key, while_uploading, match=self.uploads)
        with pytest.raises(NotSent) as caught:
            network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None)
        assert type(caught.value) is NotSent
        assert place.sandbox.posts() == []

    @pytest.mark.parametrize("last", [1, 2, 3, 4])
    def test_a_process_that_is_killed_while_it_prepares_is_gone_on_with(
        self, network: Network, place: Place, last: int
    ) -> None:
        """Whatever was written down last, what is there then is enough to go on, and one post comes of it."""
        network.me()
        kept, draft = _Ledger(last), network.draft(place.the_post())
        try:
            prepared = network.prepare(Prepared(draft=draft, handle="key"), kept.save)
        except _Killed:
            prepared = network.prepare(Prepared(draft=draft, handle="key", remote=dict(kept)), kept.save)
        network.publish(prepared)
        assert self.published(place) == 1
        assert len(place.sandbox.posts(self.key)) == 1
