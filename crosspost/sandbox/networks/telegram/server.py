"""Parses requests for the Telegram stand-in: parameters, HTML, entities, pictures, and Telegram\'s own counting."""

import json
from html.parser import HTMLParser
from typing import Any

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.http_messages import Malformed, Request
from crosspost.sandbox.core.standin import only
from crosspost.sandbox.networks.telegram import markdown
from crosspost.sandbox.networks.telegram.markdown import units

MAX_ENTITIES = 100
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "a": "text_link",
}
_STYLES = {*_TAGS.values(), "mention", "hashtag", "url", "email", "bot_command", "cashtag", "phone_number"}
_PHOTO_BYTES = 10 * 1024 * 1024

Entities = list[dict[str, Any]]


def params(request: Request) -> dict[str, Any]:
    """The parameters of a call: address, form or JSON; JSON inside a form is parsed."""
    found: dict[str, Any] = dict([*request.query, *request.form])
    if request.kind == "application/json" and request.body:
        found |= request.json
    return found


def structured(fields: dict[str, Any], name: str, kind: type) -> Any:
    """A parameter that is an object or a list, also when it comes as text; an empty one when it is not there.

    :raises Malformed: when it is something else
    """
    value = fields.get(name) or kind()
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise Malformed(f"can't parse {name} JSON object") from None
    if not isinstance(value, kind):
        raise Malformed(f"object expected as {name}" if kind is dict else f"array expected as {name}")
    return value


def true(fields: dict[str, Any], name: str) -> bool:
    """A Boolean parameter: JSON's, or the words of a form."""
    return fields.get(name) is True or str(fields.get(name, "")).lower() in ("true", "yes", "1")


def parsed(fields: dict[str, Any], text: str, entities: str) -> tuple[str, Entities]:
    """Text and entities after parsing, as Telegram counts them.

    :param text: name of the parameter with the text
    :param entities: name of the parameter with the entities
    :raises Malformed: when markup or entities cannot be read
    """
    raw, mode = fields.get(text) or "", str(fields.get("parse_mode") or "")
    if not isinstance(raw, str):
        raise Malformed(f"{text} must be a string")
    if mode.lower() == "html":
        reader = _Html()
        reader.feed(raw)
        reader.close()
        if reader.open:
            raise Malformed(
                f"can't parse entities: can't find end tag corresponding to start tag \"{reader.open[-1][0]}\""
            )
        return _trimmed(reader.text, reader.entities)
    if mode.lower() == "markdownv2":
        read, marked = markdown.read(raw)
        return _trimmed(read, marked)
    if mode:
        raise Malformed(f"unsupported parse_mode: the sandbox reads HTML and MarkdownV2, not {mode}")
    found = structured(fields, entities, list)
    if len(found) > MAX_ENTITIES:
        raise Malformed("too many entities")
    for entity in found:
        _check(entity, units(raw))
    return _trimmed(raw, found)


def _trimmed(text: str, entities: Entities) -> tuple[str, Entities]:
    """The text without space around it; the entities move with it, and entities inside the space are removed."""
    before, whole = units(text) - units(text.lstrip()), units(text.strip())
    kept = []
    for entity in entities:
        start = max(entity["offset"] - before, 0)
        end = min(entity["offset"] + entity["length"] - before, whole)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return text.strip(), kept


def _check(entity: Any, length: int) -> None:
    if not isinstance(entity, dict) or entity.get("type") not in _STYLES:
        raise Malformed("can't parse MessageEntity: unsupported type specified")
    offset, size = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(size, int) or offset < 0 or size < 1 or offset + size > length:
        raise Malformed("ENTITY_BOUNDS_INVALID")


class _Html(HTMLParser):
    """Telegram's HTML: a few tags, everything else refused; only &amp; &lt; &gt; &quot; and numbers as references."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.text = ""
        self.entities: Entities = []
        self.open: list[tuple[str, int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise Malformed(f'can\'t parse entities: unsupported start tag "{tag}" at byte offset {len(self.text)}')
        self.open.append((tag, units(self.text), dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise Malformed(f'can\'t parse entities: unexpected end tag "{tag}"')
        _, start, href = self.open.pop()
        entity: dict[str, Any] = {"type": _TAGS[tag], "offset": start, "length": units(self.text) - start}
        if entity["length"]:
            self.entities.append(entity | ({"url": href} if href else {}))

    def handle_data(self, data: str) -> None:
        if "<" in data or "&" in data:
            raise Malformed("can't parse entities: escape <, > and &")
        self.text += data

    def handle_entityref(self, name: str) -> None:
        known = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}
        self.text += known.get(name, f"&{name};")

    def handle_charref(self, name: str) -> None:
        number = int(name[1:], 16) if name[:1] in "xX" else int(name)
        self.text += chr(number)


def only_known(fields: dict[str, Any], *known: str) -> None:
    """Refuse an unknown parameter, which Telegram ignores, so that mistakes are noticed.

    :raises Malformed: naming it
    """
    if strange := only(fields, known):
        raise Malformed(f"the sandbox does not know the parameter {strange[0]} here")


def photo(request: Request, fields: dict[str, Any]) -> tuple[bytes, tuple[str, int, int]]:
    """The uploaded picture and its shape.

    :raises Malformed: in Telegram's words, when there is none or it is not accepted
    """
    name = str(fields.get("photo") or "").removeprefix("attach://") or "photo"
    file = request.files.get(name)
    if file is None:
        if fields.get("photo"):
            raise Malformed("wrong file identifier/HTTP URL specified (the sandbox takes uploads only)")
        raise Malformed("there is no photo in the request")
    if len(file.data) > _PHOTO_BYTES:
        raise Malformed(f"file of size {len(file.data)} bytes is too big for a photo; the maximum size is 10 MB")
    shape = pictures.shape(file.data)
    if shape is None or shape[0] not in ("JPEG", "PNG", "WEBP", "GIF", "BMP"):
        raise Malformed("IMAGE_PROCESS_FAILED")
    if shape[1] + shape[2] > 10_000 or max(shape[1:]) > 20 * min(shape[1:]):
        raise Malformed("PHOTO_INVALID_DIMENSIONS")
    return file.data, shape
