"""Which pictures go along, with which words; what is told of those that nobody described or that stay behind."""

from typing import Any

import msgspec
import pytest

from crosspost.compose import Style
from crosspost.compose.picture_selection import cut_alt, on_the_web, only_card, pictures, too_many, without_words
from crosspost.model import Abilities, ImageLimits, Picture, Post
from tests.compose.drafts import POST, draft

HINT = "so that people who cannot see the picture know it"
WEB, FILE = Picture(url="https://e.org/a.jpg", alt="A"), Picture(path="/s/b.jpg", alt="B")


def post(**changes: Any) -> Post:
    return msgspec.structs.replace(POST, **changes)


def told(*found: Picture, **changes: Any) -> list[str]:
    return without_words(post(path="p.md", **changes), found)


def test_each_picture_of_a_list_without_words_has_its_line_and_the_others_share_a_sentence() -> None:
    mute = [Picture(path=f"/s/{name}.jpg") for name in "abcd"]
    web = Picture(url="https://e.org/x/e.png", alt=" ")
    found = told(*mute, web, WEB, gallery=(mute[1], mute[3], WEB), gallery_lines=(0, 7, 8))
    assert found == [
        f"no alt text for d.jpg: add `alt` to it in line 7 of p.md, {HINT}",
        "no alt text for a.jpg, b.jpg, c.jpg, e.png: add `thumbnail_alt` to the front matter, or words to ![…](…), "
        f"{HINT}",
    ]
    assert told(WEB, FILE) == []


def test_a_picture_nobody_described_has_the_words_of_its_first_place_in_the_text() -> None:
    text = (Picture(path="/s/b.jpg", alt="zuerst"), Picture(path="/s/b.jpg", alt="dann"), Picture(path="/s/c.jpg"))
    thumbnail = Picture(path="/s/b.jpg")
    (shown,) = pictures(post(thumbnail=thumbnail, images=text), ImageLimits(count=4), Abilities(), Style())
    assert (shown.path, shown.alt) == ("/s/b.jpg", "zuerst")


@pytest.mark.parametrize(
    ("first", "then", "words"), [("", "dann", "dann"), ("zuerst", "dann", "zuerst"), ("zuerst", "", "zuerst")]
)
def test_a_picture_that_stands_twice_is_shown_once_with_words_that_somebody_wrote(
    first: str, then: str, words: str
) -> None:
    listed = (Picture(url="https://e.org/a.jpg", alt=first), Picture(url="https://e.org/a.jpg", alt=then))
    found = pictures(post(gallery=listed), ImageLimits(count=4), Abilities(), Style(gallery=True))
    assert [(one.url, one.alt) for one in found] == [("https://e.org/a.jpg", words)]


def test_the_words_an_account_has_for_a_picture_go_before_the_posts() -> None:
    both = post(thumbnail=WEB, images=(FILE,))
    alts = {"b.jpg": "für b", "": "für die erste"}
    found = pictures(both, ImageLimits(count=4), Abilities(), Style(gallery=True), alts)
    assert [one.alt for one in found] == ["für die erste", "für b"]
    found = pictures(both, ImageLimits(count=4), Abilities(), Style(gallery=True), {"a.jpg": "mit Namen", "": "ohne"})
    assert [one.alt for one in found] == ["mit Namen", "B"]


@pytest.mark.parametrize(("count", "images", "shown"), [(0, True, 0), (1, True, 1), (2, True, 2), (2, False, 0)])
def test_only_as_many_pictures_as_the_network_takes(count: int, images: bool, shown: int) -> None:
    both, style = post(thumbnail=WEB, images=(FILE,)), Style(gallery=True, images=images)
    assert len(pictures(both, ImageLimits(count=count), Abilities(), style)) == shown
    lost = too_many(both, ImageLimits(count=count), style)
    assert lost == (("1 of 2 pictures",) if shown == 1 else ()), "where none are wanted or taken, none are lost"


@pytest.mark.parametrize(("title", "wanted", "needed", "drawn"), [
    ("Titel", False, False, None), ("Titel", True, False, (1200, 630)), ("Titel", False, True, (1080, 1350)),
    ("Titel", True, True, (1080, 1350)), (" ", True, True, None),
])  # fmt: skip
def test_a_title_card_is_drawn_where_it_is_wanted_or_needed(
    title: str, wanted: bool, needed: bool, drawn: tuple[int, int] | None
) -> None:
    colours = {"card_background": "#000001", "card_text": "#000002", "card_accent": "#000003"}
    bare = post(title=title, site="Das\nTal", root="/s", root_url="https://e.org")
    style = Style(title_card=wanted, shape="crop", focus=(0.1, 0.2), background="#000004", **colours)  # type: ignore[arg-type]
    found = pictures(bare, ImageLimits(count=1), Abilities(needs_image=needed), style)
    if drawn is None:
        assert found == ()
        return
    (card,) = found
    assert card.drawn is not None
    assert msgspec.structs.astuple(card.drawn) == (
        "Titel", "Das Tal", *drawn, "#000001", "#000002", "#000003", "/s", "https://e.org"
    )  # fmt: skip
    assert (card.alt, *msgspec.structs.astuple(card.framing)) == ("Titel", "crop", "#000004", (0.1, 0.2))


