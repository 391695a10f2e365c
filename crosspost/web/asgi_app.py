"""The routes, and what is answered when something goes wrong. Starlette is imported with this module."""

import logging
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from crosspost.config.sites import PAGES
from crosspost.errors import CrosspostError
from crosspost.ledger import Busy
from crosspost.web.all_sites import Everything
from crosspost.web.current_site import Current
from crosspost.web.guard import OPEN_TO_HINTS, OPEN_TO_PROGRAMS, OPEN_TO_SITES, Address, Guard
from crosspost.web.localization import Speech, chosen
from crosspost.web.pages import (
    accounts,
    actions,
    approval,
    calendar,
    deliveries,
    edit,
    hook,
    logins,
    manual,
    micropub,
    move,
    note,
    overview,
    post,
    posts,
    responses,
    sign_in,
    webmention,
)
from crosspost.web.rendering import render
from crosspost.web.users import Role, User, may
from crosspost.web.visitor import Authenticator

_log = logging.getLogger("crosspost.web")
Page = Callable[[Request], Response]


class _Key(IntegerConvertor):
    """The number of a row in the ledger. No database has longer ones, so an address with one is none of ours."""

    regex = "[0-9]{1,18}"


register_url_convertor("key", _Key())


def site(current: Current, authenticator: Authenticator, address: Address) -> ASGIApp:
    """Everything that is served about one site.

    :param authenticator: who may come in
    :param address: under which names
    """
    app = Starlette(routes=_PAGES, exception_handlers={HTTPException: _refused, Exception: _failed})
    app.state.current, app.state.address = current, address
    app.state.authenticator = authenticator.at(lambda: (current.site,))
    app.state.pace, app.state.micropub_pace, app.state.hook_pace = (webmention.Pace() for _ in range(3))
    return Guard(app, address)


def every_site(everything: Everything, authenticator: Authenticator, address: Address) -> ASGIApp:
    """The pages about all sites, whose addresses are :data:`crosspost.web.site_prefix.ABOUT_ALL`.

    They are also for somebody who may see some of the sites: each page asks for those by :meth:`Everything.parts`.
    """
    routes = [
        _route("/", overview.of_all),
        _route("/overview/live", overview.live_of_all),
        _route("/calendar", calendar.of_all),
        _open(f"{PAGES}{{name}}/{{rest:path}}", _no_site, ["GET"]),
        _open(f"{PAGES}{{name:path}}", _no_site, ["GET"]),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refused, Exception: _failed})
    app.state.current, app.state.address = everything, address
    app.state.authenticator = authenticator.at(everything.names)
    return Guard(app, address)


def _no_site(request: Request) -> Response:
    """A site whose pages cannot be shown: it does not exist, something is wrong with it, or it is for others."""
    if request.state.visitor is None:
        closed = sign_in.closed(request)
        if closed.status_code == 403:  # nothing is for this person, and the site might not be there
            closed.status_code = 404
        return closed
    everything: Everything = request.app.state.current
    name, speech = request.path_params["name"], request.state.speech
    if name in everything.shown_to(request.state.visitor):
        try:
            everything.check(name)
        except CrosspostError as error:
            return _told(request, 404, error=str(error))
    return _told(request, 404, speech.gettext("There is no site of this name, or it is not one of yours."))


def _route(path: str, page: Page, role: Role | None = None, *, method: str = "") -> Route:
    """A page for those who are logged in; with ``role`` for those who have at least that, and then an action.

    :param method: GET where it is a page that not everybody may see
    """

    def shown(request: Request) -> Response:
        if request.state.visitor is None:
            return sign_in.closed(request)
        if role is not None and not may(request.state.visitor, role):
            raise HTTPException(403)
        return page(request)

    return Route(path, _answering(shown), methods=[method or ("GET" if role is None else "POST")])


def _open(path: str, page: Page, methods: list[str]) -> Route:
    """A page for everybody."""
    return Route(path, _answering(page), methods=methods)


def _answering(page: Page) -> Callable[[Request], Awaitable[Response]]:
    """A page as Starlette calls it: the form is read first, then a thread works, since reading the ledger blocks."""

    async def answer(request: Request) -> Response:
        request.state.json = None
        if request.method == "POST":
            if request.url.path == OPEN_TO_PROGRAMS and "application/json" in request.headers.get("content-type", ""):
                request.state.json = await request.body()
            request.state.form = await _form(request)
        try:
            return await run_in_threadpool(_known, page, request)
        finally:
            await request.close()  # a file that came along

    return answer


async def _form(request: Request) -> FormData:
    """What a form brought; Starlette takes at most a million bytes a field, and calls more a bad request."""
    try:
        return await request.form()
    except HTTPException as error:
        raise HTTPException(413 if "exceeded maximum size" in error.detail else error.status_code) from error


def _known(page: Page, request: Request) -> Response:
    """Find out who asks in which language, and turn what went wrong into a page."""
    greet(request)
    try:
        request.state.visitor = _visitor(request)
        return page(request)
    except Busy:
        sentence = request.state.speech.gettext("A run is at work. Nothing was changed; try again in a moment.")
        return _told(request, 503, sentence)
    except CrosspostError as error:
        return _told(request, 409, error=str(error))


