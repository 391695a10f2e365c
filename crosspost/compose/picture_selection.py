"""Which pictures a post takes along: its thumbnail, those of its text, or a title card; each with its alt text."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

import msgspec

from crosspost.compose.clean import clean, one_line
from crosspost.compose.fit import shorten
from crosspost.compose.measure import UNITS
from crosspost.compose.style import Style
from crosspost.errors import Unsupported
from crosspost.model import Abilities, Draft, Framing, ImageLimits, Limits, Picture, Post, TitleCard
from crosspost.text.lazy_pattern import lazy

_NEVER = date(1970, 1, 1)
NO_ALTS: Mapping[str, str] = MappingProxyType({})
#: how the warning about pictures nobody described begins
NO_ALT = "no alt text for"
#: how the sentence about too many of them ends
PICTURES = " pictures"
#: what editors write into ![…](…) until somebody describes the picture
_PLACEHOLDERS = frozenset(
    ("alt", "alt text", "alternative text", "alternate text", "image", "image alt text", "img", "picture", "photo",
     "bild", "bildbeschreibung", "foto", "untitled", "screenshot", "image.png", "image.jpg", "image.jpeg"),
)  # fmt: skip
#: a name without a word of its own, as cameras and telephones give: IMG_1234, 20260501_101112
_CAMERA = lazy(r"[\d_]")
# 1.91:1 for link previews and timelines, 4:5 where the picture is the post
_LANDSCAPE, _PORTRAIT = (1200, 630), (1080, 1350)


def pictures(
    post: Post, limits: ImageLimits, abilities: Abilities, style: Style, alts: Mapping[str, str] = NO_ALTS
) -> tuple[Picture, ...]:
    """The pictures of a post on one account, at most as many as the network takes.

    :param alts: texts of this account only: the name of a picture's file → its text, "" the first one's
    :raises Unsupported: when ``require_alt`` is set and nobody wrote an alternative text
    """
    if not style.images or limits.count <= 0:
        return ()
    found = [_described(one, alts, first=not n) for n, one in enumerate(_written(post, style)[: limits.count])]
    if not found and (style.title_card or abilities.needs_image) and one_line(post.title):
        found = [_title_card(post, style, _PORTRAIT if abilities.needs_image else _LANDSCAPE)]
    if style.require_alt and abilities.alt_text and (mute := next((p for p in found if not clean(p.alt)), None)):
        raise Unsupported(
            f"{post.path or post.id}: {_name(mute)} has no alt text, and `require_alt` is set: add "
            "`thumbnail_alt` to the front matter, or words between the brackets of ![…](…)."
        )
    return tuple(
        msgspec.structs.replace(picture, alt=cut_alt(picture.alt, limits.alt, limits.alt_unit), framing=framing(style))
        for picture in found
    )


def framing(style: Style) -> Framing:
    """How this account brings pictures to a ratio the network takes."""
    return Framing(shape=style.shape, background=style.background, focus=style.focus)


def too_many(post: Post, limits: ImageLimits, style: Style) -> tuple[str, ...]:
    """What is lost of a gallery that has more pictures than the network takes."""
    wanted = len(_written(post, style)) if style.gallery and style.images and limits.count > 0 else 0
    return (f"{wanted - limits.count} of {wanted}{PICTURES}",) if wanted > limits.count else ()


def only_card(draft: Draft) -> Draft:
    """A draft of a network that shows either pictures or the link's card, with the card alone.

    Several pictures are a gallery, which somebody wanted: that it is not there is told.
    """
    warnings = tuple(said for said in draft.warnings if not said.startswith(NO_ALT))
    lost = draft.lost
    if len(draft.images) > 1:
        others = (said for said in lost if not said.endswith(PICTURES))
        lost = (*others, "the pictures, for the link's card stands in their place")
    return msgspec.structs.replace(draft, images=(), warnings=warnings, lost=lost)


def on_the_web(draft: Draft, todo: str = "") -> Draft:
    """A draft of a network that shows pictures from where they are on the web, without those that are nowhere there.

    :param todo: how such a picture could go along, to be said behind the reason
    """
    shown = tuple(one for one in draft.images if urlsplit(one.url).scheme in ("http", "https"))
    if len(shown) == len(draft.images):
        return draft
    said = f"goes out without a picture: it has no address on the web{todo}"
    lost = {"warnings": (*draft.warnings, said), "lost_pictures": (*draft.lost_pictures, said)}
    return msgspec.structs.replace(draft, images=shown, **lost)


def _written(post: Post, style: Style) -> list[Picture]:
    """The thumbnail, then those the post lists, else those of its text; a picture that stands in both is taken once.

    One that nobody described has the words that the same picture has elsewhere in the post.
    """
    named = [post.thumbnail] if post.thumbnail is not None else []
    found: dict[str, Picture] = {}
    for picture in [*named, *((post.gallery or post.images) if style.gallery else ())]:
        if key := picture.path or picture.url:
            found[key] = found[key] if key in found and _without_a_name(found[key]).alt else picture
    found = {key: _without_a_name(picture) for key, picture in found.items()}
    said = ((image.path or image.url, _without_a_name(image).alt) for image in reversed(post.images))
    words = {key: alt for key, alt in said if alt}
    shown = [
        picture if picture.alt or key not in words else msgspec.structs.replace(picture, alt=words[key])
        for key, picture in found.items()
    ]
    return shown if style.gallery is True else shown[: int(style.gallery) or 1]


def without_words(post: Post, pictures: Iterable[Picture]) -> list[str]:
    """The warnings about the pictures nobody described; for one of a list in the front matter, with its line."""
    lines = {one.path or one.url: line for one, line in zip(post.gallery, post.gallery_lines, strict=False)}
    mute = {one.path or one.url: _name(one) for one in pictures if not clean(one.alt)}
    listed = {key: name for key, name in mute.items() if lines.get(key)}
    others = [name for key, name in mute.items() if key not in listed]
    found = [
        f"{NO_ALT} {name}: add `alt` to it in line {lines[key]} of {post.path}, so that people who cannot see the "
        "picture know it"
        for key, name in listed.items()
    ]
    if others:
        found.append(
            f"{NO_ALT} {', '.join(others)}: add `thumbnail_alt` to the front matter, or words to ![…](…), so "
            "that people who cannot see the picture know it"
        )
    return found


def _name(picture: Picture) -> str:
    return (picture.path or picture.url).rpartition("/")[2]


def _without_a_name(picture: Picture) -> Picture:
    """The picture without an alternative text that tells nothing: the name of its file, or an editor's placeholder."""
    alt = picture.alt.strip().casefold()
    name = unquote(urlsplit(_name(picture)).path).casefold()
    stem = name.rpartition(".")[0]
    says = alt and alt not in _PLACEHOLDERS and alt != name and not (alt == stem and _CAMERA.search(stem))
    return picture if says else msgspec.structs.replace(picture, alt="")


def _described(picture: Picture, alts: Mapping[str, str], *, first: bool) -> Picture:
    alt = alts.get(_name(picture), alts.get("", picture.alt) if first else picture.alt)
    return msgspec.structs.replace(picture, alt=alt)


def _title_card(post: Post, style: Style, size: tuple[int, int]) -> Picture:
    title = one_line(post.title)
    card = TitleCard(
        title=title,
        site=one_line(post.site),
        width=size[0],
        height=size[1],
        background=style.card_background,
        text=style.card_text,
        accent=style.card_accent,
        root=post.root,
        root_url=post.root_url,
    )
    return Picture(drawn=card, alt=title)


def cut_alt(alt: str, most: int, unit: str) -> str:
    """The alternative text, cut at a word where the network takes less.

    :param most: the greatest length in ``unit``; 0: there is none
    """
    alt = clean(alt)
    if not most or len(alt) * 4 <= most:  # no unit counts more than four a character
        return alt
    count, measure = UNITS[unit], Limits(text=most, unit=unit, source="", checked=_NEVER)
    return shorten(alt, lambda text: count(text, measure) <= most, most)
