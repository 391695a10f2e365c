"""Which file of the site a network may fetch: the post's own where it fits, else a copy with a name both sides know."""

import re
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from crosspost.errors import MediaError
from crosspost.media import Variant, public
from crosspost.model import Framing, ImageLimits, Picture, TitleCard

LIMITS = ImageLimits(
    count=1, formats=("JPEG",), bytes=60_000, min_width=320, max_width=1440, min_ratio=0.8, max_ratio=1.91
)


def saved(folder: Path, name: str = "Bild 1 – 🎪.jpg", size: tuple[int, int] = (640, 480), **more: object) -> Picture:
    path = folder / name
    Image.effect_noise(size, 3).convert("RGB").save(path, **more)  # type: ignore[arg-type]  # what Pillow takes
    return Picture(path=str(path), url="https://example.org/blog/Bild%201%20%E2%80%93%20%F0%9F%8E%AA.jpg?v=2", alt="x")


def found(picture: Picture, **more: str) -> Variant:
    return public(picture, LIMITS, network="instagram", **more)  # type: ignore[arg-type]  # texts are what it takes


def test_a_file_that_fits_is_used_where_it_is(tmp_path: Path) -> None:
    picture = saved(tmp_path)
    variant = found(picture)
    assert (variant.own, variant.missing, variant.path, variant.url) == (True, False, picture.path, picture.url)


@pytest.mark.parametrize(
    "how",
    [
        {"size": (300, 300)},
        {"size": (1600, 1200)},
        {"size": (640, 100)},
        {"quality": 100, "size": (1000, 1000)},
        {"format": "PNG"},
        {"format": "MPO", "save_all": True, "append_images": [Image.new("RGB", (640, 480))]},
        {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"},
        {"comment": b"x" * 60_000},
    ],
    ids=["small", "large", "flat", "heavy", "PNG", "MPO", "lying on its side", "heavy with what is personal"],
)
def test_any_other_has_a_copy_beside_it(tmp_path: Path, how: dict[str, object]) -> None:
    variant = found(saved(tmp_path, **how))  # type: ignore[arg-type]  # a name, a size, what Pillow takes
    assert (variant.own, variant.missing) == (False, True)
    assert re.fullmatch(r"[0-9a-f]{16}-instagram\.jpg", Path(variant.path).name)
    assert variant.url == f"https://example.org/blog/crosspost/{Path(variant.path).name}"
    variant.write()
    assert not variant.missing
    assert [file.name for file in Path(variant.path).parent.iterdir()] == [Path(variant.path).name]
    with Image.open(variant.path) as image:
        assert (image.format, 320 <= image.width <= 1440) == ("JPEG", True)
        assert 0.8 <= image.width / image.height <= 1.911
    assert Path(variant.path).stat().st_size <= LIMITS.bytes
    again = public(Picture(path=variant.path, url=variant.url), LIMITS, network="instagram")
    assert again.own, "a fitted picture fits"


def test_the_name_follows_from_file_and_recipe_only(tmp_path: Path) -> None:
    picture = saved(tmp_path, size=(300, 900))
    name = found(picture).path
    assert found(picture).path == name
    (tmp_path / "neu").mkdir()
    twin = tmp_path / "neu" / Path(picture.path).name
    twin.write_bytes(Path(picture.path).read_bytes())
    assert Path(found(msgspec.structs.replace(picture, path=str(twin), alt="y")).path).name == Path(name).name
    framings = (Framing(shape="crop"), Framing(background="black"), Framing(shape="crop", focus=(0.2, 0.5)))
    others = {found(msgspec.structs.replace(picture, framing=framing)).path for framing in framings}
    others |= {public(picture, msgspec.structs.replace(LIMITS, max_width=1000), network="instagram").path}
    saved(tmp_path, size=(301, 900))
    others |= {found(picture).path}
    assert len(others | {name}) == 6


def test_the_folder_is_a_setting(tmp_path: Path) -> None:
    variant = found(saved(tmp_path, size=(300, 900)), folder="quer")
    assert Path(variant.path).parent == tmp_path / "quer"
    assert "/blog/quer/" in variant.url


@pytest.mark.parametrize("folder", ["", "_crosspost", ".hidden", "../up", "a/b", "a b"])
def test_a_folder_that_would_not_be_served_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(MediaError, match="folder"):
        found(saved(tmp_path), folder=folder)


def test_a_picture_without_an_address_is_reported(tmp_path: Path) -> None:
    picture = saved(tmp_path)
    for odd in ({"url": ""}, {"path": ""}, {"url": "https://example.org/media/1234"}):
        with pytest.raises(MediaError, match=r"address|that readers can open"):
            found(msgspec.structs.replace(picture, **odd))


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    variant = found(saved(tmp_path, size=(300, 900)))
    (tmp_path / "crosspost").write_text("a file where the folder should be")
    with pytest.raises(MediaError, match="cannot be written"):
        variant.write()


CARD = TitleCard(
    title="Grüße aus dem Tal", width=1080, height=1350, background="#1f2937", text="white", accent="#f59e0b"
)


def test_a_title_card_is_a_file_of_the_site_whose_name_follows_from_what_is_drawn(tmp_path: Path) -> None:
    def card(root: Path, title: str = CARD.title) -> Variant:
        drawn = msgspec.structs.replace(CARD, title=title, root=str(root), root_url="https://example.org/blog")
        return found(Picture(drawn=drawn, alt=title))

    variant = card(tmp_path)
    assert (variant.own, variant.missing) == (False, True)
    assert Path(variant.path).parent == tmp_path / "crosspost"
    assert variant.url == f"https://example.org/blog/crosspost/{Path(variant.path).name}"
    variant.write()
    with Image.open(variant.path) as image:
        assert (image.format, image.width / image.height) == ("JPEG", 0.8)
    assert Path(card(tmp_path / "elsewhere").path).name == Path(variant.path).name
    assert Path(card(tmp_path, "Anders").path).name != Path(variant.path).name


def test_a_title_card_of_no_site_is_reported() -> None:
    with pytest.raises(MediaError, match="title card has no address on the web"):
        found(Picture(drawn=CARD, alt="x"))
