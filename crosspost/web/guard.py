"""What every request passes first: the right host, no other site behind it, a bounded body; and the headers of answers.

A form carries no token: browsers say where a request comes from (Sec-Fetch-Site, Origin), and a cookie goes with it
only from our own pages. The same rule as Go's ``http.CrossOriginProtection`` and Datasette's.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crosspost.model import Value
from crosspost.web.localization import catalogue, chosen
from crosspost.web.state_words import N_

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: bytes of a request: a form with one picture of a post
MOST = 12_000_000
#: where other sites may send a form, without a login, and how long that may be: two addresses
OPEN_TO_SITES, _TWO_ADDRESSES = "/webmention", 10_000
#: where programs write with a token of their own, and cookies do not count; a text may be so long, in bytes
OPEN_TO_PROGRAMS, _A_TEXT = "/micropub", 200_000
#: where hints come in, signed; how long one may be in bytes, as GitHub's may
OPEN_TO_HINTS, _A_HINT = "/hook", 25_000_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the first address carries the one-use link
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LOCAL = ("127.0.0.1", "localhost", "[::1]")


_FORM = "application/x-www-form-urlencoded"
#: a file with a webmention would be kept open for nothing
_KINDS = {OPEN_TO_SITES: (_FORM,), OPEN_TO_PROGRAMS: (_FORM, "multipart/form-data", "application/json")}
_KINDS_SAID = {
    OPEN_TO_SITES: N_("Send source and target as a form (application/x-www-form-urlencoded)."),
    OPEN_TO_PROGRAMS: N_("Send a form, a form with a file (multipart/form-data), or JSON."),
}


class Address(Value, frozen=True, kw_only=True):
    """Where the pages are for their readers.

    ``hosts`` are the names they may be asked for (without port), ``https`` whether readers come that way.
    """

    hosts: tuple[str, ...] = _LOCAL
    https: bool = False

    @classmethod
    def of(cls, public: str, bound: str = "") -> "Address":
        """This machine, and the address in the config, such as ``https://posts.example.org``."""
        parts = urlsplit(public)
        more = tuple(host for host in (parts.hostname, bound) if host)
        return cls(hosts=(*_LOCAL, *more), https=parts.scheme == "https")


class Guard:
    """Refuses what did not come from a page of ours, before anything else sees it."""

    def __init__(self, app: "ASGIApp", address: Address) -> None:
        self._app, self._address = app, address

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":  # no page opens a socket
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        strangers = scope["path"] in (OPEN_TO_SITES, OPEN_TO_PROGRAMS, OPEN_TO_HINTS)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        most = _most(scope["path"], kind)
        refused = self._refusal(scope["method"], headers, most, strangers=strangers)
        if not refused and scope["method"] == "POST" and kind not in _KINDS.get(scope["path"], (kind,)):
            refused = 415, _KINDS_SAID[scope["path"]]
        if refused:
            status, sentence = refused
            from starlette.requests import cookie_parser

            language = chosen(cookie_parser(headers.get("cookie", "")), headers.get("accept-language", ""))
            said = catalogue(language).gettext(sentence)
            await _answer(marked(send), status, said)
            return
        await self._app(scope, _bounded(receive, most), marked(send))

    def _refusal(self, method: str, headers: dict[str, str], most: int, *, strangers: bool) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if _name(host) not in self._address.hosts:
            return 400, N_("This page is not served under that name. Use the address that `crosspost web` printed.")
        if method not in ("GET", "HEAD") and not (strangers or self._from_here(host, headers)):
            return 403, N_("This request came from another site, so it was refused. Nothing was changed.")
        if _number(headers.get("content-length", "0")) > most:
            return 413, N_("That is too large, so nothing was changed. Go back, and choose a smaller picture.")
        return None

    def _from_here(self, host: str, headers: dict[str, str]) -> bool:
        """Whether an unsafe request is from our own page, or from no page (a program, which needs the cookie too)."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return site in ("same-origin", "none")
        if origin is None:
            return True
        schemes = ("https",) if self._address.https and _name(host) not in _LOCAL else ("http", "https")
        return origin in [f"{scheme}://{host}" for scheme in schemes]


def _most(path: str, kind: str) -> int:
    """How many bytes a request may have."""
    if path == OPEN_TO_SITES:
        return _TWO_ADDRESSES
    if path == OPEN_TO_HINTS:
        return _A_HINT
    return _A_TEXT if path == OPEN_TO_PROGRAMS and kind != "multipart/form-data" else MOST


def _bounded(receive: "Receive", most: int) -> "Receive":
    """The same body, cut off where it is longer than it may be, whatever its header said."""
    seen = 0

    async def bounded() -> "Message":
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return message if seen <= most else {"type": "http.disconnect"}

    return bounded


def marked(send: "Send") -> "Send":
    """Every answer carries the same headers; a page may only say for how long it is kept."""

    async def marked(message: "Message") -> None:
        if message["type"] == "http.response.start":
            own = {name.lower() for name, _ in message.get("headers", ())}
            more = [(n.lower().encode(), v.encode()) for n, v in _HEADERS.items() if n.lower().encode() not in own]
            message = {**message, "headers": [*message.get("headers", ()), *more]}
        await send(message)

    return marked


async def _answer(send: "Send", status: int, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})


def _name(host: str) -> str:
    """A Host header without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else _A_HINT + 1
