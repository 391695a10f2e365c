"""What a Micropub client sends, as a short post. Pure; see www.w3.org/TR/micropub, checked 2026-11-27.

What cannot be kept is refused by its name, so that nothing is lost in silence; only commands of others (``mp-…``) are
passed over, as the standard wants it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from crosspost.app.editing.new_note import Note
from crosspost.app.editing.typed_moment import FAR
from crosspost.errors import CrosspostError

Properties = Mapping[str, Sequence[Any]]
_TAKEN = ("content", "name", "category", "in-reply-to", "published", "photo", "mp-photo-alt", "mp-syndicate-to")
#: tags of one post, and characters of each
_TAGS, _TAG = 50, 100


class NotUnderstood(CrosspostError):
    """A request that is not a new post, or holds something that cannot be kept."""


def of_form(fields: Sequence[tuple[str, Any]]) -> Properties:
    """The properties of a form; ``category[]`` and ``category`` are the same one.

    :raises NotUnderstood: when it is not about a new entry
    """
    found: dict[str, list[Any]] = {}
    for name, value in fields:
        found.setdefault(name.removesuffix("[]"), []).append(value)
    if "action" in found:
        raise NotUnderstood("only new posts are taken; change and delete them where they are")
    if found.pop("h", ["entry"]) != ["entry"]:
        raise NotUnderstood("only h=entry is taken")
    found.pop("access_token", None)
    return found


def of_json(body: Any) -> Properties:
    """The properties of a JSON body.

    :raises NotUnderstood: when it is not about a new entry
    """
    if not isinstance(body, dict) or "action" in body:
        raise NotUnderstood("only new posts are taken; change and delete them where they are")
    properties = body.get("properties")
    if body.get("type") != ["h-entry"] or not isinstance(properties, dict):
        raise NotUnderstood('a new post has "type": ["h-entry"] and "properties"')
    if not all(isinstance(values, list) for values in properties.values()):
        raise NotUnderstood("every property is a list of values")
    return properties


def note_of(given: Properties, picture: bytes, *, now: datetime, zone: tzinfo) -> Note:
    """The short post.

    :param picture: the bytes of the file that was sent along
    :param zone: of a time without one
    :raises NotUnderstood: for what cannot be kept
    """
    for name in given:
        if name not in _TAKEN and not name.startswith("mp-"):
            raise NotUnderstood(f"{name} is not taken; {', '.join(_TAKEN)} are")
    if given.get("photo") and not picture:
        raise NotUnderstood("a photo is sent along as a file (multipart/form-data), not as an address")
    at = _moment(_one(given, "published"), now, zone)
    return Note(
        text=_text(given),
        title=_one(given, "name"),
        picture=picture,
        alt=_one(given, "mp-photo-alt"),
        accounts=tuple(_texts(given, "mp-syndicate-to")),
        at=at,
        tags=tuple(tag[:_TAG] for tag in _texts(given, "category")[:_TAGS]),
        answers=_one(given, "in-reply-to"),
    )


def _texts(given: Properties, name: str) -> list[str]:
    values = given.get(name, ())
    if not all(isinstance(value, str) for value in values):
        raise NotUnderstood(f"{name} has a value that is not a text")
    return [value for value in values if value.strip()]


def _one(given: Properties, name: str) -> str:
    values = _texts(given, name)
    if len(values) > 1:
        raise NotUnderstood(f"{name} has more than one value")
    return values[0] if values else ""


def _text(given: Properties) -> str:
    values = given.get("content", ())
    if len(values) == 1 and isinstance(values[0], dict):
        html = values[0].get("html")
        if not isinstance(html, str):
            raise NotUnderstood('content is a text, or {"html": "…"}')
        from crosspost import markup
        from crosspost.sources.web.main_text import fragment
        from crosspost.sources.web.nesting import TooDeep

        try:
            return markup.to_text(markup.to_markdown(fragment(html, "")))
        except TooDeep as error:
            raise NotUnderstood(str(error)) from None
    return _one(given, "content")


def _moment(written: str, now: datetime, zone: tzinfo) -> datetime | None:
    """A time to come; None for now, which is when most clients say it was published."""
    if not written:
        return None
    try:
        at = datetime.fromisoformat(written)
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(zone)
        if at > now + FAR:
            raise NotUnderstood("published is more than ten years away")
        return at if at > now else None
    except (ValueError, OverflowError):
        raise NotUnderstood(f"published is not a time: {written[:40]!r}") from None
