"""Regular expressions that are compiled when they are first used.

There are two hundred in the modules that one command imports, and it uses a few of them: compiling them all took a
tenth of publishing a post.
"""

import re
from typing import Any, AnyStr, cast

_METHODS = ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn", "pattern", "groupindex")


class _Lazy:
    """A pattern until something is asked of it; then its methods are those of the compiled one, and as fast."""

    def __init__(self, *given: Any) -> None:
        self._given = given

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        made = re.compile(*self._given)
        vars(self).update((method, getattr(made, method)) for method in _METHODS)
        return vars(self)[name]


def lazy(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What :func:`re.compile` gives, made later: a mistake in the pattern shows when it is first used."""
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))
