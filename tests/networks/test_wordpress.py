"""WordPress keeps the contract; then its quirks."""

import io
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from crosspost.errors import AuthExpired, DeliveryError, NotSent, Rejected
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply
from crosspost.testing import AheadContract, Clock, NetworkContract, Place


class TestWordPress(NetworkContract, AheadContract):
    key = "wordpress"
    uploads = "POST /blog/wp-json/wp/v2/media"
    tells_by_id = True  # by its slug, which no other delivery has

    def test_the_article_comes_with_its_pictures_and_tags(self, network: Network, place: Place) -> None:
        Image.new("RGB", (60, 40), "green").save(place.root / "site/images/erde.png")
        more = "## Beete\n\nVor ![Erde](/images/erde.png) *dem* [Plan](/plan.html).\n"
        place.post.write_text(place.post.read_text("utf-8") + more, "utf-8")
        network.publish(place.prepared(network))
        (post,) = place.sandbox.posts()
        assert [image["alt"] for image in post["images"]] == ["Ein Hochbeet im Regen", "Erde"]
        content = post["extra"]["content"]
        assert f'<a href="{place.url}/plan.html">Plan</a>' in content
        assert f"{place.url}/images/erde.png" not in content
        assert content.endswith(f'Zuerst erschienen: <a href="{place.the_post().url}">{place.the_post().url}</a></p>')
        assert post["extra"]["tags"] == [1, 2]
        assert post["extra"]["slug"].startswith("gruesse-")

    def test_a_tag_whose_name_is_kept_as_html_is_used_again(self, network: Network, place: Place) -> None:
        text = place.post.read_text("utf-8").replace("[Garten, Erneuerbare Energien]", '["Salz & Pfeffer"]')
        place.post.write_text(text, "utf-8")
        assert place.prepared(network).remote["tags"] == [1]
        assert place.prepared(network, "another").remote["tags"] == [1]

    def test_an_article_that_its_user_may_no_longer_edit_is_found(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        place.sandbox.networks["wordpress"].settings["role"] = "contributor"
        assert self.found(network, prepared, place.clock()) == receipt.id

    def test_nobody_finds_nothing_with_a_password_that_was_revoked(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        network.publish(prepared)
        place.secrets.write_text(place.secrets.read_text().replace("WORDPRESS_PASSWORD=", "WORDPRESS_PASSWORD=no"))
        with pytest.raises(AuthExpired, match="Invalid parameter"):
            place.network("wordpress").find(prepared, place.clock())

    @pytest.mark.parametrize(("setting", "value", "kind"), [("formats", ("PNG",), Rejected), ("full", True, NotSent)])
    def test_a_picture_it_does_not_take_ends_the_attempts_a_full_disk_does_not(
        self, network: Network, place: Place, setting: str, value: object, kind: type[DeliveryError]
    ) -> None:
        """Both have the status 500 and the same code."""
        place.sandbox.networks["wordpress"].settings[setting] = value
        with pytest.raises(DeliveryError) as caught:
            place.prepared(network)
        assert type(caught.value) is kind
        assert ("Use another one, or `images = false`" in str(caught.value)) == (kind is Rejected)

    def test_a_captcha_instead_of_an_answer_is_doubt(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from crosspost.errors import Unknown

        prepared = place.prepared(network)
        page = Reply(200, b"<html><title>Are you human?</title></html>", "text/html")
        monkeypatch.setattr(place.sandbox.networks["wordpress"], "answer", lambda _: page)
        assert type(self.fails(network, prepared)) is Unknown


def test_a_web_server_that_drops_the_login_is_named(tmp_path: Path, clock: Clock) -> None:
    with Sandbox(clock=clock, options={"wordpress": {"drops_header": True}}) as sandbox:
        place = Place(tmp_path, sandbox, networks=("wordpress",), clock=clock)
        with pytest.raises(AuthExpired, match="the web server drops the header"):
            place.network("wordpress").connect()


def test_a_user_who_may_not_publish_is_named_before(tmp_path: Path, clock: Clock) -> None:
    with Sandbox(clock=clock, options={"wordpress": {"role": "contributor"}}) as sandbox:
        place = Place(tmp_path, sandbox, networks=("wordpress",), clock=clock)
        network = place.network("wordpress")
        assert [one.said for one in network.remarks()] == [
            "its user does not have the right publish_posts",
            "its user does not have the right upload_files",
        ]
        with pytest.raises(Rejected, match="not allowed"):
            place.prepared(network)


def _posted(sandbox: Sandbox, **more: Any) -> tuple[int, str]:
    me = sandbox.accounts()["wordpress"]
    login = (me["credentials"]["username"], me["credentials"]["password"])
    told = requests.post(f"{me['base_url']}/wp-json/wp/v2/media", auth=login, timeout=30, **more)
    said = told.json() if "json" in told.headers["Content-Type"] else {}
    return told.status_code, said.get("code", "")


def test_the_stand_in_refuses_uploads_as_a_wordpress_6_1_did(clock: Clock) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (4, 4), "green").save(drawn, "PNG")
    png, named = drawn.getvalue(), {"Content-Disposition": 'attachment; filename="a.png"'}
    typed = {"Content-Type": "image/png"}
    with Sandbox(clock=clock) as sandbox:
        asked: list[tuple[dict[str, Any], tuple[int, str]]] = [
            ({"files": {"file": ("a.jpg", png, "text/plain")}, "data": {"alt_text": "Zelt"}}, (201, "")),
            ({"files": {"file": ("a", png, "image/png")}}, (500, "rest_upload_unknown_error")),
            ({"files": {"file": ("a.png", b"", "image/png")}}, (500, "rest_upload_unknown_error")),
            ({"files": {"bild": ("a.png", png, "image/png")}}, (200, "")),
            ({"files": {"file": ("a.png", png)}, "headers": {"Content-MD5": "no"}}, (412, "rest_upload_hash_mismatch")),
            ({}, (400, "rest_upload_no_data")),
            ({"data": png, "headers": named}, (400, "rest_upload_no_content_type")),
            ({"data": png, "headers": typed}, (400, "rest_upload_no_content_disposition")),
            ({"data": b"x", "headers": named | typed}, (500, "rest_upload_sideload_error")),
        ]
        for more, answer in asked:
            assert _posted(sandbox, **more) == answer
        assert [one.alt for one in sandbox.store.pictures.values()] == ["Zelt"]
