"""The blocks of a post, checked as Tumblr's Neue Post Format has them (tumblr/docs: npf-spec.md, 2024-10)."""

from collections.abc import Iterator
from typing import Any

from crosspost.sandbox.core.standin import only

TEXT, ALT, BLOCKS, IMAGES, LINKS, STORED = 4096, 4096, 1000, 30, 10, 1_000_000
INLINE_LINKS, MENTIONS = 100, 50
SUBTYPES = (
    *("heading1", "heading2", "quirky", "quote", "indented", "chat"),
    *("ordered-list-item", "unordered-list-item"),
)
#: a formatting's type → the field it needs besides its range
FORMATTING = {
    "bold": "", "italic": "", "strikethrough": "", "small": "", "link": "url", "mention": "blog", "color": "hex",
}  # fmt: skip
_BLOCK: dict[str, dict[str, type | tuple[type, ...]]] = {
    "text": {"text": str, "subtype": str, "formatting": list, "indent_level": int},
    "link": {"url": str, "title": str, "description": str, "author": str, "site_name": str, "poster": list},
    "image": {"media": (list, dict), "alt_text": str, "caption": str},
}
_MEDIA = ("type", "identifier", "url", "width", "height")


def mistakes(content: Any) -> Iterator[str]:
    """What is wrong with a post's blocks, in words."""
    if not isinstance(content, list) or not 1 <= len(content) <= BLOCKS:
        yield f"content is a list of 1 to {BLOCKS} blocks"
        return
    for block in content:
        yield from _of_block(block)
    kinds = [block.get("type") for block in content if isinstance(block, dict)]
    if kinds.count("image") > IMAGES or kinds.count("link") > LINKS:
        yield f"at most {IMAGES} images and {LINKS} links"
    formats = [one for block in content if isinstance(block, dict) for one in _formatting(block)]
    for kind, most in (("link", INLINE_LINKS), ("mention", MENTIONS)):
        if sum(one.get("type") == kind for one in formats) > most:
            yield f"at most {most} of {kind}"


def media_of(block: dict[str, Any]) -> list[Any]:
    """An image's media: a list, or the one object that Tumblr's own client sends."""
    media = block.get("media")
    return media if isinstance(media, list) else [media]


def _of_block(block: Any) -> Iterator[str]:
    kind = block.get("type") if isinstance(block, dict) else None
    if not isinstance(kind, str) or kind not in _BLOCK:
        yield "an unknown block"
        return
    fields = _BLOCK[kind]
    if strange := only(block, ("type", *fields)):
        yield f"the block {kind} has no field {strange[0]}"
    for name, wanted in fields.items():
        if name in block and (not isinstance(block[name], wanted) or isinstance(block[name], bool)):
            yield f"{name} of the block {kind} is of another type"
            return
    yield from {"text": _text, "link": _link, "image": _image}[kind](block)


def _text(block: dict[str, Any]) -> Iterator[str]:
    if not isinstance(block.get("text"), str) or len(block["text"]) > TEXT:
        yield f"a text has at most {TEXT} characters"
        return
    if block.get("subtype", SUBTYPES[0]) not in SUBTYPES:
        yield "an unknown subtype"
    for one in _formatting(block):
        kind, start, end = one.get("type"), one.get("start"), one.get("end")
        if not isinstance(kind, str) or kind not in FORMATTING:
            yield "an unknown formatting"
        elif FORMATTING[kind] and not one.get(FORMATTING[kind]):
            yield f"the formatting {kind} needs {FORMATTING[kind]}"
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(block["text"]):
            yield "a formatting lies within the text, in code points"


def _link(block: dict[str, Any]) -> Iterator[str]:
    if not str(block.get("url", "")).startswith(("http://", "https://")):
        yield "a link has a url"


def _image(block: dict[str, Any]) -> Iterator[str]:
    media = media_of(block)
    if not media or not all(isinstance(one, dict) and not only(one, _MEDIA) for one in media):
        yield "an image has media: objects with type, identifier or url, width and height"
    elif any(type(one.get(name, 0)) is not int for one in media for name in ("width", "height")):
        yield "width and height are numbers"
    if len(block.get("alt_text", "")) > ALT:
        yield f"alt_text has at most {ALT} characters"


def _formatting(block: dict[str, Any]) -> list[dict[str, Any]]:
    found = block.get("formatting")
    return [one if isinstance(one, dict) else {} for one in found] if isinstance(found, list) else []
