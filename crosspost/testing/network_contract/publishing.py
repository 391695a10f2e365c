"""The way it should go: the draft is published once, whole, and every upload is saved before it is used."""

from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.testing.harness import Place, Saved
from crosspost.testing.network_contract.base import Contract


class Publishing(Contract):
    """A post goes out as it was previewed."""

    def test_knows_who_it_is(self, network: Network, place: Place) -> None:
        me = network.connect()
        assert me.id
        assert me.handle
        assert network.mark() == place.network(self.key).mark(), "the same credentials have the same mark"

    def test_publishes_the_draft_once_with_picture_alt_and_whole_link(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        assert place.sandbox.posts() == [], "preparing shows nothing to anybody"
        receipt = network.publish(prepared)
        (post,) = place.sandbox.posts(self.key)
        assert post["text"] == prepared.draft.text
        assert place.the_post().url == f"{place.url}/2026/11/20/gruesse.html"
        assert (place.the_post().url in post["text"]) == (network.style.link == "text" and not self.link_apart)
        assert "Grüße aus dem Tal" in post["text"]
        alt = "Ein Hochbeet im Regen" if network.able.alt_text and prepared.draft.images else ""  # a card's has none
        expected = (alt,) if self.alts is None else self.alts
        assert [image["alt"] for image in post["images"]] == list(expected)
        assert post["id"].endswith(receipt.id) or receipt.id.endswith(post["id"])
        assert bool(receipt.url) == network.able.permalink
        assert self.published(place) == 1

    def test_preparing_twice_uploads_once(self, network: Network, place: Place) -> None:
        saved = Saved()
        first = network.prepare(place.prepared(network), saved)
        before = len(place.sandbox.requests_to(self.key))
        again = network.prepare(first, saved)
        assert again.remote == first.remote
        uploads = [r for r in place.sandbox.requests_to(self.key)[before:] if r["method"] == "POST"]
        assert uploads == []

    def test_each_upload_is_saved_at_once(self, network: Network, place: Place) -> None:
        network.me()
        draft = network.draft(place.the_post())
        saved = Saved()
        prepared = network.prepare(Prepared(draft=draft, handle="key"), saved)
        assert saved or not self.uploads
        assert saved == prepared.remote
