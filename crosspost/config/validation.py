"""A table of the config → a typed value, or an error that names file, line and key, and the nearest known key."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from crosspost.errors import ConfigError
from crosspost.text import plain_errors
from crosspost.text.mistakes import Mistakes

T = TypeVar("T", bound=msgspec.Struct)


def typed(data: object, struct: type[T], where: Any) -> T:
    """``data`` as a ``struct``; ``where(*keys)`` gives ``file:line`` for the error message.

    :raises ConfigError: with every unknown key and every value of the wrong type
    """
    if not isinstance(data, dict):
        raise ConfigError(f"{where()}: write the settings one a line, below a line in [brackets]")
    wrong = Mistakes(ConfigError)
    wrong.look(lambda: unknown(data, struct.__struct_fields__, where))
    known = {key: value for key, value in data.items() if key in struct.__struct_fields__}
    made = plain_errors.converted(
        known, struct, lambda keys, problem: wrong.said.append(f"{where(*keys)}: `{'.'.join(keys)}`: {problem}")
    )
    wrong.tell()
    return made  # type: ignore[return-value]  # None is never without a mistake


def unknown(data: Mapping[str, object], known: Iterable[str], where: Any) -> None:
    """Refuse unknown keys, suggesting the nearest known key.

    :raises ConfigError: with every unknown key
    """
    known = list(known)
    wrong = Mistakes(ConfigError)
    wrong.said += [
        f"{where(key)}: there is no setting `{key}`; {plain_errors.suggestion(key, known)}"
        for key in data
        if key not in known
    ]
    wrong.tell()
