"""From a post's picture to the bytes an adapter uploads: title cards, framing, and files that are broken."""

from pathlib import Path

import msgspec
import pytest
from pictures import decode, drawing, encode, photo, quarters, write
from PIL import Image

from crosspost.app.preview_model import look
from crosspost.compose import Style
from crosspost.errors import MediaError
from crosspost.model import Abilities, ImageLimits, Picture
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

SQUARE = ImageLimits(count=4, formats=("JPEG",), min_ratio=0.8, max_ratio=1.0, bytes=200_000)


def network(place: Place, **style: object) -> Network:
    made = place.network("mastodon")
    made.style = Style(**style)  # type: ignore[arg-type]  # settings as a test names them
    return made


def test_a_title_card_comes_in_a_format_the_network_takes(place: Place) -> None:
    made = network(place)
    made.limits = msgspec.structs.replace(made.limits, images=SQUARE)
    made.abilities = Abilities(needs_image=True)
    post = msgspec.structs.replace(place.the_post(), thumbnail=None)
    (picture,) = made.draft(post).images
    fitted = made.fitted(picture)
    assert decode(fitted.data).format == "JPEG"
    assert (fitted.width, fitted.height) == (1080, 1350)
    assert fitted.changed[0] == "title card drawn"
    assert made.fitted(picture) is fitted, "it is drawn once"


def test_a_title_no_font_can_draw_is_a_sentence(place: Place) -> None:
    post = msgspec.structs.replace(place.the_post(), thumbnail=None, title="\U0003fff0", site="\U0003fff0")
    assert "goes out without a picture" in network(place, title_card=True).draft(post).warnings[0]


def test_framing_reaches_the_picture(place: Place) -> None:
    made = network(place, shape="crop", focus=(0.0, 0.0))
    made.limits = msgspec.structs.replace(made.limits, images=SQUARE)
    fitted = made.fitted(made.draft(place.the_post()).images[0])
    assert fitted.width == fitted.height == 200
    padded = network(place, background="#00ff00")
    padded.limits = made.limits
    picture = decode(padded.fitted(padded.draft(place.the_post()).images[0]).data)
    assert picture.size == (320, 320)
    assert picture.getpixel((160, 2))[1] > 250


def test_a_broken_picture_is_left_out_or_holds_the_post_back(place: Place) -> None:
    (place.root / "site/images/beet.jpg").write_bytes(b"\xff\xd8 no picture")
    said = network(place).draft(place.the_post())
    assert said.images == ()
    assert any("goes out without a picture" in warning for warning in said.warnings)
    with pytest.raises(MediaError, match="mastodon: held back until its picture is repaired"):
        network(place, on_broken_picture="hold").draft(place.the_post())


def test_one_broken_picture_of_a_gallery_leaves_the_others(place: Place) -> None:
    post = place.the_post()
    broken = Picture(path=str(place.write("site/images/kaputt.jpg", "")), alt="kaputt")
    said = network(place, gallery=True).draft(msgspec.structs.replace(post, images=(*post.images, broken)))
    assert [picture.alt for picture in said.images] == ["Ein Hochbeet im Regen"]
    assert "kaputt.jpg" in said.warnings[-1]


@pytest.mark.parametrize(("name", "format_"), [("a.gif", "GIF"), ("a.png", "PNG"), ("a.webp", "WEBP")])
def test_a_moving_picture_that_comes_to_a_stop_is_told(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, name: str, format_: str
) -> None:
    place = Place(tmp_path, sandbox, networks=("mastodon", "telegram", "misskey", "nostr", "lemmy"), clock=clock)
    frames = [photo(64, 48), drawing(64, 48), quarters(64, 48)]
    data = encode(frames[0], format_, save_all=True, append_images=frames[1:], duration=80)
    moving = Picture(path=str(write(place.root / "site/images", name, data)), url=f"{place.url}/images/{name}", alt="A")
    post = msgspec.structs.replace(place.the_post(), gallery=(moving,))
    told = f"{name} moves, and goes out as a still picture: its first one"
    (said,) = [said for said in network(place, gallery=True).draft(post).warnings if "moves" in said]
    assert said.startswith(told)
    assert ("name it as the post's `video`" if format_ == "GIF" else "save it as an MP4") in said, "it plays videos"
    assert not [said for said in network(place).draft(post).warnings if "moves" in said], "it does not go out"
    for key, is_told in (("telegram", True), ("misskey", True), ("nostr", False), ("lemmy", False)):
        other = place.network(key)
        other.style = Style(gallery=True)
        assert ([said for said in other.draft(post).warnings if said.startswith(told)] != []) is is_told, key


def test_white_on_nothing_is_told_where_it_vanishes(place: Place) -> None:
    logo = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    logo.paste((255, 255, 255, 255), (10, 10, 50, 30))
    logo.save(place.root / "site/images/logo.png")
    file = Picture(path=str(place.root / "site/images/logo.png"), alt="Logo")
    post = msgspec.structs.replace(place.the_post(), thumbnail=file)

    def said(**style: object) -> list[str]:
        made = network(place, **style)
        made.limits = msgspec.structs.replace(made.limits, images=SQUARE)
        return [said for said in made.draft(post).warnings if said.startswith("logo.png shows nothing there")]

    assert len(said()) == 1
    assert said(background="#336699") == []
    assert [told for told in network(place).draft(post).warnings if "shows nothing" in told] == [], "it stays a PNG"


@pytest.mark.parametrize(("format_", "is_told"), [("AVIF", True), ("WEBP", False)])
def test_a_file_that_few_programs_show_is_told_where_its_address_goes_along(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, format_: str, is_told: bool
) -> None:
    place = Place(tmp_path, sandbox, networks=("newsletter",), clock=clock)
    file = write(place.root / "site/images", "neu.bild", encode(photo(64, 48), format_))
    post = msgspec.structs.replace(
        place.the_post(), thumbnail=Picture(path=str(file), url=f"{place.url}/images/neu.bild", alt="A")
    )
    told = [said for said in place.network("newsletter").draft(post).warnings if "neu.bild goes along" in said]
    assert (told != []) is is_told


def test_a_preview_shows_a_mail_whose_picture_is_elsewhere(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = Place(tmp_path, sandbox, networks=("newsletter",), clock=clock)
    entry = place.app.source().entry(place.post)
    elsewhere = Picture(url="https://elsewhere.example/a.jpg", alt="A")
    shown = look(place.network("newsletter"), msgspec.structs.replace(place.the_post(), thumbnail=elsewhere), entry)
    assert (shown.error, shown.pictures) == ("", ())
    assert shown.draft is not None
    assert f"{elsewhere.url} is shown from there, so it is not shown here" in shown.draft.warnings
