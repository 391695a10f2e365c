"""A value of a front matter in a message: as an author writes it, not as Python does."""

from typing import Any


def as_written(value: Any) -> str:
    """A value in YAML's short form.

    >>> as_written(["de", {"a": None}, True])
    '[de, {a: null}, true]'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_written(key)}: {as_written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_written, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
