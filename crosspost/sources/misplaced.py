"""Settings for crosspost that somebody wrote at the front matter's left edge, where nothing reads them.

``skip: true`` there would send a post that was to stay at home, so it is told; only what could be meant is.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from crosspost.model import Overrides
from crosspost.sources.mapping import Mistake, Mistakes
from crosspost.sources.overrides import parse_overrides

#: not `text` and `alt`, which sites have for themselves
_SETTINGS = ("skip", "only", "at", "poll", "on_edit", "on_delete")


def misplaced(data: Mapping[Any, Any], local: tzinfo, mistakes: Callable[[Overrides], Sequence[Mistake]]) -> list[str]:
    """A warning for each key that would be a valid setting below ``crosspost:``; tables of accounts, too.

    :param data: the front matter
    :param local: the time zone of times without one
    :param mistakes: what is wrong with such a mapping, given the configured accounts
    """
    return [
        f"`{key}` stands at the front matter's left edge, where nothing reads it; it belongs below crosspost:"
        for key, value in data.items()
        if (key in _SETTINGS or (isinstance(value, dict) and key not in ("crosspost", "event")))
        and value not in (None, False, {})
        and _would_be_valid({key: value}, local, mistakes)
    ]


def _would_be_valid(said: dict[Any, Any], local: tzinfo, mistakes: Callable[[Overrides], Sequence[Mistake]]) -> bool:
    wrong = Mistakes()
    found = parse_overrides(said, local, wrong)
    return not wrong and not mistakes(found)
