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
