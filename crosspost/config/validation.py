"""A table of the config → a typed value, or an error that names file, line and key, and the nearest known key."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from crosspost.errors import ConfigError
from crosspost.text import plain_errors

T = TypeVar("T", bound=msgspec.Struct)


def typed(data: object, struct: type[T], where: Any) -> T:
    """``data`` as a ``struct``; ``where(*keys)`` gives ``file:line`` for the error message.

    :raises ConfigError: for an unknown key or a value of the wrong type
    """
    if not isinstance(data, dict):
        raise ConfigError(f"{where()}: write the settings one a line, below a line in [brackets]")
    unknown(data, struct.__struct_fields__, where)
    try:
        return msgspec.convert(data, struct)
    except msgspec.ValidationError as error:
        keys, problem = plain_errors.explained(error, struct)
        raise ConfigError(f"{where(*keys)}: `{'.'.join(keys)}`: {problem}") from None


def unknown(data: Mapping[str, object], known: Iterable[str], where: Any) -> None:
    """Refuse unknown keys, suggesting the nearest known key.

    :raises ConfigError: for the first unknown key
    """
    known = list(known)
    for key in data:
        if key not in known:
            raise ConfigError(f"{where(key)}: there is no setting `{key}`; {plain_errors.suggestion(key, known)}")
