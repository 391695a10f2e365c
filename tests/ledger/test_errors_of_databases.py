"""Whatever a part of the ledger asks of its database, an error of that reaches people as a sentence."""

import ast
from pathlib import Path

import pytest

import crosspost.ledger

FILES = sorted(Path(crosspost.ledger.__file__).parent.glob("*.py"))
#: what cannot fail, or is about a connection that nobody needs any more
HARMLESS = {"close"}


def bare(tree: ast.AST, *, covered: bool = False) -> list[int]:
    """The lines in which ``self._database`` is asked outside of ``with translate_errors(…)``."""
    if isinstance(tree, ast.With):
        calls = [item.context_expr.func for item in tree.items if isinstance(item.context_expr, ast.Call)]
        covered |= any(isinstance(call, ast.Name) and call.id == "translate_errors" for call in calls)
    found = [] if covered or not asks(tree) else [tree.lineno]
    return found + [line for child in ast.iter_child_nodes(tree) for line in bare(child, covered=covered)]


def asks(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr not in HARMLESS
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "_database"
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_part_lets_an_error_of_a_database_through(file: Path) -> None:
    assert bare(ast.parse(file.read_text("utf-8"))) == []


def test_one_that_would_is_found() -> None:
    text = "with translate_errors(self.path):\n    self._database.rows('')\nself._database.rows('')"
    assert bare(ast.parse(text)) == [3]
