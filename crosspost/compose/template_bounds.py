"""What a template may do: put words in order. No way to Python's objects or files, bounds on time and memory.

Jinja's own sandbox closes the way to Python's insides, but ``'a' * 10 ** 10``, ``'%9999999999d' % 1`` or three loops
within each other would still fill the memory or take for ever.
Source: https://jinja.palletsprojects.com/en/stable/sandbox/
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from crosspost.markup import decoded, without_tags
from crosspost.text.lazy_pattern import lazy

#: characters of a template, of a text and elements of a list it makes, rounds of all its loops, greatest width
SOURCE, TEXT, ROUNDS, _WIDTH = 20_000, 1_000_000, 10_000, 200
#: variable of the context that holds what is left of the rounds
BUDGET = "crosspost_rounds"

_REFUSED = {
    nodes.Macro: "macros",
    nodes.CallBlock: "call",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Include: "include",
    nodes.Extends: "extends",
    nodes.Block: "blocks",
    nodes.AssignBlock: "set without a value",
}
_FILTERS = frozenset(
    """
    abs batch capitalize center count d default e escape first float forceescape indent int items join last length list
    lower map max min reject rejectattr replace reverse round safe select selectattr slice sort string striptags sum
    title trim truncate unique upper urlencode wordcount wordwrap
    """.split()  # noqa: SIM905 - one text is easier to add to
)
_METHODS = {
    str: frozenset(
        """
        capitalize casefold count endswith find index isalnum isalpha isdecimal isdigit islower isspace istitle isupper
        lower lstrip partition removeprefix removesuffix replace rfind rpartition rsplit rstrip split splitlines
        startswith strip swapcase title upper
        """.split()  # noqa: SIM905
    ),
    list: frozenset(["count", "index"]),
}
_WIDE = lazy(r"(?<!%)(?:%%)*%[^A-Za-z%]*\d{2}")
#: filters that may be given greater numbers than a width
_NUMBERS = ("default", "d", "truncate", "round")
_TOO_MUCH = "it makes more than a text can need"


class Bounded(ImmutableSandboxedEnvironment):
    """Jinja without what a template of a post does not need."""

    intercepted_binops = frozenset(["+", "*", "**", "%"])

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, keep_trailing_newline=False, finalize=_finite)
        self.globals = {"range": self.globals["range"]}
        self.filters = {name: _bounded(name, one) for name, one in self.filters.items() if name in _FILTERS}
        self.filters |= {"map": _mapped(self.filters["map"]), "striptags": _striptags}
        self.filters |= {"crosspost_concat": _concat, "crosspost_loop": _counted}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > SOURCE:
            raise TemplateSyntaxError(f"it is longer than {SOURCE:,} characters", 1)
        tree = super()._parse(source, name, filename)
        for kind, what in _REFUSED.items():
            for node in tree.find_all(kind):
                raise TemplateSyntaxError(f"a template has no {what} here", node.lineno)
        found: nodes.Template = _Watched().visit(tree)
        return found

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic with numbers of a sensible size, and joining of texts and lists."""
        if operator == "+":
            _measured(_size(left) + _size(right))
        elif not all(isinstance(one, int | float) and abs(one) < 1e18 for one in (left, right)):
            raise SecurityError(f"“{operator}” is for numbers")
        elif operator == "**" and abs(right) > 8:
            raise SecurityError(_TOO_MUCH)
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> None:
        """Jinja would let ``str.format`` through, which takes widths; it is no longer anything special here."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Of texts and lists only the methods whose result is no longer than what they are given."""
        known = next((names for kind, names in _METHODS.items() if isinstance(obj, kind)), None)
        if known is not None and attr not in known:
            return False
        if callable(value) and known is None and not (isinstance(obj, date) and attr in ("strftime", "isoformat")):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call(self, context: Context, obj: Any, *args: Any, **named: Any) -> Any:
        """Look at what a method is given before it makes something huge of it."""
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        texts = [one for one in (*args, *named.values()) if isinstance(one, str)]
        if name == "strftime" and any(_WIDE.search(one) or len(one) > _WIDTH for one in texts):
            raise SecurityError(_TOO_MUCH)
        if name == "replace" and isinstance(owner, str) and len(args) > 1:
            _measured(_replaced(owner, args[0], args[1]))
        return super().call(context, obj, *args, **named)


