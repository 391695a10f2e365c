"""Hugo's patterns for paths: ``**`` crosses folders, ``*`` and ``?`` do not, ``{a,b}`` is either."""

import re
from functools import lru_cache


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
