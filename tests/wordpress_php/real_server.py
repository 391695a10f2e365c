"""The contract and WordPress's quirks against a real site. Not part of ``make test``: run ``make test-wordpress``."""

import html
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from PIL import Image

from crosspost.errors import Rejected
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, NetworkContract, Place
from tests.wordpress_php.relay import RealSandbox
from tests.wordpress_php.server import Site, running


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with running() as made:
        yield made


@pytest.fixture
def sandbox(site: Site, clock: Clock) -> Iterator[RealSandbox]:
    with RealSandbox(site, clock=clock) as server:
        yield server
    assert server.errors == []


def patient(place: Place) -> Place:
    """With time enough for PHP on a busy machine."""
    place.config.write_text(place.config.read_text("utf-8").replace("timeout = 5\n", "timeout = 90\n"), "utf-8")
    return place


@pytest.fixture
def place(tmp_path: Path, sandbox: RealSandbox, clock: Clock) -> Place:
    return patient(Place(tmp_path, sandbox, networks=("wordpress",), clock=clock))


class TestRealWordPress(NetworkContract):
    key = "wordpress"
    uploads = "POST /blog/wp-json/wp/v2/media"
    tells_by_id = True

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: RealSandbox, clock: Clock) -> Place:
        return patient(Place(tmp_path, sandbox, networks=("wordpress",), clock=clock))


def test_readers_see_the_article_with_pictures_tags_and_where_it_was_first(place: Place, sandbox: RealSandbox) -> None:
    Image.new("RGB", (60, 40), "green").save(place.root / "site/images/erde.png")
    more = '## Beete\n\nVor ![Erde](/images/erde.png) *dem* "[Plan](/plan.html)" -- & <details>mehr</details>.\n'
    text = place.post.read_text("utf-8").replace("[Garten, Erneuerbare Energien]", '["Salz & Pfeffer", Garten]')
    place.post.write_text(text + more, "utf-8")
    network = place.network("wordpress")
    receipt = network.publish(place.prepared(network))
    (post,) = sandbox.posts()
    assert [image["alt"] for image in post["images"]] == ["Ein Hochbeet im Regen", "Erde"]
    first = place.the_post().url
    assert post["extra"]["content"].endswith(f'Zuerst erschienen: <a href="{first}">{first}</a></p>')
    tags = sandbox.read("tags", post=receipt.id)
    assert sorted(html.unescape(tag["name"]) for tag in tags) == ["Garten", "Salz & Pfeffer"]
    page = requests.get(receipt.url, timeout=60).text
    assert f'<a href="{place.url}/plan.html">Plan</a>' in page
    assert f'<a href="{first}">{first}</a>' in page
    assert 'alt="Erde"' in page
    assert f"{place.url}/images/" not in page


def test_a_tag_that_is_there_is_used_again(place: Place) -> None:
    text = place.post.read_text("utf-8").replace("[Garten, Erneuerbare Energien]", '["Tee & Kaffee", GARTEN, "Größe"]')
    place.post.write_text(text, "utf-8")
    network = place.network("wordpress")
    first = place.prepared(network).remote["tags"]
    assert len(set(first)) == 3
    assert place.prepared(network, "another").remote["tags"] == first


def test_a_taken_slug_becomes_another_one_and_the_bin_gives_it_back(place: Place, sandbox: RealSandbox) -> None:
    network = place.network("wordpress")
    prepared = place.prepared(network)
    first = network.publish(prepared)
    network.publish(prepared)
    slugs = [post["extra"]["slug"] for post in sandbox.posts()]
    assert slugs[1] == f"{slugs[0]}-2"
    network.delete(first)
    network.publish(prepared)
    assert [post["extra"]["slug"] for post in sandbox.posts()] == [slugs[1], slugs[0]]


def test_the_stand_in_refuses_in_the_same_words(place: Place, sandbox: RealSandbox, clock: Clock) -> None:
    """To visitors, which is what a wrong password makes of us."""
    asked = [
        ("GET", "users/me", {}),
        ("GET", "posts?slug=x&status=publish,draft", {}),
        ("POST", "posts", {"json": {"title": "T", "content": "x"}}),
        ("POST", "media", {"data": b"x", "headers": {"Content-Disposition": 'attachment; filename="a.png"'}}),
    ]
    with Sandbox(clock=clock) as stand_in:
        for method, path, more in asked:
            told = [
                requests.request(method, f"{url}/wp-json/wp/v2/{path}", auth=("verein", "falsch"), timeout=60, **more)
                for url in (sandbox.site.url, stand_in.accounts()["wordpress"]["base_url"])
            ]
            assert told[0].status_code == told[1].status_code
            assert told[0].json() == told[1].json()


def test_who_may_not_publish_is_told_before(tmp_path: Path, site: Site, clock: Clock) -> None:
    with RealSandbox(site, role="contributor", clock=clock) as server:
        place = patient(Place(tmp_path, server, networks=("wordpress",), clock=clock))
        network = place.network("wordpress")
        lacks = [remark.said for remark in network.remarks()]
        assert lacks == [f"its user does not have the right {right}" for right in ("publish_posts", "upload_files")]
        with pytest.raises(Rejected, match="not allowed"):
            place.prepared(network)
