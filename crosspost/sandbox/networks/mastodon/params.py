"""The parameters of a request to Mastodon, as Rails reads them out of a form."""

import re
from typing import Any

from crosspost.sandbox.core.http_messages import Malformed, Request


def params(request: Request) -> dict[str, Any]:
    """The parameters of a request, from JSON or a form, as Rails reads them: ``name[]`` collects a list, ``name[key]``
    an object, ``name[][key]`` a list of objects. ``True`` and ``False`` are text.
    """
    if request.kind == "application/json":
        return request.json
    found: dict[str, Any] = {}
    for name, value in [*request.query, *request.form]:
        outer, *keys = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name) or [name]
        if len(keys) > 30:
            raise Malformed("Invalid query parameters: exceeded available parameter key space")
        _set(found, outer, keys, value)
    return found


def _set(owner: dict[str, Any], name: str, keys: list[str], value: str) -> None:
    """Put ``value`` where ``keys`` lead below ``owner[name]``; "" stands for the next item of a list."""
    if not keys:
        owner[name] = value
    elif keys[0]:
        inner = owner.setdefault(name, {})
        if isinstance(inner, dict):
            _set(inner, keys[0], keys[1:], value)
    else:
        items = owner.setdefault(name, [])
        if not isinstance(items, list):
            return
        if len(keys) == 1:
            items.append(value)
        else:
            if not items or not isinstance(items[-1], dict) or keys[1] in items[-1]:
                items.append({})  # a key that is there already begins the next object
            _set(items[-1], keys[1], keys[2:], value)
