"""Instagram keeps the contract with both logins and both hosts; then its quirks."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.errors import AuthExpired, ConfigError, NotSent, RateLimited, Rejected, Unknown, Unsupported
from crosspost.model import Draft, Prepared
from crosspost.networks.base import Network
from crosspost.networks.meta import graph
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import POST, Clock, Place, Saved, served
from tests.networks.on_the_site import Containers, OnTheSite
from tests.networks.renewing import REFRESH, Renews

LINK = "https://tal.example.org/2026/11/20/gruesse.html"

SHARED = Path(os.environ.get("CROSSPOST_SHARED") or Path(__file__).parents[2] / ".." / "shared")
PRIDE = SHARED / "conformance" / "wild" / "57-pride-flag-title"


class TestInstagramLogin(Renews, Containers):
    """A token of its own, no Page."""

    key = "instagram"
    uploads = "POST /*/*/media"
    more = 'login = "instagram"\n'

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Iterator[Place]:
        with served(tmp_path / "site") as url:
            place = Place(tmp_path, sandbox, networks=[self.key], more=self.more, clock=clock, url=url)
            own = sandbox.accounts()["instagram"]["credentials"]["login_token"]
            place.secrets.write_text(f"CROSSPOST_INSTAGRAM_ACCESS_TOKEN={own}\n")
            yield place

    def test_deletes_its_own_and_ignores_what_is_gone(self, network: Network, place: Place) -> None:
        """Deleting is for Facebook Login only."""
        receipt = network.publish(place.prepared(network))
        assert not network.able.delete
        with pytest.raises(Unsupported, match="cannot take a post back"):
            network.delete(receipt)

    def test_the_page_needs_the_other_login(self, network: Network, place: Place) -> None:
        place.config.write_text(place.config.read_text() + 'host = "page"\n')
        with pytest.raises(Unsupported, match="login"):
            place.prepared(place.network(self.key))

    def test_asks_instagram_itself(self, place: Place) -> None:
        place.config.write_text(place.config.read_text().replace("base_url", "# base_url"))
        assert place.network(self.key).base == "https://graph.instagram.com"  # type: ignore[attr-defined]  # this one's


class TestFacebookLogin(OnTheSite):
    key = "instagram"
    uploads = "POST /*/*/media"

    def test_deletes_its_own_and_ignores_what_is_gone(self, network: Network, place: Place) -> None:
        receipt = network.publish(place.prepared(network))
        network.delete(receipt)
        assert place.sandbox.posts() == []
        network.delete(receipt)

    @pytest.mark.parametrize(("days", "warned"), [(0, False), (13, True), (15, False)])
    def test_a_token_that_ends_soon_is_reported(
        self, network: Network, place: Place, caplog: pytest.LogCaptureFixture, days: int, warned: bool
    ) -> None:
        ends = place.clock() + timedelta(days=days)
        place.sandbox.networks["facebook"].settings["expires_at"] = int(ends.timestamp()) if days else 0
        network.connect()
        assert ("expires on 2026-12-05" in caplog.text) is warned
        place.sandbox.fault("facebook", "500-before", match="GET /*/debug_token")
        assert network.connect().id, "a look at the token is not worth a delivery"

    def test_a_page_token_is_never_renewed(self, network: Network, place: Place) -> None:
        for _ in range(3):
            network.connect()
            place.clock.pass_by(days=40)
        assert place.sandbox.requests_to(self.key, REFRESH) == []
        assert place.app.vault().get(self.key) == {}

    def test_a_page_without_instagram_says_so(self, network: Network, place: Place) -> None:
        del place.sandbox.store.accounts["instagram", "verein"]
        with pytest.raises(AuthExpired, match="no professional Instagram account is linked"):
            network.connect()

    @pytest.mark.parametrize(
        ("number", "kind"),
        [
            (2207027, NotSent),
            (2207052, Unknown),
            (2207009, Rejected),
            (36003, Rejected),
            (2207042, RateLimited),
            (2207051, RateLimited),
            (2207050, AuthExpired),
        ],
    )
    def test_one_table_for_the_numbers(self, place: Place, number: int, kind: type[Exception]) -> None:
        meaning = graph.by_number(number, "verein: no", irreversible=True, now=place.clock())
        assert type(meaning) is kind
        assert str(meaning).startswith("verein: no")
        assert graph.by_number(1, "", irreversible=True, now=place.clock()) is None


class TestPictureOnThePage(OnTheSite):
    """The site is not on the web; the Page hosts the picture."""

    key = "instagram"
    uploads = "POST /*/*/media"
    more = 'host = "page"\n'

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, networks=[self.key], more=self.more, clock=clock)

    @pytest.mark.parametrize(
        "title", ["Grüße aus dem Tal", "Pride 🏳️‍🌈 march", "🎉 1️⃣ 🇩🇪 👍🏽", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "漢字 ꦲ", "नमस्ते سلام"]
    )
    def test_a_title_card_is_uploaded_too(self, place: Place, title: str) -> None:
        place.post.write_text(f'---\ntitle: "{title}"\n---\n\nText.\n', "utf-8")
        network = place.network(self.key)
        network.publish(place.prepared(network))
        ((image,),) = [post["images"] for post in place.sandbox.posts()]
        assert (image["width"], image["height"], image["alt"]) == (1080, 1350, title)
        assert not (place.root / "site/crosspost").exists()

    def test_the_photo_is_uploaded_once_and_seen_by_nobody(self, network: Network, place: Place) -> None:
        saved = Saved()
        first = network.prepare(Prepared(draft=network.draft(place.the_post()), handle="key"), saved)
        assert list(saved) == ["media_photo", "container", "container_made"]
        network.prepare(first, saved)
        assert len(place.sandbox.requests_to("facebook", "POST /v26.0/me/photos")) == 1
        assert place.sandbox.posts() == []


@pytest.mark.skipif(not PRIDE.is_dir(), reason=f"the shared sites are not at {PRIDE}")
def test_the_shared_site_with_a_flag_in_its_title(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = Place(tmp_path, sandbox, networks=["instagram"], more='host = "page"\n', clock=clock)
    (file,) = (PRIDE / "_posts").iterdir()
    place.post.write_bytes(file.read_bytes())
    network = place.network("instagram")
    network.publish(place.prepared(network))
    assert [len(post["images"]) for post in sandbox.posts()] == [1]


# ── what is said ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=["instagram"], more='host = "page"\n', clock=clock)


def draft(place: Place, *, more: str = "", front: str = "", body: str = "") -> Draft:
    place.config.write_text(place.config.read_text() + more)
    head, _, rest = POST.removeprefix("---\n").partition("---\n")
    place.post.write_text(f"---\n{head}{front}---\n{rest}{body}")
    return place.network("instagram").draft(place.the_post())


def test_no_dead_link_but_where_it_is(place: Place) -> None:
    said = draft(place)
    assert (said.link, said.card) == ("", None)
    assert said.text.split("\n\n") == [
        "Grüße aus dem Tal",
        "Zwölf Leute, ein Beet – und viel Regen.",
        "Link in der Bio",
        "#Garten #ErneuerbareEnergien",
    ]


@pytest.mark.parametrize(
    ("more", "front", "sentence"),
    [
        ("", "lang: tr\n", "Link biyografide"),
        ("", "lang: th\n", "Link in bio"),
        ('language = "uk-UA"\n', "", "Посилання в біо"),
        ('bio = "Alles auf tal.example.org"\n', "", "Alles auf tal.example.org"),
        ("", "crosspost: {instagram: {bio: Linkki biossa}}\n", "Linkki biossa"),
        ("bio = false\n", "", ""),
        ('link = "text"\n', "", LINK),
        ("", "crosspost: {instagram: {link: text}}\n", LINK),
    ],
)
def test_the_sentence_is_a_setting(place: Place, more: str, front: str, sentence: str) -> None:
    front = front if "lang" not in front else f"{front}x: y\n"
    head = POST.replace("lang: de\n", "") if "lang" in front else POST
    place.config.write_text(place.config.read_text() + more)
    place.post.write_text(head.replace("---\n\nEin", f"{front}---\n\nEin"))
    said = place.network("instagram").draft(place.the_post())
    blocks = said.text.split("\n\n")
    assert blocks[2] == (sentence or "#Garten #ErneuerbareEnergien")
    assert said.link == (LINK if sentence == LINK else "")


def test_the_sentence_stays_when_the_text_is_cut(place: Place) -> None:
    said = draft(place, front="crosspost: {instagram: {text: '" + "Lang und länger 🎪 " * 300 + "'}}\n")
    assert said.text.endswith("Link in der Bio")
    assert 2100 < said.length <= 2200
    assert said.length == len(said.text.encode("utf-16-le")) // 2


def test_five_hashtags_the_text_counts_too(place: Place) -> None:
    tags = "[Eins, Zwei, Drei, Vier, Fünf, Sechs, Sieben]"
    text = POST.replace("[Garten, Erneuerbare Energien]", tags)
    place.post.write_text(text.replace("Zwölf Leute, ein Beet – und viel Regen.", '"#Zwölf #Leute, ein Beet"'))
    text = place.network("instagram").draft(place.the_post()).text
    assert text.count("#") == 5
    assert text.endswith("#Eins #Zwei #Drei")


@pytest.mark.parametrize(("text", "what"), [("#a #b #c #d #e #f", "hashtags"), (" @abc" * 21, "mentions")])
def test_too_many_of_the_authors_own_are_refused(place: Place, text: str, what: str) -> None:
    with pytest.raises(Unsupported, match=f"allows .* {what}"):
        draft(place, front=f"crosspost: {{instagram: {{text: 'x {text}'}}}}\n")


def test_no_picture_no_post(place: Place) -> None:
    with pytest.raises(Unsupported, match="without a picture"):
        draft(place, more="images = false\n")


def test_a_wrong_setting_is_named(place: Place) -> None:
    with pytest.raises(ConfigError, match="login"):
        draft(place, more='login = "google"\n')


def test_a_long_alt_text_is_cut_to_what_is_taken(place: Place) -> None:
    said = draft(place, front=f"thumbnail_alt: '{'Ein Beet 🌱 ' * 200}'\n")
    network = place.network("instagram")
    network.publish(network.prepare(Prepared(draft=said, handle="key"), lambda *_: None))
    ((image,),) = [post["images"] for post in place.sandbox.posts()]
    assert 950 < len(image["alt"].encode("utf-16-le")) // 2 <= 1000


def test_an_unknown_language_is_reported(place: Place) -> None:
    place.write("site/_config.yml", "url: https://tal.example.org\n")
    place.post.write_text(POST.replace("lang: de\n", ""), "utf-8")
    said = place.network("instagram").draft(place.the_post())
    assert "Link in bio" in said.text
    assert any("the language of the post is not known" in warning for warning in said.warnings)
    assert draft(place, more='language = "de"\n').warnings == ()


def test_a_post_that_changes_its_shape(place: Place) -> None:
    """What the post itself says about the picture counts when it is sent."""
    said = draft(place, front="crosspost: {instagram: {shape: crop}}\n")
    assert said.images[0].framing.shape == "crop"
