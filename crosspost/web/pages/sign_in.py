"""Coming in and going out: the one-use link, the login, the language; and the files that need no login."""

import threading
import time
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from crosspost.web.localization import COOKIE, LANGUAGES
from crosspost.web.rendering import render
from crosspost.web.sessions import SESSION
from crosspost.web.static_files import content
from crosspost.web.users import User
from crosspost.web.visitor import Authenticator

if TYPE_CHECKING:
    from starlette.requests import Request

#: a year in seconds: a file's address changes with the file
_YEAR = 31_536_000


class _Patience:
    """Slows down whoever guesses passwords: after some mistakes for a name nobody tries it for a while."""

    MOST, REST = 5, 60.0  # mistakes, and seconds

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mistakes: dict[str, list[float]] = {}

    def over(self, name: str) -> bool:
        with self._lock:
            since = time.monotonic() - self.REST
            self._mistakes = {
                one: kept for one, times in self._mistakes.items() if (kept := [at for at in times if at > since])
            }
            return len(self._mistakes.get(name, ())) >= self.MOST

    def mistake(self, name: str) -> None:
        with self._lock:
            self._mistakes.setdefault(name, []).append(time.monotonic())


_patience = _Patience()
#: each try takes 32 MB of memory: two at a time are enough
_one_by_one = threading.Semaphore(2)


def closed(request: "Request") -> Response:
    """For somebody who has not logged in, or may see nothing that is shown here."""
    if request.headers.get("hx-request"):  # a part of a page
        if request.method == "POST":  # of a form that somebody is filling in: nothing of it may be lost
            return render(request, "closed_part.html", 401)
        return Response(status_code=401, headers={"HX-Refresh": "true"})  # the whole page leads to the login
    peer = request.client.host if request.client is not None else ""
    known = _authenticator(request).known(peer, request.headers, request.cookies)
    if known is not None:
        return render(request, "closed.html", 403, sites=known.sites or ())
    if request.method == "GET" and _authenticator(request).anybody():
        return RedirectResponse("/login", 303)
    return render(request, "closed.html", 401)


def enter(request: "Request") -> Response:
    """The one-use link: a page with one button, because programs that look at links press none."""
    if request.method == "GET":
        return render(request, "enter.html", ticket=request.query_params.get("ticket", ""))
    user = _authenticator(request).sessions.enter(str(request.state.form.get("ticket", "")))
    return _welcome(request, user) if user is not None else render(request, "closed.html", 401, used=True)


def login(request: "Request") -> Response:
    """Name and password."""
    if request.method == "GET":
        return render(request, "login.html", name="", wrong="")
    name, password = (str(request.state.form.get(key, "")) for key in ("name", "password"))
    said = request.state.speech.gettext
    if _patience.over(name):
        wrong = said("Too many wrong passwords for this name. Wait a minute.")
        return render(request, "login.html", 429, name=name, wrong=wrong)
    with _one_by_one:
        user = _authenticator(request).check(name, password)
    if user is not None:
        return _welcome(request, user)
    _patience.mistake(name)
    return render(
        request,
        "login.html",
        401,
        name=name,
        wrong=said("Name or password is wrong. Type both again; whoever runs crosspost can give a new password."),
    )


def leave(request: "Request") -> Response:
    """Log out."""
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(_authenticator(request).sessions.cookie)
    return answer


def language(request: "Request") -> Response:
    """Switch the language, and come back to the same page."""
    form = request.state.form
    chosen, path = str(form.get("language", "")), str(form.get("path", ""))
    if chosen not in LANGUAGES:
        raise HTTPException(400)
    # only a page of ours: "//elsewhere" and "/\elsewhere" are other hosts
    ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    answer = RedirectResponse(path if ours else "/", 303)
    answer.set_cookie(COOKIE, chosen, max_age=_YEAR, httponly=True, samesite="lax", secure=_https(request))
    return answer


def static(request: "Request") -> Response:
    """Style and scripts."""
    try:
        kind, data = content(request.path_params["name"])
    except KeyError:
        raise HTTPException(404) from None
    return Response(data, media_type=kind, headers={"Cache-Control": f"public, max-age={_YEAR}, immutable"})


def _welcome(request: "Request", user: User) -> Response:
    sessions = _authenticator(request).sessions
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        sessions.cookie,
        sessions.session(user),
        max_age=round(SESSION.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_https(request),
    )
    return answer


def _https(request: "Request") -> bool:
    """Whether the cookie is only for https: not on this machine itself, where the pages come without."""
    local = request.url.hostname in ("127.0.0.1", "localhost", "::1")
    return bool(request.app.state.address.https) and not local


def _authenticator(request: "Request") -> Authenticator:
    authenticator: Authenticator = request.app.state.authenticator
    return authenticator
