"""Afterwards: replies, edits and deletes of a post that is out."""

import msgspec
import pytest
from PIL import Image

from crosspost.errors import NotSent, Unsupported
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.testing.harness import Place
from crosspost.testing.network_contract.base import Contract


class Afterwards(Contract):
    """Only the post that is meant is answered, changed or taken back."""

    def test_a_reply_answers_the_post_it_names(self, network: Network, place: Place) -> None:
        if not network.able.thread:
            pytest.skip(f"{network.name} has no threads")
        network.me()
        draft = network.draft(place.the_post())
        bare = msgspec.structs.replace(draft, images=(), card=None)
        begin = draft if network.able.needs_image else bare
        first = network.publish(network.prepare(Prepared(draft=begin, handle="first"), lambda *_: None))
        for number, told in enumerate((first.id, type(network).id_in(first.url) or first.id)):
            said = msgspec.structs.replace(bare, text=f"Teil {number}", link="", title="")
            reply = Prepared(draft=said, handle=f"reply-{number}", remote={"reply_to": told, "root": told})
            since = place.clock()
            reply = network.prepare(reply, lambda *_: None)
            sent = network.publish(reply)
            (post,) = [post for post in place.sandbox.posts(self.key) if post["text"] == f"Teil {number}"]
            assert post["extra"]["in_reply_to_id"] == first.id
            found = network.find(reply, since)
            assert found is not None
            assert found.id == sent.id
            alone = network.prepare(Prepared(draft=said, handle=f"alone-{number}"), lambda *_: None)
            assert self.found(network, alone, since) is None, "the same words under another post are another post"

    def test_an_edit_changes_the_post_that_is_there(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        (before,) = place.sandbox.posts(self.key)
        draft = msgspec.structs.replace(prepared.draft, text=f"Neu (geändert): {prepared.draft.text}")
        changed = msgspec.structs.replace(prepared, draft=draft)
        if not network.able.edit:
            with pytest.raises(Unsupported):
                network.edit(receipt, changed)
            return
        for again in (changed, msgspec.structs.replace(changed, remote={})):  # twice does no harm
            assert network.edit(receipt, again).id == receipt.id
            (after,) = place.sandbox.posts(self.key)
            assert after["text"] == draft.text
            assert after["edited"]
            same = (("alt", "bytes", "format"), ("id",))[: 1 if self.sends_pictures_again else 2]
            kept, had = ([[one[key] for keys in same for key in keys] for one in p["images"]] for p in (after, before))
            assert kept == had, "the pictures stay"
        assert self.published(place) == 1

    def test_an_edit_brings_other_pictures_where_they_can_be_changed(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        if not network.able.edit or "images" in network.able.edit_keeps or not prepared.draft.images:
            pytest.skip(f"{network.name} cannot change the pictures of a post")
        receipt = network.publish(prepared)
        (before,) = place.sandbox.posts(self.key)
        Image.effect_noise((330, 210), 60).convert("RGB").save(place.root / "site/images/beet.jpg")
        draft = network.draft(place.the_post())
        assert draft.images[0].digest != prepared.draft.images[0].digest
        changed = network.prepare(Prepared(draft=draft, handle=prepared.handle), lambda *_: None)
        for _ in range(2):  # twice does no harm
            assert network.edit(receipt, changed, pictures=True).id == receipt.id
            (after,) = place.sandbox.posts(self.key)
            (old,), (new,) = before["images"], after["images"]
            assert (new["width"], new["height"], new["alt"]) == (330, 210, old["alt"])
            assert (after["text"], after["language"]) == (before["text"], before["language"])
        assert self.published(place) == 1

    def test_an_edit_that_fails_may_be_tried_again(self, network: Network, place: Place) -> None:
        if not network.able.edit:
            pytest.skip(f"{network.name} cannot change a post")
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        before = len(place.sandbox.requests_to(self.key))
        network.edit(receipt, prepared)
        changes = place.sandbox.requests_to(self.key)[before:]
        line = next(f"{r['method']} {r['path']}" for r in changes if r["method"] != "GET")
        for fault in ("500-before", "500-after", "cut-after"):
            place.sandbox.fault(self.key, fault, match=line)
            draft = msgspec.structs.replace(prepared.draft, text=f"{fault}: {prepared.draft.text}")
            with pytest.raises(NotSent) as caught:  # another text each time: some refuse to change nothing
                network.edit(receipt, msgspec.structs.replace(prepared, draft=draft))
            self.holds_no_secret(network, caught.value)
        network.edit(receipt, prepared)
        assert len(place.sandbox.posts(self.key)) == 1

    def test_a_delete_takes_back_this_post_only_and_twice_is_not_an_error(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        if not network.able.delete:
            with pytest.raises(Unsupported):
                network.delete(receipt)
            assert len(place.sandbox.posts(self.key)) == 1
            return
        draft = msgspec.structs.replace(prepared.draft, text="Ein anderer Beitrag")
        other = network.publish(network.prepare(Prepared(draft=draft, handle="other"), lambda *_: None))
        network.delete(receipt)
        last = place.sandbox.requests_to(self.key)[-1]
        network.delete(receipt)
        (left,) = place.sandbox.posts(self.key)
        assert left["text"] == self.shown("Ein anderer Beitrag")
        line = f"{last['method']} {last['path']}".replace(receipt.id, other.id)
        place.sandbox.fault(self.key, "500-before", match=line)
        with pytest.raises(NotSent):  # a failure is not taken for "gone already"
            network.delete(other)
        network.delete(other)
        assert place.sandbox.posts(self.key) == []
