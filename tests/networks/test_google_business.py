"""Google Business Profile keeps the contract; then its quirks."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from crosspost.errors import AuthExpired, NotSent, RateLimited, Rejected, TurnedDown, UnderReview, Unknown
from crosspost.networks.base import Network
from crosspost.networks.google_business_words import unwanted
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, NetworkContract, Place, ReviewContract
from crosspost.testing.harness import served
from tests.delivery.engine_runs import Runs


class TestGoogleBusiness(NetworkContract, ReviewContract):
    key = "google_business"
    uploads = ""  # Google fetches the picture

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Iterator[Place]:
        """Its picture is large enough, so that no copy of it has to be written."""
        with served(tmp_path / "site") as url:
            place = Place(tmp_path, sandbox, networks=[self.key], clock=clock, url=url)
            Image.effect_noise((640, 400), 60).convert("RGB").save(place.root / "site/images/beet.jpg")
            yield place

    def test_the_link_is_the_button_and_not_in_the_text(self, place: Place) -> None:
        place.config.write_text(f'{place.config.read_text("utf-8")}button = "book"\n', "utf-8")
        network = place.network(self.key)
        network.publish(place.prepared(network))
        (post,) = place.sandbox.posts()
        fields, url = post["extra"]["fields"], place.the_post().url
        assert fields["callToAction"] == {"actionType": "BOOK", "url": url}
        assert url not in fields["summary"]
        assert fields["languageCode"] == "de"
        assert post["images"][0]["width"] >= 600

    def test_a_picture_that_is_too_small_gets_a_copy_that_fits(self, network: Network, place: Place) -> None:
        Image.effect_noise((300, 100), 60).convert("RGB").save(place.root / "site/images/beet.jpg")
        with pytest.raises(NotSent, match=r"run `crosspost images` for the post and deploy the site"):
            place.prepared(network)
        assert place.crosspost("images", str(place.post)).code == 0
        network.publish(place.prepared(network))
        ((image,),) = [post["images"] for post in place.sandbox.posts()]
        assert (image["width"], image["height"]) == (600, 300)

    def test_the_picture_comes_from_the_store_and_needs_no_deployed_site(self, tmp_path: Path, clock: Clock) -> None:
        kept = tmp_path / "kept"
        with Sandbox(clock=clock, pictures=kept) as sandbox:
            told = sandbox.describe()["pictures"]
            more = f"""host = "store"\n\n[pictures]\nstore = '{told["store"]}'\npublic = "{told["public"]}"\n"""
            place = Place(tmp_path, sandbox, networks=[self.key], more=more, clock=clock)
            Image.effect_noise((300, 100), 60).convert("RGB").save(place.root / "site/images/beet.jpg")
            assert "everybody can read" in place.crosspost("doctor").out
            network = place.network(self.key)
            prepared = place.prepared(network)
            network.publish(prepared)
            ((image,),) = [post["images"] for post in sandbox.posts()]
            assert (image["width"], image["height"]) == (600, 300)
            for file in (kept / "public").iterdir():
                file.unlink()
            with pytest.raises(Rejected, match=r"source_url cannot be fetched: HTTP 404"):
                network.publish(prepared)

    def test_an_edit_without_its_link_takes_the_button_away(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        draft = msgspec.structs.replace(prepared.draft, text="Ohne Adresse", link="")
        network.edit(receipt, msgspec.structs.replace(prepared, draft=draft))
        (post,) = place.sandbox.posts()
        assert (post["text"], post["extra"]["fields"]["callToAction"]) == ("Ohne Adresse", None)

    def test_an_edit_that_is_looked_at_again_is_told_and_a_bad_one_fails(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        settings = place.sandbox.networks[self.key].settings
        settings["review"] = "waiting"
        assert network.edit(receipt, prepared).notes == ("Google looks at the change before it shows it",)
        settings["review"] = "refused"
        with pytest.raises(Rejected, match="does not show it"):
            network.edit(receipt, prepared)

    def test_an_unapproved_project_is_told_as_such(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        place.sandbox.networks[self.key].settings["approved"] = False
        with pytest.raises(RateLimited, match="until it has approved the project by hand: see `crosspost help"):
            network.connect()
        assert isinstance(self.fails(network, prepared), RateLimited)
        assert place.sandbox.posts() == []

    def test_a_place_of_somebody_else_is_told(self, place: Place) -> None:
        own = place.sandbox.accounts()[self.key]["settings"]["location"]
        place.config.write_text(place.config.read_text("utf-8").replace(own, f"{own}99"), "utf-8")
        with pytest.raises(AuthExpired, match=f"does not manage {own}99"):
            place.network(self.key).connect()

    def test_a_location_of_another_form_is_told_without_a_pattern(self, place: Place) -> None:
        own = place.sandbox.accounts()[self.key]["settings"]["location"]
        place.config.write_text(place.config.read_text("utf-8").replace(own, "Hofladen"), "utf-8")
        ran = place.crosspost("preview", str(place.post))
        assert ran.code == 2
        assert "`location`: it is not in the form that this setting has; `crosspost help configuration` has" in ran.err

    def test_a_living_post_counts_before_a_dead_one_with_the_same_words(self, network: Network, place: Place) -> None:
        """A person tries again at once what was turned down, and the answer is lost."""
        prepared, since = place.prepared(network), place.clock()
        settings = place.sandbox.networks[self.key].settings
        settings["review"] = "refused"
        with pytest.raises(TurnedDown):
            network.publish(prepared)
        settings["review"] = "shown"
        place.clock.pass_by(seconds=5)
        place.sandbox.fault(self.key, "cut-after")
        assert isinstance(self.fails(network, prepared), Unknown)
        place.sandbox.store.posts.reverse()
        found = network.find(prepared, since)
        assert found is not None

    def test_what_was_just_taken_is_waited_for_a_little(self, network: Network, place: Place) -> None:
        prepared, settings = place.prepared(network), place.sandbox.networks[self.key].settings
        settings["review"] = "waiting"
        with pytest.raises(UnderReview) as waits:
            network.publish(prepared)
        prepared = msgspec.structs.replace(prepared, remote={"taken": waits.value.taken})
        pauses: list[float] = []

        def sleep(seconds: float) -> None:
            pauses.append(seconds)
            settings["review"] = "shown" if seconds == 5 else "waiting"

        network.sleep = sleep
        found = network.find(prepared, place.clock())
        assert found is not None
        assert pauses == [2, 5]
        settings["review"] = "waiting"
        pauses.clear()
        with pytest.raises(UnderReview) as waits:
            network.publish(prepared)
        again = msgspec.structs.replace(prepared, remote={"taken": waits.value.taken})
        with pytest.raises(UnderReview):
            network.find(again, place.clock() - timedelta(minutes=5))
        assert pauses == [], "one look is enough later on"

    def test_the_whole_way_of_one_that_is_turned_down(self, place: Place) -> None:
        runs, settings = Runs(place), place.sandbox.networks[self.key].settings
        settings["review"] = "waiting"
        runs.run()
        assert runs.states() == {self.key: "unknown"}
        place.clock.pass_by(minutes=10)
        settings["review"] = "refused"
        runs.run()
        assert runs.states() == {self.key: "failed"}
        (row,) = runs.ledger.deliveries()
        assert "gives no reason. Its rules allow no phone number" in row.error
        assert self.published(place) == 1
        runs.ledger.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Kommt am 2. Mai 2027 um 14:00, PLZ 72070, 1.000.000 Bienen, 0,5 l", []),
        ("Ruft an: 07071 123456", ["a phone number is in the text: 07071 123456"]),
        ("Call +49 (7071) 12-34-56", ["a phone number is in the text: +49 (7071) 12-34-56"]),
        ("Siehe https://tal.example/", ["a link is in the text: https://tal.example/"]),
    ],
)
def test_what_google_is_known_to_turn_down_is_said_before(words: str, said: list[str]) -> None:
    assert [one.removeprefix("Google may turn it down, because ") for one in unwanted(words)] == said
