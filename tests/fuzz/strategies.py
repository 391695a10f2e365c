"""What a hostile file or server could say, as hypothesis strategies. Everything is small or built here: no binaries."""

import copy
import json
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


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """A JSON value of which one or two places say something else, or nothing."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 2))):
        value = _changed(draw, value)
    return value


def _changed(draw: st.DrawFn, value: Any) -> Any:
    paths = list(_paths(value))
    path = draw(st.sampled_from(paths))
    other = draw(st.sampled_from(ODD) | json_values())
    if not path:
        return other
    at = value
    for step in path[:-1]:
        at = at[step]
    what = draw(st.sampled_from(("replace", "remove", "wrap", "text")))
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


@st.composite
def spoiled(draw: st.DrawFn, status: int, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """What could arrive instead of an answer: (status, headers that are added, body)."""
    kind = draw(st.sampled_from(("json", "json", "json", "bytes", "cut", "flip", "headers", "status")))
    headers: dict[str, str] = {}
    if kind == "json":
        try:
            body = json.dumps(draw(mutated(json.loads(body)))).encode("utf-8", "surrogatepass")
        except ValueError:
            body = json.dumps(draw(json_values())).encode("utf-8", "surrogatepass")
    elif kind == "bytes":
        body = draw(st.sampled_from(BODIES) | st.binary(max_size=200))
    elif kind == "cut":
        body = body[: draw(st.integers(0, len(body)))]
    elif kind == "flip" and body:
        at = draw(st.integers(0, len(body) - 1))
        body = body[:at] + draw(st.binary(min_size=1, max_size=3)) + body[at + 1 :]
    if kind == "headers" or draw(st.integers(0, 4)) == 0:
        headers = draw(st.sampled_from(HEADERS))
    if kind == "status" or draw(st.integers(0, 4)) == 0:
        status = draw(st.sampled_from(STATUSES))
        if draw(st.booleans()):
            body = json.dumps({draw(st.sampled_from(_SAID)): draw(json_values()), "ok": False}).encode(
                "utf-8", "surrogatepass"
            )
    return status, headers, body


_SAID = ("error", "errors", "detail", "message", "title", "parameters", "description", "code", "data", "result")
