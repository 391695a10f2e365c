"""Several pictures in one post: each with its words, in order, by one request that cannot be repeated."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from crosspost.compose.formats.shown_pictures import markdown
from crosspost.config import registry
from crosspost.errors import NotSent, Unsupported
from crosspost.model import Picture, Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.faults import meant
from crosspost.testing.harness import Clock, Place, Saved, served

NAMES, WORDS = ("eins", "zwei", "drei", "vier"), ("Das Beet", "Der Regen", "Die Leute", "Der Kuchen")
LIST = "".join(f"  - path: /images/{name}.jpg\n    alt: {words}\n" for name, words in zip(NAMES, WORDS, strict=True))
POST = f"""---
title: Grüße aus dem Tal
description: Zwölf Leute, ein Beet.
pictures:
{LIST}---

Text.
"""
#: what an account needs to show pictures at all
SETTINGS = {"bluesky": 'embed = "images"\n', "linkedin": 'content = "image"\n', "nostr": ""}
#: what stands beside the title there, before the text
EVENT = {"mobilizon": "event:\n  start: 2026-12-01 19:00\n  end: 2026-12-01 21:00\n"}
SEVERAL = sorted(key for key in registry.names() if registry.load(key).limits.images.count > 1)
#: a picture that stands for the whole post has no words there: all go below the text, or all but that one
SHOWN = {"lemmy": ("", *WORDS), "forem": ("", *WORDS[1:])}


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Place]:
    key = request.node.callspec.params["key"]
    with served(tmp_path / "site") as url:
        more = f"gallery = true\n{SETTINGS.get(key, '')}"
        made = Place(tmp_path, sandbox, networks=[key], more=more, clock=clock, url=url)
        for number, name in enumerate(NAMES):
            Image.effect_noise((400 + number, 400), 60).convert("RGB").save(made.root / f"site/images/{name}.jpg")
        made.post.write_text(POST.replace("pictures:", EVENT.get(key, "") + "pictures:"), "utf-8")
        yield made


def shown(place: Place) -> list[dict[str, Any]]:
    """The pictures that people see, however many messages they are in; the oldest first."""
    posts = sorted(
        place.sandbox.posts(), key=lambda post: (post["time"], int(post["id"]) if post["id"].isdecimal() else 0)
    )
    return [picture for post in posts for picture in post["images"]]


@pytest.mark.parametrize("key", SEVERAL)
def test_all_pictures_go_out_with_their_words_by_one_request(place: Place, key: str) -> None:
    network, saved = place.network(key), Saved()
    network.me()
    draft = network.draft(place.the_post())
    assert [picture.alt for picture in draft.images] == list(WORDS)
    prepared = network.prepare(Prepared(draft=draft, handle="3a1f0c55-9f6e-4a53-8f0e-5a1b77c1e001"), saved)
    assert saved == prepared.remote, "each upload is stored before it is used"
    assert place.sandbox.posts() == [], "uploads show nothing to anybody"
    receipt = network.publish(prepared)
    alts = SHOWN.get(key, WORDS if network.able.alt_text else [""] * len(WORDS))
    assert [picture["alt"] for picture in shown(place)] == list(alts)
    assert requests_that_publish(place, key) == 1
    if network.able.read_back:
        found = network.find(prepared, place.clock())
        assert found is not None
        assert found.id == receipt.id


def requests_that_publish(place: Place, key: str) -> int:
    publishes = place.sandbox.networks[key].publishes
    return sum(meant(publishes, f"{one['method']} {one['path']}") for one in place.sandbox.requests_to(key))


@pytest.mark.parametrize("key", ["telegram"])
def test_an_album_is_edited_and_deleted_as_a_whole(place: Place, key: str) -> None:
    network = place.network(key)
    prepared = place.prepared(network)
    receipt = network.publish(prepared)
    assert len(receipt.id.split(",")) == 4
    new = msgspec.structs.replace(prepared.draft, text="Neu", title="")
    for _ in range(2):
        network.edit(receipt, Prepared(draft=new, handle="key"))
    assert [post["text"] for post in place.sandbox.posts()] == ["Neu", "", "", ""]
    others = msgspec.structs.replace(new, images=prepared.draft.images[::-1])
    network.edit(receipt, Prepared(draft=others, handle="key"), pictures=True)
    assert [picture["width"] for picture in shown(place)] == [403, 402, 401, 400]
    fewer = msgspec.structs.replace(new, images=new.images[:2])
    with pytest.raises(Unsupported, match="cannot add pictures"):
        network.edit(receipt, Prepared(draft=fewer, handle="key"), pictures=True)
    for _ in range(2):
        network.delete(receipt)
    assert place.sandbox.posts() == []


@pytest.mark.parametrize("key", ["instagram", "threads"])
def test_a_part_that_fails_is_made_anew_the_others_are_kept(place: Place, key: str) -> None:
    network, saved = place.network(key), Saved()
    network.me()
    draft = network.draft(place.the_post())
    making = f"POST /*/*/{network.steps.make}"  # type: ignore[attr-defined]  # these two have steps
    place.sandbox.fault(key, "container-error", match=making)
    with pytest.raises(NotSent):
        network.prepare(Prepared(draft=draft, handle="key"), saved)
    first = dict(saved)
    prepared = network.prepare(Prepared(draft=draft, handle="key", remote=first), saved)
    changed = [name for name in first if first[name] != prepared.remote[name]]
    assert changed == ["media_item_0"]
    network.publish(prepared)
    assert [picture["alt"] for picture in shown(place)] == list(WORDS)


@pytest.mark.parametrize("key", ["mastodon"])
def test_what_is_missing_is_told_with_file_and_line(place: Place, key: str) -> None:
    text = POST.replace("/images/zwei.jpg", "/images/weg.jpg").replace("    alt: Die Leute\n", "")
    place.post.write_text(text, "utf-8")
    network: Network = place.network(key)
    draft = network.draft(place.the_post())
    assert [Path(picture.path).stem for picture in draft.images] == ["eins", "drei", "vier"]
    said = " ".join(draft.warnings)
    assert f"{place.post}:7: pictures[1]: there is no file /images/weg.jpg in the site" in said
    assert f"no alt text for drei.jpg: add `alt` to it in line 9 of {place.post}" in said


@pytest.mark.parametrize("key", ["bluesky", "linkedin"])
def test_a_gallery_behind_a_card_is_missed(place: Place, key: str) -> None:
    """A card stands in its place, unless they are told otherwise."""
    place.config.write_text(place.config.read_text("utf-8").replace(SETTINGS[key], ""), "utf-8")
    lost = place.network(key).draft(place.the_post()).lost
    assert lost[-1] == "the pictures, for the link's card stands in their place"
    place.post.write_text(POST.replace(f"pictures:\n{LIST}", "thumbnail: /images/eins.jpg\n"), "utf-8")
    assert place.network(key).draft(place.the_post()).lost == ()


@pytest.mark.parametrize("key", ["matrix", "ntfy", "pinterest", "whatsapp", "google_business"])
def test_where_a_post_has_one_picture_the_others_are_missed(place: Place, key: str) -> None:
    draft = place.network(key).draft(place.the_post())
    assert len(draft.images) == 1
    assert "3 of 4 pictures" in draft.lost


@pytest.mark.parametrize("key", ["lemmy", "forem", "wordpress", "mobilizon", "newsletter"])
def test_a_broken_one_of_several_is_left_out_of_the_text_too(place: Place, key: str) -> None:
    file = place.root / "site/images/drei.jpg"
    file.write_bytes(file.read_bytes()[:300])
    draft = place.network(key).draft(place.the_post())
    assert [picture.alt for picture in draft.images] == ["Das Beet", "Der Regen", "Der Kuchen"]
    assert "drei.jpg" not in f"{draft.text}{draft.options}"
    assert "vier.jpg" in f"{draft.text}{draft.options}"
    (said,) = draft.lost_pictures
    assert "drei.jpg: the JPEG file is damaged or incomplete" in said


@pytest.mark.parametrize("key", ["forem", "lemmy", "newsletter"])
def test_without_a_wish_there_is_one_picture_as_before(place: Place, key: str) -> None:
    place.config.write_text(place.config.read_text("utf-8").replace("gallery = true\n", ""), "utf-8")
    draft = place.network(key).draft(place.the_post())
    assert [picture.alt for picture in draft.images] == ["Das Beet"]
    assert "zwei.jpg" not in f"{draft.text}{draft.options}"
    assert draft.lost == ()


@pytest.mark.parametrize("key", ["ghost"])
def test_an_article_shows_a_picture_of_its_text_once(place: Place, key: str) -> None:
    text = place.post.read_text("utf-8") + "\n![Der Regen](/images/zwei.jpg)\n"
    place.post.write_text(text, "utf-8")
    draft = place.network(key).draft(place.the_post())
    assert draft.text.count("zwei.jpg") == 1
    assert draft.text.index("zwei.jpg") < draft.text.index("drei.jpg") < draft.text.index("Zuerst erschienen")


def test_no_words_end_the_markdown_of_a_picture() -> None:
    picture = Picture(url="https://tal.example.org/a (1).jpg", alt="Das [neue]\nBeet \\")
    assert markdown(picture) == "![Das (neue) Beet /](<https://tal.example.org/a (1).jpg>)"