@pytest.mark.parametrize(
    ("most", "unit", "cut"),
    [
        (0, "code-points", "Ein Beet im Regen"), (17, "code-points", "Ein Beet im Regen"),
        (16, "code-points", "Ein Beet…"), (9, "code-points", "Ein Beet…"), (8, "code-points", "Ein…"),
        (23, "utf-8", "Ein Beet im Regen"), (16, "utf-8", "Ein Beet…"), (10, "utf-8", "Ein…"),
        (4, "utf-8", "E…"), (3, "utf-8", ""),
    ],
)  # fmt: skip
def test_alternative_texts_are_cut_at_a_word_in_the_networks_unit(most: int, unit: str, cut: str) -> None:
    assert cut_alt("Ein Beet im\x07 Regen ", most, unit) == cut


def test_where_bytes_count_an_emoji_counts_four() -> None:
    assert [cut_alt("🌱🌱🌱", most, "utf-8") for most in (12, 11)] == ["🌱🌱🌱", "🌱 …"]


# ── networks that show the card, or only pictures that are on the web ─────────────────────────────────────────────────


def test_a_gallery_for_which_the_card_stands_is_lost_and_one_picture_is_not() -> None:
    mute = tuple(Picture(path=f"/s/{name}.jpg") for name in "abcdef")
    said = draft(style=Style(gallery=True), thumbnail=mute[0], images=mute, tags=("C++",), warnings=("Achtung",))
    assert said.lost == ("the tag “C++”, which cannot be a hashtag here", "2 of 6 pictures")
    card = only_card(said)
    why = "the pictures, for the link's card stands in their place"
    assert (card.images, card.lost, card.warnings) == ((), (said.lost[0], why), ("Achtung",))
    alone = draft(thumbnail=mute[0], tags=("C++",))
    assert only_card(alone) == msgspec.structs.replace(alone, images=(), warnings=())


def test_a_picture_that_is_nowhere_on_the_web_is_told_with_what_to_do() -> None:
    both = draft(style=Style(gallery=True), thumbnail=WEB, images=(FILE,), warnings=("w",), lost_pictures=("p",))
    assert [one.url for one in both.images] == ["https://e.org/a.jpg", ""]
    said = "goes out without a picture: it has no address on the web; do this"
    found = on_the_web(both, "; do this")
    assert found == msgspec.structs.replace(
        both, images=both.images[:1], warnings=("w", said), lost_pictures=("p", said)
    )
    assert on_the_web(both).warnings[-1] == said.removesuffix("; do this")
    assert on_the_web(found) == found
    plain = msgspec.structs.replace(found, images=(Picture(url="http://e.org/a.jpg"),))
    assert on_the_web(plain) == plain


@pytest.mark.parametrize(
    ("path", "alt", "says"),
    [
        ("/s/IMG_1234.JPG", "IMG_1234.jpg", False),
        ("/s/IMG_1234.JPG", "img_1234", False),
        ("/s/Ein%20Beet.jpg", "Ein Beet.jpg", False),
        ("/s/a.jpg", " Image ", False),
        ("/s/a.jpg", "alt text", False),
        ("/s/sonnenblume.jpg", "Sonnenblume", True),
        ("/s/a.jpg", "The file b.jpg, opened", True),
        ("/s/a.jpg", "An image of a bed", True),
    ],
)
def test_the_name_of_a_file_is_no_alternative_text(path: str, alt: str, says: bool) -> None:
    for given in ({"thumbnail": Picture(path=path, alt=alt)}, {"images": (Picture(path=path, alt=alt),)}):
        found = pictures(post(**given), ImageLimits(count=4), Abilities(), Style(gallery=True))
        shown = [one for one in found if one.path == path]
        assert [one.alt for one in shown] == [alt.strip() if says else ""]


def test_words_from_the_text_replace_the_name_of_a_file() -> None:
    named, worded = Picture(path="/s/b.jpg", alt="b.jpg"), Picture(path="/s/b.jpg", alt="Ein Beet")
    for images in ((worded,), (named, worded)):
        (shown,) = pictures(post(thumbnail=named, images=images), ImageLimits(count=4), Abilities(), Style())
        assert shown.alt == "Ein Beet"
