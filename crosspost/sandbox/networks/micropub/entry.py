"""What a post on the stand-in may have (www.w3.org/TR/micropub, 3.3.2)."""

import re
from typing import Any

from crosspost.sandbox.core.http_messages import Malformed, Request
from crosspost.sandbox.core.standin import only

#: where the website passes posts on
COPIES = ({"uid": "https://social.example/@verein", "name": "social.example"},)
_KNOWN = ("name", "content", "category", "photo", "mp-slug", "mp-syndicate-to", "mp-photo-alt")


def before(home: str) -> dict[str, Any]:
    """A post that was there before the sandbox."""
    told = {"content": ["Hallo!"], "published": ["2020-02-02T12:00:00+00:00"], "url": [f"{home}/hallo"]}
    return {"type": ["h-entry"], "properties": told}


def checked(given: Any, request: Request, *, changes: bool) -> dict[str, list[Any]]:
    """The properties, every one a list of values of its kind.

    :param changes: whether they replace what is there; then a list may be empty
    """
    if not isinstance(given, dict) or not all(isinstance(values, list) for values in given.values()):
        raise Malformed("every property is a list of values")
    if strange := only(given, _KNOWN):
        raise Malformed(f"the sandbox does not know {strange[0]}")
    if not changes and (not given.get("content") or not all(given.values())):
        raise Malformed("content is missing, or a property has no value")
    if changes and any(name.startswith("mp-") for name in given):
        raise Malformed("commands are for new posts")
    for name, values in given.items():
        if len(values) > 1 and name in ("name", "content", "mp-slug"):
            raise Malformed(f"{name} has more than one value")
        if not all(_is(name, value, request) for value in values):
            raise Malformed(f"{name} has a value that cannot be used")
    known = [copy["uid"] for copy in COPIES]
    if strange := only(given.get("mp-syndicate-to", ()), known):
        raise Malformed(f"mp-syndicate-to: {strange[0]} is not offered")
    return given


def _is(name: str, value: Any, request: Request) -> bool:
    """Whether a value is one of this property."""
    if name == "content" and isinstance(value, dict):
        return set(value) == {"html"} and isinstance(value["html"], str) and bool(value["html"].strip())
    if name == "photo":
        known = isinstance(value, dict) and set(value) == {"value", "alt"} and isinstance(value["alt"], str)
        address = value["value"] if known else value
        return isinstance(address, str) and bool(re.match(rf"https?://|{re.escape(request.base_url)}/", address))
    if name == "mp-slug":
        return isinstance(value, str) and bool(re.fullmatch(r"[\w-]{1,80}", value))
    return isinstance(value, str) and bool(value.strip())
