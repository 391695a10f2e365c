"""What other tools got wrong with texts and pictures: each case by name, on every registered network.

Cases that concern delivery (duplicates, crashes, clocks) stand with the engine's tests.
"""

import re
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from crosspost.config import registry
from crosspost.media import fit
from crosspost.model import ImageLimits
from crosspost.testing.harness import EVENT, POST, Place

pytestmark = pytest.mark.long

LINK = "https://tal.example.org/2026/11/20/gruesse.html"
TALKING = [key for key in registry.NETWORKS if not registry.load(key).abilities.needs_image]


def said(place: Place, network: str, text: str, **settings: str) -> dict[str, object]:
    """The one draft of a post with this text on an account with these settings."""
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    place.config.write_text(
        f'[site]\npath = "../site"\n[accounts.{network}]\nbase_url = "{registry.load(network).schemes[0]}://e.org"\n{lines}',
        "utf-8",
    )
    event = EVENT if network in registry.EVENTS_ONLY else ""
    place.post.write_text(text.replace("---\n", f"---\n{event}", 1), "utf-8")
    (account,) = place.crosspost("preview", str(place.post), "--json").json[0]["accounts"]
    assert account["error"] == ""
    return account


def post(**front: str) -> str:
    matter = "".join(f"{name}: {value}\n" for name, value in front.items())
    return f"---\n{matter}---\n\nText.\n"


@pytest.mark.parametrize("network", TALKING)
@pytest.mark.parametrize(
    "front",
    [
        {"title": "風" * 100, "description": "風力発電" * 60},
        {"title": "Wort " * 46, "description": "Satz mit Wörtern. " * 300},
        {"title": "A" * 600},
        {"title": "👨‍👩‍👧‍👦" * 150, "description": "🇩🇪" * 300},
        {"title": "مرحبا بالعالم " * 60},
        {"title": "ก" * 700, "description": "การประชุม" * 300},
        {"title": "e" + "\u0301" * 900},
        {"title": "https://example.org/" + "a" * 400, "description": "https://example.org/b " * 60},
    ],
    ids=["200 CJK", "230 + link", "one word", "emoji", "Arabic", "Thai", "combining", "links"],
)
def test_it_fits_and_keeps_its_link(place: Place, network: str, front: dict[str, str]) -> None:
    front = {name: f'"{value}"' for name, value in front.items()}
    draft = said(place, network, post(**front))
    assert not draft["limit"] or draft["length"] <= draft["limit"]
    assert LINK in re.split(r"\s+", str(draft["text"]))


@pytest.mark.parametrize("network", TALKING)
@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("[schema.org, debian 8, C++, '2024']", ["#Debian8"]),
        ("[Erneuerbare Energien, KI-Recht]", ["#ErneuerbareEnergien", "#KIRecht"]),
        ("[東京, Straße]", ["#東京", "#Straße"]),
        ("[Garten, garten, GARTEN]", ["#Garten"]),
    ],
)
def test_tags_become_valid_hashtags_or_none(place: Place, network: str, tags: str, found: list[str]) -> None:
    on = {"hashtags": "true"} if registry.load(network).style_defaults.get("hashtags") is False else {}
    text = str(said(place, network, post(title="Titel", tags=tags), **on)["text"])
    kept = re.findall(r"#\S+", text)
    assert kept or not registry.load(network).limits.text, "only a letter has none"
    assert kept == found[: len(kept)], "a network may take fewer"


@pytest.mark.parametrize("network", TALKING)
def test_three_pictures_keep_the_text_and_their_own_alts(place: Place, network: str) -> None:
    for name in "abc":
        Image.effect_noise((64, 48), 50).convert("RGB").save(place.root / f"site/images/{name}.jpg")
    text = POST + "".join(f"\n![Bild {name}](/images/{name}.jpg)\n" for name in "abc")
    draft = said(place, network, text, gallery="true")
    alts = ["Ein Hochbeet im Regen", "Bild a", "Bild b", "Bild c"]
    images = draft["images"]
    assert isinstance(images, list)
    if getattr(registry.load(network), "takes_along", None) is False:  # they stay where the text shows them
        assert [image["alt"] for image in images] == alts[:1]
        assert all(f"![{alt}](http" in str(draft["text"]) for alt in alts[1:])
    elif images or draft["card"] is None:  # some networks show either the card or pictures
        assert [image["alt"] for image in images] == alts[: registry.load(network).limits.images.count]
    assert "Grüße aus dem Tal" in str(draft["text"])


@pytest.mark.parametrize("network", ["x", "mastodon", "facebook"])
def test_several_pictures_arrive_as_several(place: Place, network: str) -> None:
    Image.effect_noise((64, 48), 50).convert("RGB").save(place.root / "site/images/b.jpg")
    config = place.config.read_text("utf-8").replace(f"[accounts.{network}]", f"[accounts.{network}]\ngallery = true")
    place.config.write_text(config, "utf-8")
    place.post.write_text(POST + "\n![Bild b](/images/b.jpg)\n", "utf-8")
    assert place.crosspost("publish", str(place.post), "--to", network).code == 0
    (out,) = place.sandbox.posts(network)
    assert [image["alt"] for image in out["images"]] == ["Ein Hochbeet im Regen", "Bild b"]
    assert "Grüße aus dem Tal" in out["text"]


@pytest.mark.parametrize("network", TALKING)
def test_an_alternative_text_is_never_the_file_name(place: Place, network: str) -> None:
    draft = said(place, network, post(title="Titel", thumbnail="/images/beet.jpg"))
    assert "beet" not in str(draft["images"][:1] and draft["images"][0]["alt"])  # type: ignore[index]


def test_a_heavy_thumbnail_is_kept_for_the_post_and_refitted_for_the_card(tmp_path: Path) -> None:
    file = tmp_path / "gross.jpg"
    Image.frombytes("RGB", (1200, 900), Random(3).randbytes(1200 * 900 * 3)).save(file, quality=95)
    assert 1_000_000 < file.stat().st_size < 2_000_000
    assert fit(file, ImageLimits(bytes=2_000_000)).data == file.read_bytes()
    assert len(fit(file, ImageLimits(bytes=1_000_000)).data) <= 1_000_000