def _told(request: Request, status: int, sentence: str = "", error: str = "") -> Response:
    """What went wrong: as a page, or in place of the part of a page that was asked for.

    :param sentence: in the reader's language
    :param error: in English, or what a network or a server said
    """
    if "hx-request" not in request.headers:
        return render(request, "problem.html", status, sentence=sentence, error=error)
    live = request.url.path if request.url.path.endswith("/live") else ""
    return render(request, "problem_part.html", status, sentence=sentence, error=error, live=live)


def _visitor(request: Request) -> User | None:
    """Who asks."""
    authenticator: Authenticator = request.app.state.authenticator
    peer = request.client.host if request.client is not None else ""
    return authenticator.who(peer, request.headers, request.cookies)


def greet(request: Request) -> None:
    """Choose the language; until more is known nobody is logged in."""
    current: Current | Everything = request.app.state.current
    language = chosen(request.cookies, request.headers.get("accept-language", ""))
    request.state.speech = Speech(language, current.zone, current.now())
    request.state.visitor = None


async def _refused(request: Request, error: Exception) -> Response:
    """An address that does not exist, or something that this person may not do."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    return await _problem(request, status)


async def _failed(request: Request, error: Exception) -> Response:
    """A mistake of ours: the log has it, the page only says so."""
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return await _problem(request, 500)


async def _problem(request: Request, status: int) -> Response:
    known = getattr(request.state, "visitor", None)
    greet(request)
    request.state.visitor = known or (await run_in_threadpool(_visitor, request) if status < 500 else None)
    said = request.state.speech.gettext
    sentences = {
        403: said("Your role does not allow that. Somebody with a higher role can do it."),
        404: said("There is no such page. It may have been there before: the list of deliveries knows everything."),
        405: said("This address is only for a form. Go back and press its button."),
        413: said("A text in this form is too long, so nothing was changed. Go back, and make it shorter."),
        500: said("This is a mistake in crosspost. Nothing was lost; the terminal it runs in says more."),
    }
    sentence = sentences.get(status, said("That request could not be understood."))
    return await run_in_threadpool(_told, request, status, sentence)


#: the pages, and who may see them or do what they offer
_PAGES = [
    _route("/", overview.show),
    _route("/overview/live", overview.live),
    _route("/deliveries", deliveries.show),
    _route("/deliveries.csv", deliveries.as_csv),
    _route("/deliveries.json", deliveries.as_json),
    _route("/deliveries/{number:key}", deliveries.one),
    _route("/deliveries/{number:key}/picture", deliveries.picture),
    _route("/deliveries/{number:key}/look", deliveries.look, "author"),
    _route("/deliveries/{number:key}/settle", deliveries.settle, "approver"),
    _route("/deliveries/{number:key}/retry", deliveries.retry, "author"),
    _route("/retry", deliveries.retry_all, "author"),
    _route("/posts", posts.show),
    _route("/posts/{post:path}", post.show),
    _route("/pictures/{name}", post.picture),
    _route("/acts/{act}/{post:path}", actions.show),
    _route("/acts/{act}/{post:path}", actions.do, "approver"),
    _route("/calendar", calendar.show),
    _route("/move", move.choose),
    _route("/move/{post:path}", move.form),
    _route("/move/{post:path}", move.propose, "author"),
    _route("/accounts", accounts.show),
    _route("/accounts/{name}/wake", accounts.wake, "author"),
    _route("/logins", logins.form, "admin", method="GET"),
    _route("/logins", logins.connect, "admin"),
    _route("/logins/of/{name}", logins.renew, "admin"),
    _route("/logins/{number}", logins.show, "admin", method="GET"),
    _route("/logins/{number}", logins.answer, "admin"),
    _route("/edit/{account}/{post:path}", edit.form),
    _route("/edit/{account}/{post:path}", edit.propose, "author"),
    _route("/count/{account}/{post:path}", edit.count, "author"),
    _route("/approvals", approval.show),
    _route("/approvals/{number:key}", approval.decide, "approver"),
    _route("/responses", responses.show),
    _route("/responses/{number:key}", responses.decide, "approver"),
    _route("/note", note.form),
    _route("/note", note.write, "author"),
    _route("/changes", note.changes),
    _route("/help", manual.show),
    _route("/help/{topic}", manual.show),
    _open("/login", sign_in.login, ["GET", "POST"]),
    _open("/logout", sign_in.leave, ["POST"]),
    _open("/enter", sign_in.enter, ["GET", "POST"]),
    _open("/approve", approval.by_link, ["GET", "POST"]),
    _open("/language", sign_in.language, ["POST"]),
    _open(OPEN_TO_SITES, webmention.take, ["POST"]),
    _open(OPEN_TO_PROGRAMS, micropub.serve, ["GET", "POST"]),
    Route(OPEN_TO_HINTS, hook.serve, methods=["GET", "POST"]),  # reads no form: what comes is signed as it is
    _open("/static/{name}", sign_in.static, ["GET"]),
]
