"""The examples in docstrings are true."""

import doctest
import importlib
from pathlib import Path

import pytest

import crosspost

PACKAGE = Path(crosspost.__file__).parent
#: found by their text: importing every module only to look would need every library there is
WITH_EXAMPLES = sorted(
    ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
    for file in PACKAGE.rglob("*.py")
    if ">>> " in file.read_text("utf-8")
)


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples(module: str) -> None:
    result = doctest.testmod(importlib.import_module(module))
    assert result.attempted > 0, "the examples are where doctest does not look"
    assert result.failed == 0
