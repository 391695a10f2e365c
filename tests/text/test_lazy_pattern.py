"""Patterns that are compiled when they are first used are the patterns they stand for."""

import importlib
import pkgutil
import re
from types import ModuleType

import pytest

import crosspost
from crosspost.text.lazy_pattern import _Lazy, lazy

#: modules that need a package or a system which may be missing
_OPTIONAL = (ImportError,)


def _modules() -> list[ModuleType]:
    found = []
    for info in pkgutil.walk_packages(crosspost.__path__, "crosspost."):
        if info.name.endswith("__main__") or ".migrations" in info.name:  # those run when they are imported
            continue
        try:
            found.append(importlib.import_module(info.name))
        except _OPTIONAL:
            continue
    return found


def test_every_pattern_there_is_can_be_compiled() -> None:
    named = {
        f"{module.__name__}.{name}": value
        for module in _modules()
        for name, value in vars(module).items()
        if isinstance(value, _Lazy)
    }
    assert len(named) > 150
    for name, value in named.items():
        assert value.pattern, name


def test_it_finds_what_the_pattern_finds() -> None:
    assert lazy("A(b)", re.IGNORECASE).findall("aB AB") == ["B", "B"]
    assert lazy(rb"\d+").sub(b"n", b"a1b22") == b"anbn"


def test_it_has_nothing_else() -> None:
    with pytest.raises(AttributeError):
        lazy("a").find  # type: ignore[attr-defined]  # noqa: B018


def test_a_mistake_shows_at_the_first_use() -> None:
    wrong = lazy("(")
    with pytest.raises(re.error):
        wrong.search("a")
