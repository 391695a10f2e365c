"""Which of several sites a page is about: its address begins with ``/s/NAME`` then, so that a form never acts on
another site than the one it was shown for."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from itertools import islice
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar
from urllib.parse import quote

from crosspost import tracing
from crosspost.config.sites import MAIN, PAGES
from crosspost.errors import CrosspostError
from crosspost.model import Value

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from crosspost.web.users import User
    from crosspost.web.visitor import Authenticator

_log = logging.getLogger("crosspost.web")
#: what is the same for every site: logging in and out, the language, files, and hints
_COMMON = ("/static/", "/enter", "/login", "/logout", "/language", "/hook")
Shown = TypeVar("Shown")
#: of so many sites everything is kept that their pages show; a person looks at a few
AT_HAND = 20
#: pages about all sites together
ABOUT_ALL = ("/", "/overview/live", "/calendar")


class Pages(NamedTuple, Generic[Shown]):
    """The pages of one site, what they show, and what has them forget what can be made anew."""

    app: "ASGIApp"
    current: Shown
    rest: Callable[[], None] = lambda: None


class Here(Value, frozen=True, kw_only=True):
    """The site of a page ("": all of them, or the only one), and the names of all that somebody may see (none
    where there is one only)."""

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


class _Asked(NamedTuple):
    """Who asks (None: somebody who has not logged in), all sites, and those that this person may see."""

    visitor: "User | None"
    every: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether pages about several sites are of use."""
        return self.visitor is None or self.visitor.sites is None or len(self.names) != 1

    @property
    def home(self) -> str:
        """The site that is meant where an address names none; "" where none may be told."""
        return next(iter(self.names if self.visitor is not None else [n for n in self.names if n == MAIN]), "")


class Sites(Generic[Shown]):
    """Serves the pages of several sites, of which those that somebody may not see are not there for them.

    :param names: gives their names as they are now
    :param make: makes the pages of one when somebody first asks for them
    :param whole: makes the pages about all of them, which are those of :data:`ABOUT_ALL`
    :param authenticator: who may see what
    """

    def __init__(
        self,
        names: Callable[[], Sequence[str]],
        make: Callable[[str], Pages[Shown]],
        whole: "Callable[[Callable[[str], Shown]], ASGIApp]",
        authenticator: "Authenticator",
    ) -> None:
        self._names, self._make, self._authenticator = names, make, authenticator
        self._made: dict[str, Pages[Shown]] = {}
        self._lock = threading.Lock()
        self._whole = whole(lambda name: self._pages(name).current)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Hand a request to the site that its address names."""
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import PlainTextResponse

        if scope["type"] != "http":
            return
        try:
            asked = await run_in_threadpool(self._asked, scope)
            found = await run_in_threadpool(self._found, scope, asked)
        except CrosspostError as error:  # whoever asks from outside is told nothing of the config
            _log.error("no page can be shown: %s", error)
            found = PlainTextResponse("That is not possible at the moment; the terminal it runs in says why.\n", 503)
        if isinstance(found, _Found):
            await _there(found, scope, receive, send, names=asked.names)
        else:
            await found(scope, receive, send)

    def _asked(self, scope: "Scope") -> _Asked:
        from starlette.requests import HTTPConnection

        came, every = HTTPConnection(scope), tuple(self._names())
        peer = came.client.host if came.client is not None else ""
        visitor = self._authenticator.known(peer, came.headers, came.cookies)
        return _Asked(visitor, every, tuple(n for n in every if visitor is None or visitor.sees(n)))

    def _found(self, scope: "Scope", asked: _Asked) -> "_Found | Response":
        """The pages that a request is for, or an answer where there are none."""
        from starlette.responses import PlainTextResponse, RedirectResponse

        path, reads = str(scope["path"]), scope["method"] in ("GET", "HEAD")
        if path in ABOUT_ALL and reads and asked.whole:
            return _Found(self._whole, path)
        if path.startswith(PAGES):
            name, _, rest = path.removeprefix(PAGES).partition("/")
            return (self._of_site(name, f"/{rest}") if name in asked.names else None) or self._no_site(
                path, reads=reads
            )
        if path.startswith(_COMMON):
            return self._common(path, asked)
        if not reads:
            return PlainTextResponse("The address names no site.\n", 404)
        query = scope["query_string"].decode("latin-1")
        to = f"{base(asked.home)}{quote(path)}{'?' if query else ''}{query}" if asked.home else "/"
        return RedirectResponse(to, 303)

    def _of_site(self, name: str, path: str) -> "_Found | None":
        """None where something is wrong with the site: a page about all of them says what."""
        try:
            return _Found(self._pages(name).app, path, name)
        except CrosspostError:
            return None

    def _no_site(self, path: str, *, reads: bool) -> "_Found | Response":
        """A page that says why; programs are told in few words."""
        from starlette.responses import PlainTextResponse

        return _Found(self._whole, path) if reads else PlainTextResponse("There is no such site.\n", 404)

    def _common(self, path: str, asked: _Asked) -> "_Found":
        """What is the same for every site comes from one that can be shown.

        :raises CrosspostError: when none can
        """
        wrong: CrosspostError | None = None
        for name in dict.fromkeys((*asked.names, *asked.every)):
            try:
                return _Found(self._pages(name).app, path)
            except CrosspostError as error:
                wrong = error
        raise wrong or CrosspostError("the config has no site")

    def _pages(self, name: str) -> Pages[Shown]:
        with self._lock:
            found = self._made.pop(name) if name in self._made else self._make(name)
            self._made[name] = found  # the last one now
            if (number := len(self._made) - AT_HAND) > 0:
                self._made[next(islice(self._made, number - 1, None))].rest()
            return found


class _Found(NamedTuple):
    """Pages, the path of one of them, and the name of the site that it is about ("": of all)."""

    app: "ASGIApp"
    path: str
    name: str = ""


async def _there(found: _Found, scope: "Scope", receive: "Receive", send: "Send", *, names: tuple[str, ...]) -> None:
    """Answer a request as a page of a site, or with "" of all."""
    token = _HERE.set(Here(name=found.name, names=names))
    try:
        with tracing.about(site=found.name):
            await found.app({**scope, "path": found.path, "raw_path": quote(found.path).encode()}, receive, send)
    finally:
        _HERE.reset(token)
