"""Looking for a post that may be out: nothing is changed, and nothing that is missing is taken for absence."""

from datetime import timedelta

import msgspec
import pytest

from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.testing.harness import Place
from crosspost.testing.left_out import Wire, fields
from crosspost.testing.network_contract.base import Contract


class Looking(Contract):
    """What is found is the post that was meant."""

    def test_looking_changes_nothing_and_knows_its_own(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        assert network.find(prepared, place.clock()) is None
        receipt = network.publish(prepared)
        found = network.find(prepared, place.clock())
        assert (found.id if found else None) == (receipt.id if network.able.read_back else None)
        # 0: it is asked for by a key of our own, which nothing older can have
        if not self.tells_by_id and network.able.absence_after != 0:
            assert network.find(prepared, place.clock() + timedelta(days=400)) is None, "only what is new enough counts"
        other = msgspec.structs.replace(prepared.draft, text="Etwas ganz anderes", link="")
        unsaid = network.prepare(Prepared(draft=other, handle="other"), lambda *_: None)
        assert network.find(unsaid, place.clock()) is None
        assert len(place.sandbox.posts()) == 1

    def test_where_nobody_can_look_finding_nothing_proves_nothing(self, network: Network) -> None:
        network.me()
        assert network.able.read_back or network.able.absence_after is None

    def test_nothing_that_is_left_out_of_an_answer_is_taken_for_absence(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        since, receipt = place.clock(), network.publish(prepared)
        if not network.able.read_back:
            pytest.skip(f"{network.name} cannot be asked what is out")
        # even for a rebuilt ledger, which has no id
        for asked in (prepared, msgspec.structs.replace(prepared, remote={})):
            wire = Wire()
            wire.listen(network.session)
            if self.found(network, asked, since) is None:
                continue  # only a key tells it here
            answers = wire.answers
            assert any(answers), "something was asked"
            for number, told in enumerate(answers):
                for path in fields(told):
                    for null in (False, True):
                        wire.quiet()
                        wire.number, wire.path, wire.null = number, path, null
                        found = self.found(network, asked, since)
                        assert found in (receipt.id, "doubt", ""), f"{path} left out of answer {number}: {found}"
                for status in (404, 429, 500, 503):
                    wire.quiet()
                    wire.number, wire.status = number, status
                    assert self.found(network, asked, since) in (receipt.id, "doubt", ""), f"{number}: HTTP {status}"
