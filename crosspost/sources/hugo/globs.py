"""Hugo's patterns for paths: ``**`` crosses folders, ``*`` and ``?`` do not, ``{a,b}`` is either.

Also the languages that ``sites`` names (https://gohugo.io/content-management/front-matter/#sites, since 0.153).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=256)
def pattern(glob: str) -> re.Pattern[str]:
    """What matches a path as this pattern does; one that cannot be understood matches itself only."""
    parts = []
    for piece in re.findall(r"\*\*|[*?{},]|[^*?{},]+", glob[:500]):
        special = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|" if "{" in glob else ","}
        parts.append(special.get(piece) or re.escape(piece))
    try:
        return re.compile("".join(parts))
    except re.error:
        return re.compile(re.escape(glob))


def fits(globs: Iterable[str], text: str) -> bool:
    """Whether a text matches one of the patterns, if there are any, and none of those that begin with ``!``."""
    said = [one.strip().lower() for one in globs]
    but = [one[1:].strip() for one in said if one.startswith("!")]
    only = [one for one in said if not one.startswith("!")]
    return not any(pattern(one).fullmatch(text) for one in but) and (
        not only or any(pattern(one).fullmatch(text) for one in only)
    )


def languages_of(sites: Any) -> list[str]:
    """The patterns for languages in a value of ``sites``; none where it does not say."""
    found = sites
    for name in ("matrix", "languages"):
        found = (
            next((value for key, value in found.items() if str(key).lower() == name), None)
            if isinstance(found, dict)
            else None
        )
    several = found if isinstance(found, list) else [found]
    return [one for one in several if isinstance(one, str) and one]
