"""Settings for crosspost that somebody wrote at the front matter's left edge, where nothing reads them.

``skip: true`` there would send a post that was to stay at home, so it is told; only what could be meant is.
"""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

from crosspost.model import Overrides
from crosspost.sources.overrides import parse_overrides

#: not `text` and `alt`, which sites have for themselves
_SETTINGS = ("skip", "only", "at", "poll", "on_edit", "on_delete")


class _NotOurs(Exception):
    """A value that could not stand below ``crosspost:``."""


def misplaced(data: Mapping[Any, Any], local: tzinfo, mistake: Callable[[Overrides], object]) -> list[str]:
    """A warning for each key that would be a valid setting below ``crosspost:``; tables of accounts, too.

    :param data: the front matter
    :param local: the time zone of times without one
    :param mistake: what is wrong with such a mapping, given the configured accounts; None if nothing is
    """
    return [
        f"`{key}` stands at the front matter's left edge, where nothing reads it; it belongs below crosspost:"
        for key, value in data.items()
        if (key in _SETTINGS or (isinstance(value, dict) and key not in ("crosspost", "event")))
        and value not in (None, False, {})
        and _would_be_valid({key: value}, local, mistake)
    ]


def _would_be_valid(said: dict[Any, Any], local: tzinfo, mistake: Callable[[Overrides], object]) -> bool:
    try:
        return mistake(parse_overrides(said, local, lambda *_: _NotOurs())) is None
    except _NotOurs:
        return False
