"""Where a post is: told to the networks that show it, under the id they know the place by."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.errors import PostRefused
from crosspost.model import Prepared
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place, served

PLACES = {"facebook": "213385402", "instagram": "213385402", "x": "df51dec6f4ee2b2c"}


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Place]:
    key = request.node.callspec.params["key"]
    with served(tmp_path / "site") as url:
        more = "gallery = true\n" + ('host = "site"\n' if key == "instagram" else "")
        yield Place(tmp_path, sandbox, networks=[key], more=more, clock=clock, url=url)


def prepared_of(place: Place, key: str, where: str, more: str = "") -> Prepared:
    said = f"crosspost:\n  {key}:\n    place: {where}\n"
    head = "title: Fest\nthumbnail: /images/beet.jpg\nthumbnail_alt: Beet\n"
    place.post.write_text(f"---\n{head}{more}{said}---\n\nEin Satz.\n", "utf-8")
    return place.prepared(place.network(key))


@pytest.mark.parametrize("key", PLACES)
def test_the_place_goes_along(place: Place, key: str) -> None:
    network = place.network(key)
    network.publish(prepared_of(place, key, PLACES[key]))  # YAML reads bare digits as a number
    (post,) = place.sandbox.posts()
    assert post["extra"]["place"] == PLACES[key]


@pytest.mark.parametrize("key", ["instagram"])
def test_an_album_has_one_place_for_all_its_pictures(place: Place, key: str) -> None:
    (place.root / "site/images/zwei.jpg").write_bytes((place.root / "site/images/beet.jpg").read_bytes())
    more = "pictures: [{path: /images/beet.jpg, alt: Beet}, {path: /images/zwei.jpg, alt: Zwei}]\n"
    prepared = prepared_of(place, key, PLACES[key], more)
    assert len(prepared.draft.images) == 2
    place.network(key).publish(prepared)
    (post,) = place.sandbox.posts()
    assert (post["extra"]["place"], len(post["images"])) == (PLACES[key], 2)


@pytest.mark.parametrize("key", PLACES)
def test_what_is_no_id_of_a_place_is_told_when_the_post_is_read(place: Place, key: str) -> None:
    with pytest.raises(PostRefused, match=r":7: .*`place` under `crosspost:` cannot be used: write the (id|number) of"):
        prepared_of(place, key, "Garden")