class _Watched(NodeTransformer):
    """Puts the bounded forms in the place of ``~`` and of what a loop goes through."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802  # the visitor's names
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(parts, "crosspost_concat", [], [], None, None, lineno=node.lineno)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802  # the same
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "crosspost_loop", [], [], None, None, lineno=node.lineno)
        return node


def rendered(parts: Iterable[str]) -> str:
    """The text a template makes piece by piece.

    :raises SecurityError: when it becomes too long
    """
    made, size = [], 0
    for part in parts:
        size += len(part)
        _measured(size)
        made.append(part)
    return "".join(made)


def _striptags(text: object) -> str:
    """Jinja's own takes every word in angle brackets for a tag."""
    return decoded(" ".join(without_tags(str(text)).split()))


def _finite(value: Any) -> Any:
    """What is printed: lists within each other can be as long as they like otherwise."""
    _measured(_size(value))
    return value


def _concat(parts: list[Any]) -> str:
    _measured(sum(map(_size, parts)))
    texts = [str(part) for part in parts]
    _measured(sum(map(len, texts)))
    return "".join(texts)


def _mapped(function: Callable[..., Iterable[Any]]) -> Callable[..., Iterator[Any]]:
    """Jinja's ``map``, of which each element may be longer than what it is made of."""

    @functools.wraps(function)
    def mapped(*args: Any, **named: Any) -> Iterator[Any]:
        made = 0
        for one in function(*args, **named):
            made += _size(one)
            _measured(made)
            yield one

    return mapped


@pass_context
def _counted(context: Context, things: Iterable[Any]) -> Iterator[Any]:
    budget: list[int] = context.parent[BUDGET]
    for one in things:
        budget[0] -= 1
        if budget[0] < 0:
            raise SecurityError(f"its loops have more than {ROUNDS:,} rounds")
        yield one


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of Jinja's that looks at what it is given before it makes something huge of it."""
    behind = 1 + hasattr(function, "jinja_pass_arg")  # the value in front of it, and what Jinja adds
    look, signature = _LOOKS.get(name), inspect.signature(function) if name in _LOOKS else None

    @functools.wraps(function)  # it also keeps what Jinja notes on a filter
    def guarded(*args: Any, **named: Any) -> Any:
        for one in (*args[behind:], *named.values()):
            if isinstance(one, int) and abs(one) > _WIDTH and name not in _NUMBERS:
                raise SecurityError(f"“{name}” with {one}: {_TOO_MUCH}")
            _measured(_size(one))
        _measured(max(map(_size, args)))
        if look is None or signature is None:
            return function(*args, **named)
        bound = signature.bind(*args, **named)
        look(bound.arguments)
        return function(*bound.args, **bound.kwargs)

    return guarded


def _look_at_replace(given: dict[str, Any]) -> None:
    _measured(_replaced(str(given["s"]), given["old"], given["new"]))


def _look_at_indent(given: dict[str, Any]) -> None:
    if isinstance(given.get("width"), str):
        _measured((str(given["s"]).count("\n") + 1) * len(given["width"]))


def _look_at_sum(given: dict[str, Any]) -> None:
    if not isinstance(given.get("start", 0), int | float):
        raise SecurityError("“sum” is for numbers")


def _look_at_join(given: dict[str, Any]) -> None:
    made, between = 0, len(str(given.get("d", "")))
    parts: list[Any] = []
    for one in given["value"]:
        made += len(str(one)) + (between if parts else 0)
        _measured(made)
        parts.append(one)
    given["value"] = parts


#: filter → what looks at its arguments, by the names they have in Jinja
_LOOKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "replace": _look_at_replace,
    "indent": _look_at_indent,
    "sum": _look_at_sum,
    "join": _look_at_join,
}


def _replaced(text: str, old: Any, new: Any) -> int:
    return (text.count(str(old)) if str(old) else len(text) + 1) * len(str(new))


def _size(value: Any) -> int:
    """Characters and elements in a value and everything in it; more than :data:`TEXT` may be any number above it."""
    size, left = 0, [value]
    while left and size <= TEXT:
        one = left.pop()
        if isinstance(one, str):
            size += len(one)
        elif isinstance(one, list | tuple | dict):
            size += len(one)
            left += [*one, *one.values()] if isinstance(one, dict) else one
    return size


def _measured(size: int) -> None:
    if size > TEXT:
        raise SecurityError(_TOO_MUCH)
