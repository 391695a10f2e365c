"""Picks the pictures of a post's text that can represent it: not badges, tracking pixels, emoji or icons."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from crosspost.markup.inline import html_tree
from crosspost.model import Picture
from crosspost.sources.site_files import SiteFiles
from crosspost.text.lazy_pattern import lazy

#: pixels of the shorter side; anything smaller is an icon, a divider or a tracking pixel
SMALLEST = 100

_IMG = lazy(r"<img\b[^<>]{0,2000}>", re.IGNORECASE)
_SOURCE = lazy(
    r"!\[[^\]\n]{0,500}\]\(\s*<?((?>\{\{[^}\n]{0,300}\}\}|[^)\s>]){1,1000})"
    r"|<img\b[^<>]{0,2000}?\bsrc=[\"']((?>\{\{[^}\n]{0,300}\}\}|[^\"'<>]){1,1000})",
    re.IGNORECASE,
)
_NUMBER = lazy(r"\s*(\d+)\s*(?:px)?\s*\Z")
# no network accepts SVG drawings, and icons are not pictures of a post
_NEVER = lazy(r"\.(?:svg|ico|cur)\Z", re.IGNORECASE)
_BADGES = lazy(
    r"(?:^|[./])(?:shields\.io|badgen\.net|badge\.fury\.io|codecov\.io|coveralls\.io|travis-ci\.(?:org|com)|circleci\.com"
    r"|readthedocs\.org|app\.netlify\.com|api\.star-history\.com)(?:$|[/:])"
    r"|/(?:badges?|buttons?|emojis?|smil(?:ies|eys?)|icons?|favicons?|twemoji)/|badge[^/]*\Z",
    re.IGNORECASE,
)
_COUNTERS = lazy(
    r"(?:^|\.)(?:vgwort\.de|doubleclick\.net|google-analytics\.com|statcounter\.com|goatcounter\.com|gravatar\.com"
    r"|feedburner\.com|feedsportal\.com|pixel\.wp\.com|stats\.wordpress\.com|hits\.[a-z.]+|visitor-badge\.[a-z.]+)\Z"
    r"|(?:^|\.)pixel\.",
    re.IGNORECASE,
)
_COUNTING_PATH = lazy(r"/(?:pixel|tracking|tracker|count(?:er)?|matomo|piwik|blank|spacer)\b[^/]*\Z", re.IGNORECASE)


class ShownPicture(NamedTuple):
    """A picture of a text: its address as written, and whether it is only on the web."""

    written: str
    picture: Picture
    elsewhere: bool


def candidates(body: str, pictures: list[ShownPicture]) -> Iterator[Picture]:
    """The pictures of a text that can represent the post, in order.

    A picture on the web is judged by its address only; its size is checked when it is downloaded.

    :param body: the text, for the sizes it declares
    """
    little = _declared_little(body)
    for written, picture, elsewhere in pictures:
        if written in little or not plausible(picture.url or picture.path):
            continue
        if elsewhere or (picture.path and large_enough(picture.path)):
            yield picture


def missing(pictures: list[ShownPicture], files: SiteFiles) -> list[str]:
    """Complaints about the pictures of a text that are not there, for a post that has no other."""
    return [
        f"the text shows a picture that is not there: {files.missing(unquote(written))}"
        for written, picture, elsewhere in pictures
        if not elsewhere and not picture.path and plausible(picture.url)
    ]


def addresses(body: str) -> list[str]:
    """The addresses of a text's pictures, found quickly without parsing Markdown, so including those in code."""
    return [markdown or html for markdown, html in _SOURCE.findall(body)]


def large_enough(path: str) -> bool:
    """Whether a file is a readable picture and not an icon; only its header is read."""
    from PIL import Image

    try:
        with Image.open(path, formats=("JPEG", "PNG", "GIF", "WEBP", "AVIF")) as image:
            return min(image.size) >= SMALLEST
    except Exception:  # a damaged file may raise anything in a decoder; it is not a usable picture
        return False


def plausible(address: str) -> bool:
    """Whether an address may be that of a picture for a post."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if _NEVER.search(parts.path) or _COUNTERS.search(host) or _COUNTING_PATH.search(parts.path):
        return False
    return not _BADGES.search(host + parts.path)


def _declared_little(body: str) -> set[str]:
    """Addresses of pictures that the text displays at a small size or marks as emoji."""
    little = set()
    for tag in _IMG.findall(body):
        from crosspost.markup.shown_address import shown_address  # few texts have HTML

        for node in html_tree(tag).css("img"):
            sizes = [_NUMBER.match(node.attributes.get(side) or "") for side in ("width", "height")]
            small = any(size is not None and int(size[1]) < SMALLEST for size in sizes)
            if small or "emoji" in (node.attributes.get("class") or ""):
                little.add(shown_address(node.attributes))
    return little
