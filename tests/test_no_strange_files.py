"""Whoever installed crosspost from a wheel has no checkout: no message refers to a file that only stands there."""

import ast
import re
from pathlib import Path

import pytest

import crosspost

ONLY_IN_A_CHECKOUT = re.compile(
    r"README(?!\*)|CONTRIBUTING|CHANGELOG|config/networks|\bexample\.toml|secrets\.example|github-workflow|"
    r"\b(?:config|posts|docs)/\w+\.md\b|Makefile|\bmake \w+`"
)
PACKAGE = Path(crosspost.__file__).parent
FILES = [file for file in PACKAGE.rglob("*.py") if "migrations" not in file.parts]


def said(tree: ast.AST) -> list[str]:
    """Every text of a file but the docstrings of modules, which nobody but its reader sees."""
    own = tree.body[0].value if isinstance(tree, ast.Module) and ast.get_docstring(tree) is not None else None  # type: ignore[attr-defined]  # it is an expression
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node is not own
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_message_names_a_file_the_user_has_not(file: Path) -> None:
    found = [text for text in said(ast.parse(file.read_text("utf-8"))) if ONLY_IN_A_CHECKOUT.search(text)]
    assert found == []


def test_the_search_finds_what_it_looks_for() -> None:
    text = '"""README."""\nx = f"config/networks/{y}.md"\n\ndef f():\n    """Its shape is in the README."""\n'
    assert len([one for one in said(ast.parse(text)) if ONLY_IN_A_CHECKOUT.search(one)]) == 2
