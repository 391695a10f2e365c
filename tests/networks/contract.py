"""What every adapter promises, against its stand-in. A network's test is a subclass, and its quirks."""

from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from crosspost.credentials import variable
from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Unknown
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from tests.harness import Clock, Place

#: argument of a test → the faults it is about; those the network's stand-in does not know fall away
FAULTS = {
    "heard_by_nobody": ("500-after", "cut-after", "half-answer", "bad-json"),
    "lost": ("500-before", "html-503", "cut-before"),
    "while_uploading": ("500-before", "500-after", "cut-after", "bad-json", "html-503"),
    "redirect": ("redirect",),
}


class NetworkContract:
    """Subclass it, name the network and the request that publishes and the one that uploads."""

    key: ClassVar[str]
    uploads: ClassVar[str]
    """ "METHOD /path" of the first upload, with ``*`` for one path segment; "" when nothing is uploaded"""
    can_look: ClassVar[bool] = True
    """Whether the network lets us look for a post"""

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
        line = place.sandbox.networks[self.key].publishes
        method, _, path = line.partition(" ")
        found = [r for r in place.sandbox.requests_to(self.key) if r["method"] == method]
        return sum(_matches(path, r["path"]) for r in found)

    # ── the way it should go ──────────────────────────────────────────────────────────────────────────────────────

    def test_knows_who_it_is(self, network: Network, place: Place) -> None:
        me = network.connect()
        assert me.id
        assert me.handle
        assert network.mark() == place.network(self.key).mark(), "the same credentials have the same mark"

    def test_says_the_draft_once_with_picture_alt_and_whole_link(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        assert place.sandbox.posts() == [], "preparing shows nothing to anybody"
        receipt = network.publish(prepared)
        (post,) = place.sandbox.posts(self.key)
        assert post["text"] == prepared.draft.text
        assert "https://tal.example.org/2026/11/20/gruesse.html" in post["text"]
        assert "Grüße aus dem Tal" in post["text"]
        assert [image["alt"] for image in post["images"]] == ["Ein Hochbeet im Regen"]
        assert post["id"].endswith(receipt.id) or receipt.id.endswith(post["id"])
        assert receipt.url
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
        assert saved
        assert saved == prepared.remote

    # ── is it out? ────────────────────────────────────────────────────────────────────────────────────────────────

    def test_out_but_unheard_is_unknown_and_found(self, network: Network, place: Place, heard_by_nobody: str) -> None:
        prepared = place.prepared(network)
        since = place.clock()
        place.sandbox.fault(self.key, heard_by_nobody)
        assert isinstance(self.fails(network, prepared), Unknown)
        assert self.published(place) == 1, "nothing is sent again by itself"
        found = network.find(prepared, since)
        (post,) = place.sandbox.posts(self.key)
        if not self.can_look:
            assert found is None
            assert network.able.absence_after is None, "not to be found proves nothing there"
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
        assert isinstance(self.fails(network, prepared), AuthExpired)

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

    # ── who are you? ──────────────────────────────────────────────────────────────────────────────────────────────

    def test_wrong_token(self, place: Place) -> None:
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
        place.secrets.write_text("")
        with pytest.raises(AuthExpired, match=f"CROSSPOST_{self.key.upper()}_"):
            place.network(self.key).connect()

    # ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────

    def test_looking_changes_nothing_and_knows_its_own(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        assert network.find(prepared, place.clock()) is None
        receipt = network.publish(prepared)
        found = network.find(prepared, place.clock())
        if not self.can_look:
            assert found is None
            return
        assert found is not None
        assert found.id == receipt.id
        assert network.find(prepared, place.clock() + timedelta(days=400)) is None, "only what is new enough counts"
        other = msgspec.structs.replace(prepared.draft, text="Etwas ganz anderes", link="")
        assert network.find(msgspec.structs.replace(prepared, draft=other), place.clock()) is None
        assert len(place.sandbox.posts()) == 1


def _matches(pattern: str, path: str) -> bool:
    want, have = pattern.strip("/").split("/"), path.strip("/").split("/")
    return len(want) == len(have) and all(w in ("*", h) for w, h in zip(want, have, strict=True))
