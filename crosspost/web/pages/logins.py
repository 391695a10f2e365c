"""Connect an account or renew its login: the flows of `crosspost accounts`, each question a form."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from crosspost.app.accounts.manage import RENEWING, renewed
from crosspost.app.editing import audit_log
from crosspost.config import registry
from crosspost.config.secret_places import PLACES
from crosspost.errors import ConfigError
from crosspost.web.rendering import render
from crosspost.web.shortcuts import person, redirect

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.app.accounts.add import Added
    from crosspost.app.application import App
    from crosspost.config.secret_places import Place
    from crosspost.ledger import Person
    from crosspost.web.conversation import Conversation
    from crosspost.web.current_site import Current

    Flow = Callable[[Conversation], list[Added]]

#: places of tokens that can be chosen here; a command is only typed at a terminal, because a page must run none
_KEEP = ("file", "keyring", "files")
#: seconds a page waits for the next question
_PATIENCE = 20


def form(request: "Request") -> Response:
    """Which network it is."""
    networks = [(name, str(registry.load(name).name)) for name in registry.names()]
    return render(request, "connect.html", networks=networks, places=_KEEP)


def connect(request: "Request") -> Response:
    """Begin to connect an account of a network."""
    from crosspost.app.accounts.add import add, log_in

    given, app = request.state.form, _current(request).app
    network, base_url = str(given.get("network", "")), str(given.get("base_url", "")).strip()
    registry.load(network)  # a network there is not is a sentence

    def flow(dialog: "Conversation") -> "list[Added]":
        return add(app, log_in(app, network, dialog, base_url=base_url), dialog, _place(app, request))

    return _begun(request, "account add", flow, {})


def renew(request: "Request") -> Response:
    """Begin to renew the login of an account."""
    app, name = _current(request).app, request.path_params["name"]
    if app.settings is None or name not in app.settings.accounts:
        raise HTTPException(404)

    def flow(dialog: "Conversation") -> "list[Added]":
        return renewed(app, name, dialog, lambda: _place(app, request))

    return _begun(request, "account renew", flow, RENEWING)


def show(request: "Request") -> Response:
    """What is asked now, or what came of it."""
    found = _conversation(request)
    found.settle(_PATIENCE)
    return render(request, "connection.html", conversation=found, asked=found.asked)


def answer(request: "Request") -> Response:
    """One answer; then the page shows what comes next."""
    found, given = _conversation(request), request.state.form
    number = str(given.get("number", ""))
    if number.isdecimal() and len(number) < 9:
        found.answer(int(number), str(given.get("answer", "")))
    return redirect(f"/logins/{found.id}")


def _begun(request: "Request", action: str, flow: "Flow", answers: dict[str, str]) -> Response:
    current, who = _current(request), person(request)

    def noted(dialog: "Conversation") -> "list[Added]":
        added = flow(dialog)
        _note(current.app, who, action, added)
        current.look_again()
        return added

    begun = current.conversations.begin(who.name, noted, lambda number: _address(request, number), answers)
    return redirect(f"/logins/{begun.id}")


def _note(app: "App", who: "Person", action: str, added: "list[Added]") -> None:
    for one in added:
        audit_log.note(app, who, action, account=one.name)


def _address(request: "Request", number: str) -> str:
    """The whole address of a conversation's page, under the name that the person uses."""
    https = request.app.state.address.https and request.url.hostname not in ("127.0.0.1", "localhost", "::1")
    return f"{'https' if https else 'http'}://{request.headers['host']}/logins/{number}"


def _place(app: "App", request: "Request") -> "Place":
    """Where the token goes."""
    keep = str(request.state.form.get("keep", "file"))
    if keep not in _KEEP:
        raise ConfigError(f"a token cannot be kept in “{keep}” from here; `crosspost accounts add` can")
    assert app.settings is not None  # noqa: S101  # for the type checker: the dashboard is not served without a config
    return PLACES[keep](app.settings.beside(app.settings.secrets.file))


def _conversation(request: "Request") -> "Conversation":
    found = _current(request).conversations.of(request.path_params["number"], person(request).name)
    if found is None:
        raise HTTPException(404)
    return found


def _current(request: "Request") -> "Current":
    current: Current = request.app.state.current
    return current
