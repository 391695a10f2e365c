"""What Instagram and Threads promise beyond the contract: containers, and a picture fetched from the site."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
from PIL import Image

from crosspost.errors import NotSent, RateLimited, Rejected, Unknown, Unsupported
from crosspost.model import Framing, Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing import NetworkContract
from crosspost.testing.harness import POST, Clock, Place, Saved, served
from tests.delivery.engine_runs import Runs


class OnTheSite(NetworkContract):
    """The picture is fetched from the site, which the test serves."""

    more: ClassVar[str] = ""
    tells_by_id = True

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Iterator[Place]:
        with served(tmp_path / "site") as url:
            yield Place(tmp_path, sandbox, networks=[self.key], more=self.more, clock=clock, url=url)


class Containers(OnTheSite):
    """Subclass it beside the contract: what a container's status means, and who says where the picture is."""

    def picture(self, place: Place, size: tuple[int, int]) -> None:
        Image.effect_noise(size, 60).convert("RGB").save(place.root / "site/images/beet.jpg")

    def made(self, place: Place) -> int:
        method, _, path = self.uploads.partition(" ")
        want = path.strip("/").split("/")[-1]
        found = [r for r in place.sandbox.requests_to(self.key) if r["method"] == method]
        return sum(r["path"].endswith(f"/{want}") and r["status"] == 200 for r in found)

    def test_the_container_is_saved_before_anything_is_published(self, network: Network, place: Place) -> None:
        saved = Saved()
        prepared = network.prepare(Prepared(draft=network.draft(place.the_post()), handle="key"), saved)
        assert saved["container"] == prepared.remote["container"]
        assert self.published(place) == 0

    def test_a_container_is_published_only_once(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        assert isinstance(self.fails(network, prepared), Unknown)
        with pytest.raises(Unknown, match="published already"):
            network.prepare(prepared, lambda *_: None)
        found = network.find(prepared, place.clock())
        assert found is not None
        assert (found.id, found.url) == (receipt.id, receipt.url)
        assert len(place.sandbox.posts()) == 1

    def test_an_expired_container_is_made_again(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        place.clock.pass_by(hours=25)
        assert network.find(prepared, place.clock()) is None
        assert type(self.fails(network, prepared)) is NotSent, "too old: certainly not out"
        saved = Saved()
        again = network.prepare(prepared, saved)
        assert saved["container"] == again.remote["container"] != prepared.remote["container"]
        network.publish(again)
        assert len(place.sandbox.posts()) == 1

    def test_a_failed_container_is_made_again_in_the_next_attempt(self, network: Network, place: Place) -> None:
        place.sandbox.fault(self.key, "container-error")
        saved = Saved()
        draft = network.draft(place.the_post())
        with pytest.raises(NotSent) as failed:
            network.prepare(Prepared(draft=draft, handle="key"), saved)
        assert type(failed.value) is NotSent
        again = network.prepare(Prepared(draft=draft, handle="key", remote=dict(saved)), saved)
        assert network.publish(again).id
        assert self.made(place) == 2

    def test_a_slow_container_is_waited_for_in_the_next_attempt(self, network: Network, place: Place) -> None:
        place.sandbox.fault(self.key, "container-slow")
        saved = Saved()
        draft = network.draft(place.the_post())
        for _ in range(2):
            with pytest.raises(NotSent, match="still processing"):
                network.prepare(Prepared(draft=draft, handle="key", remote=dict(saved)), saved)
        assert self.made(place) == 1

    def test_a_container_that_never_gets_ready_is_made_again_unless_it_may_be_out(
        self, network: Network, place: Place
    ) -> None:
        place.sandbox.fault(self.key, "container-slow")
        saved = Saved()
        draft = network.draft(place.the_post())
        with pytest.raises(NotSent, match="still processing"):
            network.prepare(Prepared(draft=draft, handle="key"), saved)
        since = place.clock()
        place.clock.pass_by(minutes=61)
        doubted = Prepared(draft=draft, handle="key", remote=dict(saved), begun=since)
        with pytest.raises(NotSent, match="still processing"):
            network.prepare(doubted, saved)
        assert self.made(place) == 1
        again = network.prepare(Prepared(draft=draft, handle="key", remote=dict(saved)), saved)
        assert self.made(place) == 2
        network.publish(again)
        assert len(place.sandbox.posts(self.key)) == 1

    def test_a_lost_container_does_not_prove_absence(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        network.publish(prepared)
        lost = msgspec.structs.replace(prepared, remote={})
        found = network.find(lost, place.clock())
        assert found is not None, "the list of posts knows it, even for a rebuilt ledger"
        with pytest.raises(Unknown, match="no longer be found"):
            network.find(lost, place.clock() + timedelta(hours=1))
        foreign = msgspec.structs.replace(prepared, remote={"container": "17000000000009999"})
        found = network.find(foreign, place.clock())
        assert found is not None, "the list of posts knows it"
        with pytest.raises(Unknown, match="GONE"):
            network.find(foreign, place.clock() + timedelta(hours=1))
        with pytest.raises(NotSent, match="gone"):
            network.prepare(foreign, lambda *_: None)

    def test_published_but_not_listed_is_not_absent(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        network.publish(prepared)
        with pytest.raises(Unknown, match="does not show it yet"):
            network.find(prepared, place.clock() + timedelta(minutes=30))

    def test_published_with_a_changed_text_is_out_all_the_same(self, network: Network, place: Place) -> None:
        prepared, since = place.prepared(network), place.clock()
        network.publish(prepared)
        place.sandbox.store.posts[-1].text = "Grüße"
        with pytest.raises(Unknown, match="does not show it yet"):
            network.find(prepared, since)
        place.clock.pass_by(hours=1)
        found = network.find(prepared, since)
        assert found is not None
        assert (found.id, found.url) == ("", network.me().url)
        with pytest.raises(Unsupported, match="not known"):
            network.delete(found)

    def test_the_quota_is_read_before_publishing(self, network: Network, place: Place) -> None:
        place.sandbox.networks[self.key].settings["quota"] = 1
        network.publish(place.prepared(network))
        with pytest.raises(RateLimited, match="24 hours") as full:
            place.prepared(network)
        assert full.value.retry_at == place.clock() + timedelta(hours=1)
        assert network.session.limits["posts a day", 1].left == 0
        place.clock.pass_by(hours=24)
        network.publish(place.prepared(network))

    def test_a_quota_used_up_in_between_waits(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        place.sandbox.networks[self.key].settings["quota"] = 0
        assert isinstance(self.fails(network, prepared), RateLimited)

    def test_deletes_its_own_and_ignores_what_is_gone(self, network: Network, place: Place) -> None:
        receipt = network.publish(place.prepared(network))
        network.delete(receipt)
        assert place.sandbox.posts() == []
        network.delete(receipt)

    # ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────

    def test_a_picture_that_fits_is_fetched_where_the_site_has_it(self, network: Network, place: Place) -> None:
        (variant,) = network.variants(network.draft(place.the_post()))
        assert variant.own
        assert variant.url == f"{place.url}/images/beet.jpg"
        assert place.crosspost("images", str(place.post)).code == 0
        assert not (place.root / "site/images/crosspost").exists()

    def test_another_picture_waits_for_its_fitted_copy(self, network: Network, place: Place) -> None:
        self.picture(place, (3000, 100))
        with pytest.raises(NotSent, match=r"HTTP 404\): run `crosspost images` for the post and deploy"):
            place.prepared(network)
        assert place.crosspost("images", "--check", str(place.post)).code == 1
        ran = place.crosspost("images", str(place.post))
        assert (ran.code, ran.out.split()[:2]) == (0, ["written", self.key])
        assert place.crosspost("images", "--check", str(place.post)).code == 0
        network.publish(place.prepared(network))
        ((image,),) = [post["images"] for post in place.sandbox.posts()]
        assert (image["format"], image["width"]) == ("JPEG", 1440)

    def test_a_title_card_is_written_into_the_site(self, place: Place) -> None:
        place.post.write_text("---\ntitle: Grüße aus dem Tal\n---\n\nText.\n", "utf-8")
        place.config.write_text(
            place.config.read_text("utf-8").replace("timeout = 5", "timeout = 5\ntitle_card = true"), "utf-8"
        )
        with pytest.raises(NotSent, match=r"run `crosspost images` for the post and deploy"):
            place.prepared(place.network(self.key))
        assert place.crosspost("images", str(place.post)).code == 0
        (copy,) = (place.root / "site/crosspost").iterdir()
        network = place.network(self.key)
        network.publish(place.prepared(network))
        ((image,),) = [post["images"] for post in place.sandbox.posts()]
        assert (image["format"], image["alt"]) == ("JPEG", "Grüße aus dem Tal")
        assert copy.name.endswith(f"-{self.key}.jpg")

    def test_the_framing_of_account_and_post_is_that_of_the_picture(self, place: Place) -> None:
        self.picture(place, (3000, 100))
        place.config.write_text(
            place.config.read_text("utf-8").replace("timeout = 5", 'timeout = 5\nbackground = "#00ff00"'), "utf-8"
        )
        own = f"tags: [a]\ncrosspost: {{{self.key}: {{shape: crop, focus: [0.2, 0.5]}}}}"
        place.post.write_text(POST.replace("tags: [Garten, Erneuerbare Energien]", own), "utf-8")
        (picture,) = place.network(self.key).draft(place.the_post()).images
        assert picture.framing == Framing(shape="crop", background="#00ff00", focus=(0.2, 0.5))
        assert place.crosspost("images", str(place.post)).code == 0
        (variant,) = place.network(self.key).variants(place.network(self.key).draft(place.the_post()))
        assert not variant.missing
        assert any("cropped" in change or "cut" in change for change in variant.fitted.changed)

    def test_an_address_without_a_picture_is_not_used(self, network: Network, place: Place) -> None:
        self.picture(place, (3000, 100))
        (variant,) = network.variants(network.draft(place.the_post()))
        odd = Path(variant.path).with_suffix(".jpg")
        odd.mkdir(parents=True)  # a folder: the server answers with a page of HTML, after a redirect
        with pytest.raises(NotSent):
            place.prepared(network)

    def test_a_site_that_is_down_is_not_sent(self, network: Network, place: Place) -> None:
        network.me()
        draft = network.draft(place.the_post())
        (picture,) = draft.images
        away = msgspec.structs.replace(picture, url="http://127.0.0.1:9/images/beet.jpg")
        draft = msgspec.structs.replace(draft, images=(away,))
        with pytest.raises(NotSent, match="refused"):
            network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None)

    def test_what_the_network_refuses_is_final(self, network: Network, place: Place) -> None:
        """The site serves another picture than the one that was looked at."""
        network.me()
        draft = network.draft(place.the_post())
        small = place.root / "site/images/elsewhere/beet.jpg"
        small.parent.mkdir()
        Image.new("RGB", (200, 160)).save(small)
        (picture,) = draft.images
        wrong = msgspec.structs.replace(picture, url=f"{place.url}/images/elsewhere/beet.jpg")
        with pytest.raises(Rejected, match="200 pixels"):
            network.prepare(Prepared(draft=msgspec.structs.replace(draft, images=(wrong,)), handle="key"), print)

    # ── the whole way ─────────────────────────────────────────────────────────────────────────────────────────────

    @pytest.mark.parametrize("fault", ["cut-after", "500-after", "half-answer", "bad-json"])
    def test_out_but_unheard_goes_out_once(self, place: Place, fault: str) -> None:
        runs = Runs(place)
        place.sandbox.fault(self.key, fault)
        for _ in range(3):
            runs.run()
            place.clock.pass_by(minutes=10)
        assert runs.states() == {self.key: "sent"}
        assert len(place.sandbox.posts()) == self.published(place) == 1

    @pytest.mark.parametrize("pause", [{"minutes": 5}, {"hours": 3}])
    def test_one_more_attempt_uses_the_same_container(self, place: Place, pause: dict[str, int]) -> None:
        runs = Runs(place)
        place.sandbox.fault(self.key, "500-before")
        for _ in range(4):
            runs.run()
            place.clock.pass_by(**pause)
        assert runs.states() == {self.key: "sent"}
        assert len(place.sandbox.posts()) == 1
        assert self.made(place) == 1

    def test_after_a_day_of_doubt_a_new_container_is_safe(self, place: Place) -> None:
        runs = Runs(place)
        place.sandbox.fault(self.key, "500-before")
        runs.run()
        place.clock.pass_by(hours=25)
        for _ in range(3):
            runs.run()
            place.clock.pass_by(minutes=5)
        assert runs.states() == {self.key: "sent"}
        assert (len(place.sandbox.posts()), self.made(place)) == (1, 2)
