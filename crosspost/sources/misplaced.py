"""Settings for crosspost that somebody wrote at the front matter's left edge, where nothing reads them.

``skip: true`` there would send a post that was to stay at home, so it is told; only what could be meant is.
"""

from typing import TYPE_CHECKING, Any

from crosspost.errors import PostRefused
from crosspost.sources.overrides import parse_overrides

if TYPE_CHECKING:
    from crosspost.sources.record import Check, Record

#: not `text` and `alt`, which sites have for themselves
_SETTINGS = ("skip", "only", "at", "poll", "on_edit", "on_delete")


def misplaced(record: "Record", check: "Check") -> list[str]:
    """A warning for each key that would be a valid setting below ``crosspost:``; tables of accounts, too.

    :param check: without accounts nothing is told, for any table could be one of an account
    """
    return [
        f"`{key}` stands at the front matter's left edge, where nothing reads it; it belongs below crosspost:"
        for key, value in record.front.data.items()
        if check.about
        and (key in _SETTINGS or (isinstance(value, dict) and key not in ("crosspost", "event")))
        and value not in (None, False, {})
        and _would_be_valid(record, check, {key: value})
    ]


def _would_be_valid(record: "Record", check: "Check", said: dict[Any, Any]) -> bool:
    try:
        return check.mistake(parse_overrides(said, record.site.zone, record.refuse)) is None
    except PostRefused:
        return False
