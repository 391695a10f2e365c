"""Which of several sites a page is about: its address begins with ``/s/NAME`` then, so that a form never acts on
another site than the one it was shown for."""

import threading
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar
from urllib.parse import quote

from crosspost.config.sites import PAGES
from crosspost.errors import CrosspostError
from crosspost.model import Value

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

#: what is the same for every site: logging in and out, the language, files, and hints
_COMMON = ("/static/", "/pictures/", "/enter", "/login", "/logout", "/language", "/hook")
Shown = TypeVar("Shown")
#: pages about all sites together
ABOUT_ALL = ("/", "/overview/live", "/calendar")


class Pages(NamedTuple, Generic[Shown]):
    """The pages of one site, and what they show."""

    app: "ASGIApp"
    current: Shown


class Here(Value, frozen=True, kw_only=True):
    """The site of a page ("": all of them, or the only one), and the names of all (none where there is one only)."""

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


class Sites(Generic[Shown]):
    """Serves the pages of several sites.

    :param names: gives their names as they are now
    :param make: makes the pages of one when somebody first asks for them
    :param whole: makes the pages about all of them, which are those of :data:`ABOUT_ALL`
    """

    def __init__(
        self,
        names: Callable[[], Sequence[str]],
        make: Callable[[str], Pages[Shown]],
        whole: "Callable[[Callable[[str], Shown]], ASGIApp]",
    ) -> None:
        self._names, self._make = names, make
        self._made: dict[str, Pages[Shown]] = {}
        self._lock = threading.Lock()
        self._whole = whole(lambda name: self._pages(name).current)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Hand a request to the site that its address names."""
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import PlainTextResponse, RedirectResponse

        if scope["type"] != "http":
            return
        names = tuple(await run_in_threadpool(self._names))
        path, name = str(scope["path"]), ""
        if path in ABOUT_ALL and scope["method"] in ("GET", "HEAD"):
            await _there(self._whole, scope, receive, send, path=path, names=names)
            return
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
            pages = (await run_in_threadpool(self._pages, name or names[0])).app
        except CrosspostError as error:
            await PlainTextResponse(f"{error}\n", 404)(scope, receive, send)
            return
        await _there(pages, scope, receive, send, path=path, names=names, name=name)

    def _pages(self, name: str) -> Pages[Shown]:
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]


async def _there(
    pages: "ASGIApp",
    scope: "Scope",
    receive: "Receive",
    send: "Send",
    *,
    path: str,
    names: tuple[str, ...],
    name: str = "",
) -> None:
    """Answer a request as a page of a site, or with "" of all."""
    token = _HERE.set(Here(name=name, names=names))
    try:
        await pages({**scope, "path": path, "raw_path": quote(path).encode()}, receive, send)
    finally:
        _HERE.reset(token)
