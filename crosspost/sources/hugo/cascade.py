"""What a page inherits: the ``cascade`` of the sections above it and of the configuration.

Source: https://gohugo.io/content-management/front-matter/#cascade, checked 2026-11-26.
"""

import re
from functools import lru_cache
from typing import Any

from crosspost.sources.hugo.content import ContentFile
from crosspost.sources.hugo.front_matter import lowered

Data = dict[str, Any]


def inherited(file: ContentFile, above: list[Any]) -> Data:
    """The values for one page.

    :param above: the ``cascade`` values as written, closest section first, the configuration's last
    """
    found: Data = {}
    for cascade in above:
        for one in cascade if isinstance(cascade, list) else [cascade]:
            if isinstance(one, dict) and _applies(one, file):
                values = {key: value for key, value in lowered(one).items() if key not in ("_target", "target")}
                found = {**values, **found}
    return found


def _applies(cascade: Data, file: ContentFile) -> bool:
    low = {str(key).lower(): value for key, value in cascade.items()}
    target = low.get("target", low.get("_target"))
    if not isinstance(target, dict):
        return True
    wanted = {str(key).lower(): str(value) for key, value in target.items() if isinstance(value, str | int)}
    kind = "section" if file.section else "page"
    facts = {"path": file.logical, "kind": kind, "lang": file.language.code, "environment": "production"}
    return all(_pattern(wanted[key].lower()).fullmatch(fact) for key, fact in facts.items() if key in wanted)


@lru_cache(maxsize=256)
def _pattern(glob: str) -> re.Pattern[str]:
    """Hugo's globs: ``**`` crosses folders, ``*`` and ``?`` do not, ``{a,b}`` is either."""
    parts = []
    for piece in re.findall(r"\*\*|[*?{},]|[^*?{},]+", glob[:500]):
        special = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|" if "{" in glob else ","}
        parts.append(special.get(piece) or re.escape(piece))
    try:
        return re.compile("".join(parts))
    except re.error:
        return re.compile(re.escape(glob))
