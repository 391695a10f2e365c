"""What a page inherits: the ``cascade`` of the sections above it and of the configuration.

Source: https://gohugo.io/content-management/front-matter/#cascade, checked 2026-11-26.
"""

from typing import Any

from crosspost.sources.hugo.content_files import ContentFile
from crosspost.sources.hugo.globs import fits, languages_of, pattern
from crosspost.sources.hugo.hugo_front_matter import lowered

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
    if not fits(
        languages_of({str(key).lower(): value for key, value in target.items()}.get("sites")), file.language.code
    ):
        return False
    wanted = {str(key).lower(): str(value) for key, value in target.items() if isinstance(value, str | int)}
    kind = "section" if file.section else "page"
    facts = {"path": file.logical, "kind": kind, "lang": file.language.code, "environment": "production"}
    return all(pattern(wanted[key].lower()).fullmatch(fact) for key, fact in facts.items() if key in wanted)
