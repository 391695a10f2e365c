"""Which of several sites a page is about: its address begins with ``/s/NAME`` then, so that a form never acts on
another site than the one it was shown for."""

import threading
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING
from urllib.parse import quote

from crosspost.config.sites import PAGES
from crosspost.errors import CrosspostError
from crosspost.model import Value

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

#: what is the same for every site: logging in and out, the language, files, and hints
_COMMON = ("/static/", "/pictures/", "/enter", "/login", "/logout", "/language", "/hook")


class Here(Value, frozen=True, kw_only=True):
    """The site of a page, and the names of all; both "" and () where there is only one."""

    name: str = ""
    names: tuple[str, ...] = ()


_NOWHERE = Here()
_HERE: ContextVar[Here] = ContextVar("here", default=_NOWHERE)


def here() -> Here:
    """Where the page that is being made belongs to."""
    return _HERE.get()


def base(name: str | None = None) -> str:
    """What addresses on this page begin with; "" where there is one site.

    :param name: of another site
    """
    name = here().name if name is None else name
    return f"{PAGES}{quote(name)}" if name else ""


class Sites:
    """Serves the pages of several sites.

    :param names: gives their names as they are now
    :param make: makes the pages of one when somebody first asks for them
    """

    def __init__(self, names: Callable[[], Sequence[str]], make: "Callable[[str], ASGIApp]") -> None:
        self._names, self._make = names, make
        self._made: dict[str, ASGIApp] = {}
        self._lock = threading.Lock()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Hand a request to the site that its address names."""
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import PlainTextResponse, RedirectResponse

        if scope["type"] != "http":
            return
        names = tuple(await run_in_threadpool(self._names))
        path, name = str(scope["path"]), ""
        if path.startswith(PAGES):
            name, _, rest = path.removeprefix(PAGES).partition("/")
            path = f"/{rest}"
        elif not path.startswith(_COMMON):
            if scope["method"] not in ("GET", "HEAD"):
                await PlainTextResponse("The address names no site.\n", 404)(scope, receive, send)
                return
            query = scope["query_string"].decode("latin-1")
            to = f"{base(names[0])}{quote(path)}{'?' if query else ''}{query}"
            await RedirectResponse(to, 303)(scope, receive, send)
            return
        try:
            if name and name not in names:
                raise CrosspostError(f"There is no site {name!a}.")
            pages = await run_in_threadpool(self._pages, name or names[0])
        except CrosspostError as error:
            await PlainTextResponse(f"{error}\n", 404)(scope, receive, send)
            return
        token = _HERE.set(Here(name=name, names=names))
        try:
            await pages({**scope, "path": path, "raw_path": quote(path).encode()}, receive, send)
        finally:
            _HERE.reset(token)

    def _pages(self, name: str) -> "ASGIApp":
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]
