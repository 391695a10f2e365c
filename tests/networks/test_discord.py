"""Discord keeps the contract; then its quirks."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import AuthExpired, RateLimited, Unknown
from crosspost.model import Draft, Prepared, Receipt
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, NetworkContract, Place

MARKUP = r"# *Fest* _an_ `der` ~~Au~~ ||um|| [acht](https://example.org/a_b_c) <@123> @everyone \o/"


def drafted(place: Place, more: str = "", title: str = "Grüße aus dem Tal") -> Draft:
    place.post.write_text(f"---\ntitle: '{title}'\nthumbnail: /images/beet.jpg\n{more}---\n\nText.\n", "utf-8")
    network = place.network("discord")
    network.me()
    return network.draft(place.the_post())


def publish(place: Place, draft: Draft) -> tuple[Receipt, dict[str, Any]]:
    receipt = place.network("discord").publish(Prepared(draft=draft, handle="key"))
    return receipt, place.sandbox.posts("discord")[-1]


class TestDiscord(NetworkContract):
    key = "discord"
    uploads = ""

    def test_nothing_in_a_text_is_markup_and_links_stay_whole(self, place: Place) -> None:
        draft = drafted(place, f"crosspost:\n  discord:\n    text: '{MARKUP}'\n    link: none\n")
        _, post = publish(place, draft)
        assert post["text"] == draft.text == MARKUP
        assert draft.length > len(draft.text), "the backslashes count"

    @pytest.mark.parametrize("over", [0, 1])
    def test_exactly_what_fits_is_not_cut(self, place: Place, over: int) -> None:
        text = "_😀" * 666 + "ab" + "c" * over  # 3 code points each once the line is escaped
        draft = drafted(place, f"crosspost: {{discord: {{text: '{text}', link: none}}}}\n")
        assert (draft.text == text) == (not over)
        _, post = publish(place, draft)
        assert post["text"] == draft.text

    def test_a_picture_takes_the_place_of_the_link_preview(self, place: Place) -> None:
        _, shown = publish(place, drafted(place))
        assert (len(shown["images"]), shown["extra"]["flags"]) == (1, 4)
        more = "crosspost: {discord: {images: false, silent: true}}\n"
        _, linked = publish(place, drafted(place, more))
        assert (linked["images"], linked["extra"]["flags"]) == ([], 4096)

    def test_a_post_in_a_thread_can_be_changed_and_taken_back(self, place: Place) -> None:
        place.config.write_text(place.config.read_text("utf-8") + '\nthread = "123456"\n', "utf-8")
        draft, network = drafted(place), place.network("discord")
        receipt, post = publish(place, draft)
        assert receipt.id == f"123456/{post['id']}"
        assert receipt.url.endswith(f"/123456/{post['id']}")
        network.edit(receipt, Prepared(draft=drafted(place, title="Neu"), handle="key"))
        assert place.sandbox.posts("discord")[0]["text"].startswith("Neu")
        network.delete(receipt)
        assert place.sandbox.posts("discord") == []

    def test_the_token_never_shows(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        token = network.secret("webhook").rpartition("/")[2]
        for fault in ("html-503", "cut-before", "bad-json"):
            place.sandbox.fault(self.key, fault)
            with pytest.raises(Unknown) as caught:
                network.publish(prepared)
            assert token not in f"{caught.value!r}{caught.value.__cause__!r}{network.session.last!r}"
        assert token not in repr(place.sandbox.requests)

    def test_a_deleted_webhook_pauses_the_account(self, place: Place) -> None:
        text = place.secrets.read_text("utf-8").replace("/980000000000000001/", "/980000000000000009/")
        place.secrets.write_text(text, "utf-8")
        with pytest.raises(AuthExpired, match="accounts renew discord"):
            place.network("discord").connect()

    def test_a_rate_limit_says_when_in_parts_of_a_second(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        place.sandbox.fault(self.key, "429", retry_after=64)
        error = self.fails(network, prepared)
        assert isinstance(error, RateLimited)
        assert error.retry_at is not None
        assert (error.retry_at - place.clock()).total_seconds() == 64


class TestEmbed(NetworkContract):
    """The same post with `embed = true`."""

    key = "discord"
    uploads = ""
    link_apart = True
    sends_pictures_again = True

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        made = Place(tmp_path, sandbox, clock=clock, networks=("discord",))
        made.config.write_text(made.config.read_text("utf-8") + "\nembed = true\n", "utf-8")
        return made

    def test_title_link_text_and_picture_stand_in_a_box(self, place: Place) -> None:
        draft = drafted(place, f"description: '{MARKUP}'\n", title="2 * 3 @everyone <@1>")
        _, post = publish(place, draft)
        (box,) = post["extra"]["embeds"]
        assert box["title"] == r"2 \* 3 @everyone \<@1>"
        assert (box["url"], box["image"]) == (place.the_post().url, {"url": "attachment://picture-0.jpeg"})
        assert post["text"] == draft.text
        assert r"\|\|um\|\|" in box["description"]
        assert (post["extra"]["flags"], post["extra"]["called"]) == (0, [])
        assert (draft.limit, draft.link) == (4096, place.the_post().url)

    def test_a_long_description_fits_where_a_message_would_be_cut(self, place: Place) -> None:
        words = "Wort " * 700
        draft = drafted(place, f"description: '{words.strip()}.'\n")
        assert len(draft.text) > 3000
        assert draft.lost == ()
        _, post = publish(place, draft)
        assert post["text"] == draft.text

    def test_a_text_of_ones_own_stands_above_the_box(self, place: Place) -> None:
        own = "description: 'Ein Beet.'\ncrosspost: {discord: {text: 'Für euch: @here'}}\n"
        draft = drafted(place, own)
        receipt, post = publish(place, draft)
        assert post["text"] == draft.text == "Für euch: @here"
        (box,) = post["extra"]["embeds"]
        assert (box["title"], box["description"]) == ("Grüße aus dem Tal", "Ein Beet.")
        assert (draft.limit, post["extra"]["called"]) == (2000, [])
        url = place.the_post().url
        linked = drafted(place, f"crosspost: {{discord: {{text: 'Seht {url} an'}}}}\n")
        place.network("discord").edit(receipt, Prepared(draft=linked, handle="key"))
        (post,) = place.sandbox.posts("discord")
        assert (post["text"], post["extra"]["embeds"]) == (f"Seht {url} an", []), "a text with the link needs no box"

    def test_an_edit_brings_the_picture_of_the_box_once(self, place: Place) -> None:
        receipt, _ = publish(place, drafted(place))
        place.network("discord").edit(receipt, Prepared(draft=drafted(place, title="Neu"), handle="key"))
        (post,) = place.sandbox.posts("discord")
        assert (post["extra"]["embeds"][0]["title"], len(post["images"])) == ("Neu", 1)

    @pytest.mark.parametrize(
        "more",
        [
            "crosspost: {discord: {link: none}}\n",
            "crosspost: {discord: {template: '{{ title }} {{ url }}'}}\n",
            "crosspost: {discord: {poll: {options: [Ja, Nein]}}}\n",
            "crosspost: {discord: {embed: false}}\n",
        ],
    )
    def test_what_has_no_title_with_a_link_is_a_message_as_ever(self, place: Place, more: str) -> None:
        draft = drafted(place, more)
        _, post = publish(place, draft)
        assert (post["text"], draft.limit) == (draft.text, 2000)
        assert not post["extra"].get("embeds")

    def test_a_title_that_is_too_long_stays_in_the_message(self, place: Place) -> None:
        draft = drafted(place, title="_" * 129)
        _, post = publish(place, draft)
        assert not post["extra"].get("embeds")
        assert place.the_post().url in post["text"]

    def test_the_preview_says_where_the_title_leads(self, place: Place) -> None:
        said = place.crosspost("preview", str(place.post)).out
        assert f"[the title leads to {place.the_post().url}]" in said
        page = place.root / "page.html"
        place.crosspost("preview", str(place.post), "--html", str(page))
        html = page.read_text("utf-8")
        assert html.index("Grüße aus dem Tal</a>") < html.index("<figure>")


class TestForum:
    @pytest.fixture
    def place(self, tmp_path: Path, clock: Clock) -> Any:
        with Sandbox(clock=clock, options={"discord": {"forum": True, "tag": "77"}}) as sandbox:
            yield Place(tmp_path, sandbox, clock=clock, networks=("discord",))

    def test_each_post_opens_one_of_the_forum(self, place: Place) -> None:
        more = '\nforum = true\nforum_tags = ["77"]\n'
        place.config.write_text(place.config.read_text("utf-8") + more, "utf-8")
        receipt, post = publish(place, drafted(place, title="Ö" * 120))
        assert post["extra"]["title"] == "Ö" * 100
        assert receipt.id == f"{post['extra']['channel']}/{post['id']}"
        place.network("discord").delete(receipt)
        assert place.sandbox.posts("discord") == []

    @pytest.mark.parametrize(("settings", "advice"), [("", "set `forum = true`"), ("forum = true", "set `forum_tags`")])
    def test_what_is_missing_is_told_with_the_setting(self, place: Place, settings: str, advice: str) -> None:
        place.config.write_text(place.config.read_text("utf-8") + f"\n{settings}\n", "utf-8")
        with pytest.raises(AuthExpired, match=advice):
            publish(place, drafted(place))
