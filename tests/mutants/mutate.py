"""The mistakes: mutmut's operators, some of our own, and the list of those that change nothing anybody could notice."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst as cst
import libcst.matchers as m
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider, WhitespaceInclusivePositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_arg_removal, operator_match

#: four lines for each: file and function, what was there, the mistake, the reason; empty lines and remarks between them
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
#: ``zip`` only notices by it that a mistake was made elsewhere
_STRICT = m.Arg(keyword=m.Name("strict"))
#: a call of these says nothing to anybody (the placeholders' names are in both of what ``listed`` returns), or a type
#: checker sees the mistake
_LEFT_OUT = (
    m.Call(func=m.Attribute(value=m.Name("log") | m.Name("logging")) | m.Name("listed"))
    | m.Call(func=m.Name("isinstance") | m.Name("len") | m.Name("cast") | m.Name("TypeVar"))
    | m.Subscript(value=m.Name("Literal"))
    | _STRICT
)
#: a value of another type than is written beside it
_OTHER_TYPE = m.Name("None") | m.SimpleString('""')
#: a linter sees a name in it that is not there
_NAMES = m.Assign(targets=[m.AssignTarget(target=m.Name("__all__"))])
_WAS_IT_SENT = {"Unknown": "NotSent", "NotSent": "Unknown"}


@dataclass(frozen=True)
class Mutant:
    """One mistake. ``function`` is "" for what runs when the module is imported."""

    file: str
    function: str
    first: int
    last: int
    before: str
    after: str
    source: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is whatever line it is on."""
        return self.file, self.function, self.before, self.after

    def __str__(self) -> str:
        return f"{self.file} {self.function or '<module>'}  line {self.first}\n- {self.before}\n+ {self.after}"


def mutants(file: str) -> list[Mutant]:
    """Every mistake that is made in a file, in its order."""
    source = Path(file).read_text("utf-8")
    finder = _Finder()
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    wrapper.visit(finder)
    spans = wrapper.resolve(WhitespaceInclusivePositionProvider)
    places = wrapper.resolve(PositionProvider)
    lines, found = source.splitlines(), {}
    for node, other, function in finder.found:
        changed = _replaced(lines, spans[node], wrapper.module.code_for_node(other))
        text = "\n".join(changed) + "\n"
        if text != source and text not in found:
            place = places[node]
            found[text] = Mutant(file, function, place.start.line, place.end.line, *_difference(lines, changed), text)
    return list(found.values())


def _replaced(lines: list[str], span: CodeRange, code: str) -> list[str]:
    """The lines with ``code`` in place of what was there."""
    start, end = span.start, span.end
    text = f"{lines[start.line - 1][: start.column]}{code}{lines[end.line - 1][end.column :]}"
    return [*lines[: start.line - 1], *text.split("\n"), *lines[end.line :]]


def equivalent() -> dict[tuple[str, str, str, str], str]:
    """Key of each mistake that changes nothing → why."""
    lines = [line for line in EQUIVALENT.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    known = {}
    for place, before, after, reason in zip(*[iter(lines)] * 4, strict=True):
        file, _, function = place.partition(" ")
        known[file, function.replace("<module>", ""), before[2:], after[2:]] = reason
    return known


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        self.found: list[tuple[cst.CSTNode, cst.CSTNode, str]] = []
        self._names: list[str] = []
        self._inside = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom | cst.Raise):
            if isinstance(node, cst.Raise):
                self._mutate(node)
            return isinstance(node, cst.Raise)
        if m.matches(node, _LEFT_OUT | _NAMES) or _is_docstring(node):
            return False
        if isinstance(node, cst.ClassDef | cst.FunctionDef):
            self._names.append(node.name.value)
            if isinstance(node, cst.FunctionDef):
                # defaults and decorators belong to what is around the function
                node.params.visit(self)
                self._inside += 1
                node.body.visit(self)
                self._inside -= 1
            else:
                node.body.visit(self)
            self._names.pop()
            return False
        self._mutate(node)
        return True

    def _mutate(self, node: cst.CSTNode) -> None:
        function = ".".join(self._names) if self._inside else ""
        changed = [other for other in _changed(node) if not _of_other_type(node, other)]
        self.found += [(node, other, function) for other in changed]
        if isinstance(node, cst.If) and not m.matches(node.test, m.Name("TYPE_CHECKING")):
            test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
            self.found.append((node.test, cst.UnaryOperation(cst.Not(), test), function))


def _of_other_type(node: cst.CSTNode, other: cst.CSTNode) -> bool:
    """Whether a type checker sees that ``other`` is not what the annotation says."""
    if isinstance(node, cst.AnnAssign) and isinstance(other, cst.AnnAssign) and other.value is not None:
        return m.matches(other.value, _OTHER_TYPE)
    return False


def _changed(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in _OPERATORS:
        if not isinstance(node, kind):
            continue
        if isinstance(node, cst.SimpleString):  # a name is code; a sentence is not
            if " " not in node.value and len(node.value) > 2:
                yield node.with_changes(value=f"{node.value[:-1]}XX{node.value[-1]}")
        else:
            yield from operator(node)


def _statement_left_out(node: cst.Expr) -> Iterator[cst.CSTNode]:
    if isinstance(node.value, cst.Call):
        yield cst.Expr(cst.Name("None"))


def _nothing_returned(node: cst.Return) -> Iterator[cst.CSTNode]:
    if node.value is not None and not m.matches(node.value, m.Name("None") | m.Name("True") | m.Name("False")):
        yield node.with_changes(value=cst.Name("None"), whitespace_after_return=cst.SimpleWhitespace(" "))


def _other_error(node: cst.Call) -> Iterator[cst.CSTNode]:
    if isinstance(node.func, cst.Name) and node.func.value in _WAS_IT_SENT:
        yield node.with_changes(func=cst.Name(_WAS_IT_SENT[node.func.value]))


def _not_raised(node: cst.Raise) -> Iterator[cst.CSTNode]:
    yield cst.Pass()


def _argument_lost(node: cst.Call) -> Iterator[cst.CSTNode]:
    """None in place of an argument, or a keyword left out; a missing positional one is noticed by everything."""
    for number, argument in enumerate(node.args):
        if m.matches(argument, _STRICT):
            continue
        before, after = node.args[:number], node.args[number + 1 :]
        if argument.star == "" and not m.matches(argument.value, m.Name("None") | m.Name("False")):
            yield node.with_changes(args=[*before, argument.with_changes(value=cst.Name("None")), *after])
        if argument.keyword is not None:
            yield node.with_changes(args=[*before, *after])


_OPERATORS: list[tuple[type, Callable[[Any], Iterable[cst.CSTNode]]]] = [
    *((kind, op) for kind, op in mutation_operators if op not in (operator_arg_removal, operator_match)),
    (cst.Call, _argument_lost),
    (cst.Expr, _statement_left_out),
    (cst.Return, _nothing_returned),
    (cst.Call, _other_error),
    (cst.Raise, _not_raised),
]


def _is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)


def _difference(old: list[str], new: list[str]) -> tuple[str, str]:
    """The lines that differ, each side as one line."""
    old, new = [line.strip() for line in old], [line.strip() for line in new]
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return " ".join(old[start : len(old) - end]), " ".join(new[start : len(new) - end])
