"""A message's embeds as Discord takes them (docs.discord.com/developers/resources/message, "Embed Limits")."""

from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlsplit

from crosspost.sandbox.core.http_messages import Malformed
from crosspost.sandbox.core.standin import only
from crosspost.sandbox.networks.discord.markdown import seen

MOST, TITLE, DESCRIPTION, ALL = 10, 256, 4096, 6000
#: a webhook's embed has more fields, which the sandbox does not show
_KNOWN = ("title", "description", "url", "image")


def wrong(embeds: Any, files: Collection[str]) -> str:
    """What Discord would refuse; "" when nothing is wrong.

    :param embeds: the field of a message
    :param files: the names of its attached files
    """
    if not isinstance(embeds, list) or not all(isinstance(one, dict) for one in embeds):
        return "embeds: Only lists of objects are taken."
    if len(embeds) > MOST:
        return f"embeds: Must be {MOST} or fewer in length."
    if sum(len(_text(one, "title")) + len(_text(one, "description")) for one in embeds) > ALL:
        return f"embeds: Embed size exceeds maximum size of {ALL}"
    return next((said for number, one in enumerate(embeds) for said in _wrong(one, f"embeds.{number}", files)), "")


def text_of(embeds: list[dict[str, Any]]) -> str:
    """What readers see of them: titles and texts."""
    return "\n\n".join(seen(said) for one in embeds for key in ("title", "description") if (said := _text(one, key)))


def _wrong(one: dict[str, Any], where: str, files: Collection[str]) -> Iterator[str]:
    if strange := only(one, _KNOWN):
        raise Malformed(f"the sandbox does not know the field {strange[0]} of an embed")
    picture = str((one.get("image") or {}).get("url", ""))
    if not _text(one, "title") and not _text(one, "description") and not picture:
        yield f"{where}: This field is required"
    for key, most in (("title", TITLE), ("description", DESCRIPTION)):
        if len(_text(one, key)) > most:
            yield f"{where}.{key}: Must be {most} or fewer in length."
    if one.get("url") and not _on_the_web(str(one["url"])):
        yield f"{where}.url: Not a well formed URL."
    if picture.startswith("attachment://"):
        if picture.removeprefix("attachment://") not in files:
            yield f"{where}.image.url: there is no attached file of this name"
    elif picture and not _on_the_web(picture):
        yield f"{where}.image.url: Not a well formed URL."


def _text(one: dict[str, Any], key: str) -> str:
    return str(one.get(key) or "").strip()


def _on_the_web(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
