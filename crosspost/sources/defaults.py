"""The ``defaults:`` of ``_config.yml`` and how Jekyll merges a post's data.

Source: https://jekyllrb.com/docs/configuration/front-matter-defaults/ and builds of Jekyll 3.9.3 and 4.3.1.
"""

import fnmatch
from typing import Any

Data = dict[str, Any]

_OLD_TYPES = {"post": "posts", "page": "pages", "draft": "drafts"}


def merged(below: Data, above: Data) -> Data:
    """Merge two mappings deeply; ``above`` takes precedence, but an empty value does not hide one in ``below``."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = merged(old, value)
        elif value is not None or key not in result:
            result[key] = value
    return result


def defaults_for(sets: Any, path: str, collections_dir: str = "", *, jekyll4: bool) -> Data:
    """The default values for one post.

    :param sets: the ``defaults`` of ``_config.yml``; invalid sets are ignored
    :param path: the post's file relative to the site, with ``/``
    :param collections_dir: the folder of all collections, which is not part of either path
    """
    below = f"{collections_dir}/" if collections_dir else ""
    path = path.removeprefix(below)
    result: Data = {}
    strongest: Data | None = None
    for default in sets if isinstance(sets, list) else []:
        if not isinstance(default, dict) or not isinstance(default.get("values"), dict):
            continue
        scope = default.get("scope")
        scope = scope if isinstance(scope, dict) else {}
        if not _applies(scope, path, below, jekyll4=jekyll4):
            continue
        if strongest is None or _precedes(strongest, scope):
            result, strongest = merged(result, default["values"]), scope
        else:
            result = merged(default["values"], result)
    return result


def _applies(scope: Data, path: str, below: str, *, jekyll4: bool) -> bool:
    kind = scope.get("type")
    if kind is not None and _OLD_TYPES.get(str(kind), kind) != "posts":
        return False
    wanted = _clean(scope).removeprefix(below)
    if not wanted:
        return True
    if "*" in wanted:
        parts = path.split("/")
        return any(fnmatch.fnmatchcase("/".join(parts[:end]), wanted) for end in range(1, len(parts) + 1))
    if jekyll4:
        return path.startswith(wanted)
    return path == wanted or path.startswith(wanted.rstrip("/") + "/")


def _precedes(old: Data, new: Data) -> bool:
    """Say whether ``new`` is the more specific scope: the longer path, then the one with a type, then the later."""
    old_length, new_length = len(_clean(old)), len(_clean(new))
    if old_length != new_length:
        return new_length > old_length
    return "type" in new or "type" not in old


def _clean(scope: Data) -> str:
    return str(scope.get("path") or "").removeprefix("/")
