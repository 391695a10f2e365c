"""What each setting does, in words: the comments of the example config, else a sentence of the docstring."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from crosspost.errors import ConfigError
from crosspost.text.lazy_pattern import lazy

_SETTING = lazy(
    r"^(?:# ?)?(?:  )?(?P<key>\w+) = (?P<value>\"(?:[^\"\\]|\\.)*\"|\[[^\]]*\]|\{(?:\"[^\"]*\"|[^}\"])*\}(?:\s*\})*|"
    r"[^#\s]+)"
    r"\s*(?:# ?(?P<words>.*))?$"
)
_MORE = lazy(r"^(?:#\s{10,}|\s{10,})# ?(?P<words>.*)$")


class Said(msgspec.Struct):
    """What the example has of one setting: a value, and the words beside it, or above it where none are beside."""

    value: str
    words: str


def example_file() -> Path:
    """The example config: of the checkout, or the copy inside an installed package.

    :raises ConfigError: when the installation has lost it
    """
    package = Path(__file__).parents[2]
    for folder in (package / "_config", package.parent / "config"):
        if (place := next(folder.glob("crosspost.*.toml"), None)) is not None:
            return place
    raise ConfigError("the words about settings are missing from this installation; install crosspost again")


def example(text: str) -> dict[str, dict[str, Said]]:
    """Section → setting → what an example config says; ``accounts`` are the settings of every account."""
    found: dict[str, dict[str, Said]] = {}
    section, above, last = "", list[str](), None
    for line in text.splitlines():
        if head := re.match(r"^\[([\w.-]+)\]", line):
            section, above, last = head[1], [], None
        elif line.startswith("# One table per account."):
            section, above, last = "accounts", [], None
        elif (more := _MORE.match(line)) and last is not None:
            last.words = f"{last.words} {more['words']}"
        elif setting := _SETTING.match(line):
            last = Said(setting["value"], setting["words"] or " ".join(above))
            found.setdefault(section, {})[setting["key"]] = last
            above = []
        else:
            above = [*above, line.lstrip("# ")] if line.startswith("# ") and section != "accounts" else []
    return found


def description(struct: type[msgspec.Struct], name: str, said: Mapping[str, Said]) -> str:
    """What a setting does; "" when nothing says so."""
    one = said.get(name)
    words = one.words.strip().removeprefix("… ").rstrip(".") if one is not None else ""
    return words or _of_docstring(struct, name)


def _of_docstring(struct: type[msgspec.Struct], name: str) -> str:
    """The sentence of a struct's docstring that names a setting."""
    for cls in struct.__mro__:
        text = " ".join((cls.__doc__ or "").split())
        for sentence in re.split(r"(?<=\.) (?=[A-Z`])", text):
            if f"``{name}``" in sentence:
                return sentence.replace("``", "`").rstrip(".")
    return ""


def with_shared_words(
    said: Mapping[str, Mapping[str, Said]], network: str, own: type[msgspec.Struct]
) -> dict[str, Said]:
    """What the example says of a network's settings; words said once where several networks have the same setting."""
    shared = {
        key: one
        for name, table in said.items()
        if name.startswith("accounts.")
        for key, one in table.items()
        if one.words
    }
    found = dict(said.get(f"accounts.{network}", {}))
    for key, one in found.items():
        if not one.words and key not in vars(own).get("__annotations__", {}) and key in shared:
            found[key] = Said(one.value, shared[key].words)
    return found
