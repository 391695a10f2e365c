"""listmonk keeps the contract; then its quirks."""

import msgspec
import pytest

from crosspost.errors import ConfigError, Unknown
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.testing import NetworkContract
from crosspost.testing.harness import Place


class TestListmonk(NetworkContract):
    key = "listmonk"
    uploads = "POST /api/campaigns"

    def test_a_campaign_made_before_a_crash_is_used(self, network: Network, place: Place) -> None:
        first, again = place.prepared(network), place.prepared(network)
        assert first.remote == again.remote
        assert len(place.sandbox.requests_to(self.key, "POST /api/campaigns")) == 1

    def test_a_campaign_somebody_else_started_is_looked_for(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        with pytest.raises(Unknown, match="can be started"):
            network.publish(prepared)
        found = network.find(prepared, place.clock())
        assert found is not None
        assert found.id == receipt.id
        assert len(place.sandbox.posts()) == 1

    def test_a_campaign_that_was_started_long_before_it_was_heard_of_is_out(
        self, network: Network, place: Place
    ) -> None:
        """The server started it after the client had given up, and a later attempt started over."""
        prepared = place.prepared(network)
        network.publish(prepared)
        place.clock.pass_by(hours=2)
        assert network.find(prepared, place.clock()) is not None

    def test_a_campaign_with_another_text_is_not_ours(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        network.publish(prepared)
        other = msgspec.structs.replace(prepared, draft=msgspec.structs.replace(prepared.draft, text="Etwas anderes"))
        assert network.find(other, place.clock()) is None

    def test_braces_in_a_post_are_not_a_template(self, network: Network, place: Place) -> None:
        network.me()
        draft = network.draft(place.the_post())
        odd = msgspec.structs.replace(draft, text="{{ x }}", options=draft.options | {"html": "<p>{{ x }}</p>"})
        network.publish(network.prepare(Prepared(draft=odd, handle="key"), lambda *_: None))
        (post,) = place.sandbox.posts()
        assert post["text"] == '{{ "{{" }} x }}', "what listmonk shows as {{ x }}"
        assert post["extra"]["html"] == '<p>{{ "{{" }} x }}</p>'

    def test_a_list_is_needed(self, place: Place) -> None:
        place.config.write_text(place.config.read_text().replace("lists = [1]", "lists = []"))
        with pytest.raises(ConfigError, match="`lists`"):
            place.prepared(place.network(self.key))
