"""What every adapter promises, against its stand-in. A network's test is a subclass, and its quirks."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from PIL import Image

from crosspost.config.credentials import variable
from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Unknown, Unsupported
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.faults import meant
from crosspost.testing.harness import Clock, Place
from crosspost.testing.left_out import Wire, fields

#: argument of a test → the faults it is about; those the network's stand-in does not know fall away
FAULTS = {
    "heard_by_nobody": ("500-after", "cut-after", "half-answer", "bad-json"),
    "lost": ("500-before", "html-503", "cut-before"),
    "while_uploading": ("500-before", "500-after", "cut-after", "bad-json", "html-503"),
    "redirect": ("redirect",),
}


class NetworkContract:
    """Subclass it, name the network and the request that uploads. The rest is read from the adapter's abilities."""

    key: ClassVar[str]
    uploads: ClassVar[str]
    """ "METHOD /path" of the first upload, with ``*`` for one path segment; "" when nothing is uploaded beforehand"""
    tells_by_id: ClassVar[bool] = False
    """whether an id stored before publishing shows the result, so that text and time do not matter"""
    alts: ClassVar[tuple[str, ...] | None] = None
    """the alternative texts that are shown; None: that of the picture, where the network has such a thing"""
    renews: ClassVar[bool] = False
    """whether the adapter logs in again by itself for the next attempt after a token expired"""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        known = Sandbox().networks[self.key].kinds()
        for argument in FAULTS.keys() & set(metafunc.fixturenames):
            usable = argument != "while_uploading" or self.uploads
            metafunc.parametrize(argument, [fault for fault in FAULTS[argument] if fault in known and usable])

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, clock=clock, networks=(self.key,))

    @pytest.fixture
    def network(self, place: Place) -> Network:
        return place.network(self.key)

    def fails(self, network: Network, prepared: Prepared) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            network.publish(prepared)
        self.holds_no_secret(network, caught.value)
        return caught.value

    def holds_no_secret(self, network: Network, error: BaseException | None) -> None:
        secrets = [network.secret(name) for name in network._credentials]
        while error is not None:
            if isinstance(error, DeliveryError):
                assert not any(secret in f"{error!r} {error}" for secret in secrets)
            error = error.__cause__

    def published(self, place: Place) -> int:
        publishes = place.sandbox.networks[self.key].publishes
        return sum(meant(publishes, f"{r['method']} {r['path']}") for r in place.sandbox.requests_to(self.key))

    # ── the way it should go ──────────────────────────────────────────────────────────────────────────────────────

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
        assert (place.the_post().url in post["text"]) == (network.style.link == "text")
        assert "Grüße aus dem Tal" in post["text"]
        alt = "Ein Hochbeet im Regen" if network.able.alt_text and prepared.draft.images else ""  # a card's has none
        expected = (alt,) if self.alts is None else self.alts
        assert [image["alt"] for image in post["images"]] == list(expected)
        assert post["id"].endswith(receipt.id) or receipt.id.endswith(post["id"])
        assert bool(receipt.url) == network.able.permalink
        assert self.published(place) == 1

    def test_preparing_twice_uploads_once(self, network: Network, place: Place) -> None:
        saved: dict[str, Any] = {}
        first = network.prepare(place.prepared(network), saved.__setitem__)
        before = len(place.sandbox.requests_to(self.key))
        again = network.prepare(first, saved.__setitem__)
        assert again.remote == first.remote
        uploads = [r for r in place.sandbox.requests_to(self.key)[before:] if r["method"] == "POST"]
        assert uploads == []

    def test_each_upload_is_saved_at_once(self, network: Network, place: Place) -> None:
        network.me()
        draft = network.draft(place.the_post())
        saved: dict[str, Any] = {}
        prepared = network.prepare(Prepared(draft=draft, handle="key"), saved.__setitem__)
        assert saved or not self.uploads
        assert saved == prepared.remote

    # ── is it out? ────────────────────────────────────────────────────────────────────────────────────────────────

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

    def needs_credentials(self, place: Place) -> None:
        if not place.network(self.key).credentials:
            pytest.skip("there are no credentials that could be wrong")

    # ── who are you? ──────────────────────────────────────────────────────────────────────────────────────────────

    def test_wrong_token(self, place: Place) -> None:
        self.needs_credentials(place)
        names = [variable(self.key, field) for field in place.network(self.key)._credentials]
        text = place.secrets.read_text("utf-8")
        for name in names:
            text = "\n".join(
                f"{name}=wrong-{name}" if line.startswith(f"{name}=") else line for line in text.splitlines()
            )
        place.secrets.write_text(text, "utf-8")
        network = place.network(self.key)
        with pytest.raises(AuthExpired) as caught:
            network.connect()
        self.holds_no_secret(network, caught.value)

    def test_missing_token_names_the_variable(self, place: Place) -> None:
        self.needs_credentials(place)
        place.secrets.write_text("")
        with pytest.raises(AuthExpired, match=f"CROSSPOST_{self.key.upper()}_"):
            place.network(self.key).connect()

    # ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────

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
            network.session.mount("http://", wire)
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

    @staticmethod
    def found(network: Network, prepared: Prepared, since: datetime) -> str | None:
        """The id of the found post ("" when unknown), "doubt", or None for certainly not out."""
        try:
            found = network.find(prepared, since)
        except DeliveryError:
            return "doubt"
        return found.id if found is not None else None

    # ── afterwards ────────────────────────────────────────────────────────────────────────────────────────────────

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
            assert after["images"] == before["images"], "the pictures stay"
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
        assert left["text"] == "Ein anderer Beitrag"
        line = f"{last['method']} {last['path']}".replace(receipt.id, other.id)
        place.sandbox.fault(self.key, "500-before", match=line)
        with pytest.raises(NotSent):  # a failure is not taken for "gone already"
            network.delete(other)
        network.delete(other)
        assert place.sandbox.posts(self.key) == []
