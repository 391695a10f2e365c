"""Slack keeps the contract; then its quirks."""

from pathlib import Path

import msgspec
import pytest

from crosspost.errors import AuthExpired, DeliveryError, NotSent, Rejected, Unknown
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply
from crosspost.testing import Clock, NetworkContract, Place

MARKUP = "*Fest* _an_ `der` ~Au~ <https://example.org|Link> <!channel> <@U1> & @here"


def bare(place: Place, text: str, handle: str = "key") -> Prepared:
    network = place.network("slack")
    network.me()
    draft = msgspec.structs.replace(network.draft(place.the_post()), text=text, title="", card=None)
    return Prepared(draft=draft, handle=handle)


class TestSlack(NetworkContract):
    key = "slack"
    uploads = ""
    alts = ()

    def test_nothing_in_a_text_is_markup_and_nobody_is_called(self, place: Place) -> None:
        place.network("slack").publish(bare(place, MARKUP))
        assert place.sandbox.posts()[0]["text"] == MARKUP

    def test_a_link_is_unfolded_only_where_a_card_is_wanted(self, network: Network, place: Place) -> None:
        network.publish(place.prepared(network))
        network.publish(bare(place, "Ohne https://example.org"))
        assert [post["extra"]["unfurl"] for post in place.sandbox.posts()] == [(True, True), (False, False)]

    def test_the_same_words_of_a_person_are_doubt_and_others_are_not(self, network: Network, place: Place) -> None:
        """Somebody may use the bot's token elsewhere: a message without a key, but with our words."""
        prepared, since = place.prepared(network), place.clock()
        network.publish(prepared)
        (post,) = place.sandbox.store.posts
        post.extra["metadata"] = {}
        with pytest.raises(Unknown, match="without its text"):
            network.find(prepared, since)
        post.text = "Etwas anderes"
        assert network.find(prepared, since) is None

    def test_the_search_reads_on_from_page_to_page(self, network: Network, place: Place) -> None:
        prepared, since = place.prepared(network), place.clock()
        receipt = network.publish(prepared)
        for number in range(250):
            place.clock.pass_by(seconds=3)
            network.publish(bare(place, f"Nr. {number}", f"n{number}"))
        found = network.find(prepared, since)
        assert found is not None
        assert found.id == receipt.id

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("account_inactive", AuthExpired),
            ("missing_scope", AuthExpired),
            ("is_archived", AuthExpired),
            ("msg_too_long", Rejected),
            ("internal_error", Unknown),
            ("something_new", Unknown),
        ],
    )
    def test_a_refusal_with_status_200_means_what_its_code_says(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch, code: str, kind: type[DeliveryError]
    ) -> None:
        prepared = place.prepared(network)
        stand_in = place.sandbox.networks["slack"]
        monkeypatch.setattr(stand_in, "answer", lambda _: Reply.json({"ok": False, "error": code}))
        error = self.fails(network, prepared)
        assert type(error) is kind
        assert code in str(error)

    def test_trouble_while_deleting_is_not_out_of_doubt(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        receipt = network.publish(place.prepared(network))
        answer = Reply.json({"ok": False, "error": "fatal_error"})
        monkeypatch.setattr(place.sandbox.networks["slack"], "answer", lambda _: answer)
        with pytest.raises(NotSent):
            network.delete(receipt)

    @pytest.mark.parametrize(
        ("options", "why"),
        [({"member": False}, "/invite @verein"), ({"scopes": "chat:write"}, "Add what is missing to the app")],
    )
    def test_what_the_bot_lacks_is_told_when_connecting(
        self, tmp_path: Path, clock: Clock, options: dict[str, object], why: str
    ) -> None:
        with Sandbox(clock=clock, options={"slack": options}) as sandbox:
            place = Place(tmp_path, sandbox, networks=("slack",), clock=clock)
            with pytest.raises(AuthExpired, match=why):
                place.network("slack").connect()

    def test_exactly_what_fits_is_not_cut(self, place: Place) -> None:
        """``&`` is five characters on the wire."""
        full = " ".join(["&&&&"] * 190) + " " + "b" * 10
        for text in (full, f"{full}b"):
            more = f"crosspost: {{slack: {{text: '{text}', link: none}}}}"
            place.post.write_text(f"---\ntitle: T\n{more}\n---\n", "utf-8")
            assert (place.network("slack").draft(place.the_post()).text == text) == (text == full)
