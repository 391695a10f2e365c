"""What a Bluesky server accepts as a post: the lexicon ``app.bsky.feed.post``, with its messages.

Facet offsets beyond the text, unknown embeds and unknown fields are accepted, as by the real server.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from crosspost.sandbox.core import count

POST = "app.bsky.feed.post"
TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_KEY = re.compile(r"[A-Za-z0-9_~.:-]{1,512}")
DATETIME = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d(\.\d{1,20})?(Z|[+-][0-2]\d:[0-5]\d)")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3}|[A-Za-z]{4,8}|i|x)(-[A-Za-z0-9]{1,8})*")
URI = re.compile(r"[A-Za-z0-9_]+:(?://)?[^\s/]\S*")  # not stricter: letters beyond ASCII are accepted
_DID = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]")
_SURROGATE = re.compile("[\ud800-\udfff]")

Check = Callable[[Any, str], None]


class Invalid(Exception):
    """The record or its key is refused; the text is the server's message."""


def check_key(rkey: Any, collection: str = POST, *, tid: bool = True) -> None:
    """Refuse an invalid record key.

    :param tid: whether the collection's lexicon names time stamps as keys, and the server knows it
    :raises Invalid: with the server's message
    """
    if not isinstance(rkey, str) or not _KEY.fullmatch(rkey) or rkey in (".", ".."):
        if isinstance(rkey, str) and len(rkey) > 512:
            raise Invalid(f"string too big (maximum 512, got {len(rkey)}) at $.rkey")
        raise Invalid(f'Invalid record key (got "{rkey}") at $.rkey')
    if tid and not TID.fullmatch(rkey):
        raise Invalid(f'Invalid record key for {collection}: Invalid TID string (got "{rkey}") at $')


def check_values(value: Any, path: str = "$.record") -> None:
    """Refuse fractions anywhere: the data model has integers only.

    :raises Invalid: with the server's message
    """
    if isinstance(value, float):
        kinds = "null, boolean, integer, string, cid, bytes, array or object"
        raise Invalid(f"Expected one of {kinds} value type (got {value:g}) at {path}")
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        check_values(inner, f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}")


def is_datetime(value: Any) -> bool:
    """Whether a value is a time in the form of the lexicons."""
    return isinstance(value, str) and DATETIME.fullmatch(value) is not None


def check_post(record: Any, image_bytes: int) -> None:
    """Refuse an invalid post.

    :param image_bytes: greatest size of a picture in ``app.bsky.embed.images``
    :raises Invalid: with the server's message
    """
    try:
        _post(record, image_bytes)
    except Invalid as error:
        raise Invalid(f"Invalid {POST} record: {error}") from None


def blobs(value: Any) -> Iterator[dict[str, Any]]:
    """Every blob in a record, in order."""
    if isinstance(value, dict):
        if value.get("$type") == "blob":
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from blobs(inner)


def _post(record: Any, image_bytes: int) -> None:
    at = "$.record"
    string(needed(record, "text", at), f"{at}.text", most=3000, graphemes=300)
    matches(DATETIME, "datetime")(needed(record, "createdAt", at), f"{at}.createdAt")
    each(record, "langs", at, 3, matches(_LANGUAGE, "language"))
    each(record, "tags", at, 8, lambda tag, path: string(tag, path, most=640, graphemes=64))
    each(record, "facets", at, 0, _facet)
    if "reply" in record:
        for name in ("root", "parent"):
            reference(needed(record["reply"], name, f"{at}.reply"), f"{at}.reply.{name}")
    if "embed" in record:
        _embed(record["embed"], f"{at}.embed", image_bytes)
    if "labels" in record:
        each(record["labels"], "values", f"{at}.labels", 10, label)


def reference(value: Any, path: str) -> None:
    """A com.atproto.repo.strongRef."""
    if not str(needed(value, "uri", path)).startswith("at://"):
        raise Invalid(f'Invalid at-uri (got "{value["uri"]}") at {path}.uri')
    for key in ("uri", "cid"):
        string(needed(value, key, path), f"{path}.{key}")


def label(value: Any, path: str) -> None:
    """One of a post's own labels."""
    string(needed(value, "val", path), f"{path}.val", most=128)


def _facet(facet: Any, path: str) -> None:
    index = needed(facet, "index", path)
    for name in ("byteStart", "byteEnd"):
        _integer(needed(index, name, f"{path}.index"), f"{path}.index.{name}", 0)
    needed(facet, "features", path)
    each(facet, "features", path, 0, _feature)


def _feature(feature: Any, path: str) -> None:
    kind = str(needed(feature, "$type", path)).rpartition("#")[2]
    if kind == "link":
        matches(URI, "uri")(needed(feature, "uri", path), f"{path}.uri")
    elif kind == "mention":
        did = needed(feature, "did", path)
        if not isinstance(did, str) or not _DID.fullmatch(did):
            raise Invalid(f'Invalid DID (got "{did}") at {path}.did')
    elif kind == "tag":
        string(needed(feature, "tag", path), f"{path}.tag", most=640, graphemes=64)


