"""What a hostile file or server could say, as hypothesis strategies. Everything is small or built here: no binaries."""

import copy
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

#: values no program expects where a text, a number or an object belongs
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**53, 10**30, 1.5, -0.0, "", " ", "0", "-1", "\0", "\ud800", "\u202e", "NaN", "x" * 5000,
    "2026-99-99T99:99:99Z", "javascript:alert(1)", "\x1b[2J", [], {}, [[]], [None], {"": {}}, {"id": None}, ["a", 1],
)  # fmt: skip
#: whole bodies that are no answer
BODIES: tuple[bytes, ...] = (
    b"", b"\0", b"null", b"true", b"[]", b"{}", b'""', b"0", b"1e999", b"NaN", b"[" * 100_000, b'{"a":' * 100_000,
    b"\xff\xfe\x00", b"\xef\xbb\xbf{}", b"<!doctype html><title>502 Bad Gateway</title>", b'{"id": 1', b'{"id":"\xc3"}',
    b"[" + b"{}," * 20_000 + b"{}]", b'{"error": ' * 300 + b'"x"' + b"}" * 300, b"9" * 10_000, b'"\\ud800"',
    b"data: {}\n\n", b'{"id": "1", "id": [2]}',
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {"Content-Type": "text/html"},
    {"Content-Type": ""},
    {"Content-Type": "application/json; charset=utf-7"},
    {"Content-Type": "application/json; charset=nonsense"},
    {"Content-Encoding": "gzip"},
    {"Content-Encoding": "deflate, gzip, gzip"},
    {"Retry-After": "soon"},
    {"Retry-After": "9" * 400},
    {"Retry-After": "-1"},
    {"x-rate-limit-reset": "77777777777777707"},  # more than the calendar of the system has
    {"x-business-use-case-usage": "[[[", "x-app-usage": "{}"},
    {"x-rate-limit-reset": "nan", "x-ratelimit-reset": "9999-99-99", "ratelimit-reset": "1e308"},
    {"x-rate-limit-remaining": "x", "x-ratelimit-remaining": "", "x-ratelimit-limit": "\xff"},
    {"Link": "<x>; rel=next, <;;>, " + "<" * 2000},
    {"Location": "http://[::1"},
    {"Set-Cookie": "a=" + "b" * 4000},
    {"Date": "yesterday"},
    {"x-restli-id": "urn:li:share:\x01", "x-linkedin-id": ""},
)
STATUSES = (
    200,
    201,
    202,
    204,
    206,
    304,
    400,
    401,
    402,
    403,
    404,
    408,
    409,
    410,
    412,
    418,
    422,
    429,
    451,
    500,
    502,
    503,
)
CONTROL = "\0\x01\x07\x08\x0b\x1b\x7f\x85\x9b\u200b\u2028\u202e\u2066\ufeff\ufffe"
#: pieces that mean something to one of the parsers
MARKS = (
    "---\n", "...\n", "title: ", "date: ", "tags: ", "crosspost: ", "thumbnail: ", "permalink: ", "{{ ", " }}", "{% ",
    " %}", "{% include x %}", "{: .a}", "{::comment}", "[", "](", ")", "![", "*", "**", "_", "`", "```\n", "~~", "> ",
    "- ", "1. ", "# ", "|", "|-|\n", "<", ">", "<!--", "-->", "<b>", "</b>", "<img src=x alt=y>", "<script>", "&",
    "[^1]", "[^1]: ", "\n", "\n\n", "    ", "\t", "\r", "\\", "://", "https://", "a.de", "@", "@a@b.example", "#",
    "é", "漢", "ก", "א", "\U0001f469\u200d\U0001f469", "\U0001f1e9", "\ufe0f", "\u0301", "\ud800", "&a", "*a",
    "!!python/none ", "&#x", "#tag",
    "? ", ": ", '"', "'", "[[", "{a: ", "2026-01-01", "../", "/etc/passwd", "file://", "\u2028", *CONTROL,
)  # fmt: skip


def texts(most: int = 60) -> st.SearchStrategy[str]:
    """Texts made of what parsers look for, and of anything else."""
    piece = st.sampled_from(MARKS) | st.text(max_size=5) | st.sampled_from(("wort ", "Ein Satz. ", "z. B. "))
    return st.lists(piece, max_size=most).map("".join)


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON value, and some that only nearly are."""
    leaves = st.sampled_from(ODD) | st.text(max_size=20) | st.integers() | st.floats(allow_nan=False)
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    )


Spoil = Callable[[int, bytes], tuple[int, dict[str, str], bytes]]
"""(status, body) of an answer → what arrives instead: status, headers that are added, body."""

#: a place in an answer of any length: it is taken modulo what there is
_SOMEWHERE = st.integers(0, 9999)
_CHANGES = st.lists(
    st.tuples(
        _SOMEWHERE,
        st.sampled_from(("replace", "remove", "wrap", "text")),
        st.sampled_from(ODD) | json_values(),
    ),
    min_size=1,
    max_size=2,
)


def _mutated(value: Any, changes: list[tuple[int, str, Any]]) -> Any:
    """A JSON value of which one or two places say something else, or nothing."""
    value = copy.deepcopy(value)
    for where, what, other in changes:
        paths = list(_paths(value))
        value = _changed(value, paths[where % len(paths)], what, copy.deepcopy(other))
    return value


def _changed(value: Any, path: tuple[Any, ...], what: str, other: Any) -> Any:
    if not path:
        return other
    at = value
    for step in path[:-1]:
        at = at[step]
    if what == "remove":
        del at[path[-1]]
    else:
        old = at[path[-1]]
        at[path[-1]] = {"replace": other, "wrap": [old], "text": str(old)}[what]
    return value


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Any:
    yield above
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _paths(one, (*above, key))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


def _otherwise(kind: str, where: int, changes: list[tuple[int, str, Any]], piece: bytes, body: bytes) -> bytes:
    """The body that arrives instead of ``body``."""
    if kind == "json":
        try:
            return _json(_mutated(json.loads(body), changes))
        except ValueError:
            return _json(changes[0][2])
    if kind == "bytes":
        return piece
    if kind == "cut":
        return body[: where % (len(body) + 1)]
    if kind == "flip" and body:
        at = where % len(body)
        return body[:at] + piece[:3] + body[at + 1 :]
    return body


@st.composite
def spoiled(draw: st.DrawFn) -> Spoil:
    """How an answer is changed on its way.

    All is drawn before the answer is seen. An answer differs from run to run (ids, ports, what was kept from before),
    and hypothesis cannot repeat what was drawn from something that differs.
    """
    kind = draw(st.sampled_from(("json", "json", "json", "bytes", "cut", "flip", "headers", "status")))
    where, changes = draw(_SOMEWHERE), draw(_CHANGES)
    piece = draw(st.sampled_from(BODIES) | st.binary(max_size=200))
    headers = draw(st.sampled_from(HEADERS)) if kind == "headers" or draw(st.integers(0, 4)) == 0 else {}
    status = draw(st.sampled_from(STATUSES)) if kind == "status" or draw(st.integers(0, 4)) == 0 else None
    refusal = _json({draw(st.sampled_from(_SAID)): draw(json_values()), "ok": False}) if status else b""
    refuses = bool(status) and draw(st.booleans())

    def spoil(was: int, body: bytes) -> tuple[int, dict[str, str], bytes]:
        said = refusal if refuses else _otherwise(kind, where, changes, piece, body)
        return status or was, headers, said

    return spoil


_SAID = ("error", "errors", "detail", "message", "title", "parameters", "description", "code", "data", "result")
