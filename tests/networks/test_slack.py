"""Slack keeps the contract; then its quirks."""

from pathlib import Path

import msgspec
import pytest

from crosspost.errors import AuthExpired, DeliveryError, NotSent, Rejected, Unknown, Unsupported
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply
from crosspost.sandbox.networks.slack import files
from crosspost.testing import Clock, NetworkContract, Place
from crosspost.testing.harness import Saved

MARKUP = "*Fest* _an_ `der` ~Au~ <https://example.org|Link> <!channel> <@U1> & @here"


def bare(place: Place, text: str, handle: str = "key") -> Prepared:
    network = place.network("slack")
    network.me()
    draft = msgspec.structs.replace(network.draft(place.the_post()), text=text, title="", card=None, images=())
    return Prepared(draft=draft, handle=handle)


class TestSlack(NetworkContract):
    key = "slack"
    uploads = "POST /api/files.getUploadURLExternal"

    def test_nothing_in_a_text_is_markup_and_nobody_is_called(self, place: Place) -> None:
        place.network("slack").publish(bare(place, MARKUP))
        assert place.sandbox.posts()[0]["text"] == MARKUP

    def test_a_link_is_unfolded_only_where_a_card_is_wanted(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        network.publish(prepared)
        draft = msgspec.structs.replace(prepared.draft, images=())
        network.publish(msgspec.structs.replace(prepared, draft=draft))
        network.publish(bare(place, "Ohne https://example.org"))
        unfolded = [post["extra"]["unfurl"] for post in place.sandbox.posts()]
        assert unfolded == [(False, False), (True, True), (False, False)], "a picture stands where the card would"

    def test_the_same_words_of_a_person_are_doubt_and_others_are_not(self, network: Network, place: Place) -> None:
        """Somebody may use the bot's token elsewhere: a message without a key, but with our words."""
        prepared, since = place.prepared(network), place.clock()
        network.publish(prepared)
        (post,) = place.sandbox.store.posts
        post.extra["metadata"] = {}
        with pytest.raises(Unknown, match="without its text"):
            network.find(prepared, since)
        post.text = post.extra["fallback"] = "Etwas anderes"
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

    def test_beside_a_picture_nothing_is_markup_either(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        draft = msgspec.structs.replace(prepared.draft, text=f"{MARKUP}\nhttps://example.org/a?b=1&c. Ende")
        network.publish(msgspec.structs.replace(prepared, draft=draft))
        (post,) = place.sandbox.posts()
        assert post["text"] == draft.text
        (section,) = post["extra"]["blocks"][0]["elements"]
        links = [element["url"] for element in section["elements"] if element["type"] == "link"]
        assert links == ["https://example.org", "https://example.org/a?b=1&c"]

    def test_a_picture_nobody_described_has_the_name_of_its_file(self, network: Network, place: Place) -> None:
        place.post.write_text("---\ntitle: T\nthumbnail: /images/beet.jpg\n---\n", "utf-8")
        network.publish(place.prepared(network))
        assert [picture["alt"] for picture in place.sandbox.posts()[0]["images"]] == ["beet.jpg"]

    def test_other_words_of_a_picture_are_an_edit_without_an_upload(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        (picture,) = prepared.draft.images
        draft = msgspec.structs.replace(prepared.draft, images=(msgspec.structs.replace(picture, alt="Neu"),))
        network.edit(receipt, Prepared(draft=draft, handle=prepared.handle))
        assert [one["alt"] for one in place.sandbox.posts()[0]["images"]] == ["Neu"]

    @pytest.mark.parametrize("scopes", ["chat:write,channels:read", None])
    def test_pictures_that_cannot_be_told_are_not_taken_away(
        self, network: Network, place: Place, scopes: str | None
    ) -> None:
        """The token may not read the channel, or somebody removed what we noted on the message."""
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        if scopes is None:
            place.sandbox.store.posts[0].extra["metadata"] = {}
        else:
            place.sandbox.networks["slack"].settings["scopes"] = scopes
        with pytest.raises(Unsupported, match="would take them away; change it in Slack"):
            network.edit(receipt, msgspec.structs.replace(prepared, remote={}))
        assert len(place.sandbox.posts()[0]["images"]) == 1

    def test_a_file_that_is_not_ready_is_waited_for_and_not_sent_again(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        network.me()
        begun, saved = Prepared(draft=network.draft(place.the_post()), handle="key"), Saved()
        monkeypatch.setattr(files, "LOOKS", 100)
        with pytest.raises(NotSent, match="still processing"):
            network.prepare(begun, saved)
        monkeypatch.setattr(files, "LOOKS", 2)
        before = len(place.sandbox.requests_to("slack"))
        network.publish(network.prepare(msgspec.structs.replace(begun, remote=dict(saved)), saved))
        sent = [one["path"] for one in place.sandbox.requests_to("slack")[before:] if one["method"] == "POST"]
        assert sent == ["/api/chat.postMessage"]

    def test_a_picture_goes_to_nobody_but_slack(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        network.me()
        elsewhere = Reply.json({"ok": True, "upload_url": "https://files.slack.com.example/u", "file_id": "F12345678"})
        stand_in = place.sandbox.networks["slack"]
        usual = stand_in.answer
        monkeypatch.setattr(stand_in, "answer", lambda it: elsewhere if "getUploadURL" in it.path else usual(it))
        with pytest.raises(NotSent, match=r"at files\.slack\.com\.example, which is not its own"):
            place.prepared(network)

    @pytest.mark.parametrize("remembered", [False, True])
    def test_a_token_that_may_not_upload_sends_the_post_without_its_picture(
        self, place: Place, *, remembered: bool
    ) -> None:
        """Tokens of before pictures were known lack the rights, and so does what the ledger remembers of them."""
        place.sandbox.networks["slack"].settings["scopes"] = "chat:write,channels:read,channels:history"
        network = place.network("slack")
        me = network.me()
        if remembered:
            network.identity = msgspec.structs.replace(me, limits=None)
        draft = network.draft(place.the_post())
        assert [said for said in draft.warnings if "the rights files:write and files:read" in said]
        assert draft.images == ()
        network.publish(place.prepared(network))
        (post,) = place.sandbox.posts()
        assert (post["images"], post["extra"]["unfurl"]) == ([], (True, True))
        place.post.write_text("---\ntitle: T\n---\n", "utf-8")
        assert network.draft(place.the_post()).warnings == ()