def _embed(embed: Any, path: str, image_bytes: int) -> None:
    kind = needed(embed, "$type", path)
    if kind == "app.bsky.embed.images":
        needed(embed, "images", path)
        each(embed, "images", path, 4, lambda image, at: _image(image, at, image_bytes))
    elif kind == "app.bsky.embed.external":
        external, at = needed(embed, "external", path), f"{path}.external"
        matches(URI, "uri")(needed(external, "uri", at), f"{at}.uri")
        for name in ("title", "description"):
            string(needed(external, name, at), f"{at}.{name}")
        if "thumb" in external:
            blob(external["thumb"], f"{at}.thumb", 1_000_000)
        each(external, "associatedRefs", at, 0, reference)
    elif kind == "app.bsky.embed.video":
        _video(embed, path)


def _video(embed: Any, path: str) -> None:
    """lexicons/app/bsky/embed/video.json: an MP4 of 100,000,000 bytes, 20 captions of 20,000 bytes each."""
    blob(needed(embed, "video", path), f"{path}.video", 100_000_000, "video/mp4")
    if "alt" in embed:
        string(embed["alt"], f"{path}.alt", most=10_000, graphemes=1000)
    for name in ("width", "height"):
        _integer(needed(embed.get("aspectRatio", {"width": 1, "height": 1}), name, path), f"{path}.aspectRatio", 1)
    each(embed, "captions", path, 20, _captions)


def _captions(value: Any, path: str) -> None:
    string(needed(value, "lang", path), f"{path}.lang")
    blob(needed(value, "file", path), f"{path}.file", 20_000, "text/vtt")


def _image(image: Any, path: str, most: int) -> None:
    blob(needed(image, "image", path), f"{path}.image", most)
    string(needed(image, "alt", path), f"{path}.alt")
    if "aspectRatio" in image:
        for name in ("width", "height"):
            side = needed(image["aspectRatio"], name, f"{path}.aspectRatio")
            _integer(side, f"{path}.aspectRatio.{name}", 1)


def blob(blob: Any, path: str, most: int, kind: str = "image/*") -> None:
    if not isinstance(blob, dict) or blob.get("$type") != "blob":
        raise Invalid(f"Expected blob value type (got {_shown(blob)}) at {path}")
    if not isinstance(needed(needed(blob, "ref", path), "$link", f"{path}.ref"), str):
        raise Invalid(f"Expected blob value type (got {_shown(blob)}) at {path}")
    mime, size = needed(blob, "mimeType", path), needed(blob, "size", path)
    if not str(mime).startswith(kind.rstrip("*")):
        raise Invalid(f'Expected "{kind}" (got "{mime}") at {path}.mimeType')
    _integer(size, f"{path}.size", 0)
    if size > most:
        raise Invalid(f"blob too big (maximum {most}, got {size}) at {path}")


def needed(value: Any, key: str, path: str) -> Any:
    if not isinstance(value, dict):
        raise Invalid(f"Expected object value type (got {_shown(value)}) at {path}")
    if key not in value:
        raise Invalid(f'Missing required key "{key}" at {path}')
    return value[key]


def string(value: Any, path: str, *, most: int = 0, graphemes: int = 0) -> None:
    if not isinstance(value, str):
        raise Invalid(f"Expected string value type (got {_shown(value)}) at {path}")
    size = len(value.encode("utf-8", "surrogatepass"))
    if most and size > most:
        raise Invalid(f"string too big (maximum {most}, got {size}) at {path}")
    if graphemes and (number := count.graphemes(_SURROGATE.sub("\ufffd", value))) > graphemes:
        raise Invalid(f"grapheme too big (maximum {graphemes}, got {number}) at {path}")


def _integer(value: Any, path: str, low: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid(f"Expected integer value type (got {_shown(value)}) at {path}")
    if value < low:
        raise Invalid(f"integer too small (minimum {low}, got {value}) at {path}")


def each(owner: Any, key: str, path: str, most: int, check: Check) -> None:
    """Check each item of an optional list."""
    if not isinstance(owner, dict) or key not in owner:
        return
    items = owner[key]
    if not isinstance(items, list):
        raise Invalid(f"Expected array value type (got {_shown(items)}) at {path}.{key}")
    if most and len(items) > most:
        raise Invalid(f"array too big (maximum {most}, got {len(items)}) at {path}.{key}")
    for number, item in enumerate(items):
        check(item, f"{path}.{key}[{number}]")


def matches(pattern: re.Pattern[str], name: str) -> Check:
    def check(value: Any, path: str) -> None:
        string(value, path)
        if not pattern.fullmatch(value) or (name == "datetime" and value.endswith("-00:00")):
            raise Invalid(f'Invalid {name} (got "{value}") at {path}')

    return check


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, int) else "object" if isinstance(value, dict) else f'"{value}"'
