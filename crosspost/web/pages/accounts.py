"""Each account: state, end of its token, limits, pauses, and what went wrong last."""

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from crosspost.app import overview as app_overview
from crosspost.app.deciding import decisions
from crosspost.app.manual import topics
from crosspost.web.rendering import render
from crosspost.web.shortcuts import person, redirect

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.web.current_site import Current


def show(request: "Request") -> Response:
    """All accounts."""
    current: Current = request.app.state.current
    app = current.app
    with current.reading() as ledger:
        rows = app_overview.accounts(app, ledger, ledger.counts()) if ledger is not None else []
        known = [row.name for row in rows if row.health != "misconfigured"]
        usage = {name: app_overview.usage(app, ledger, name) for name in known} if ledger is not None else {}
    return render(request, "accounts.html", rows=rows, usage=usage, names=list(app.accounts()), topics=topics())


def wake(request: "Request") -> Response:
    """Try an account again at once that rests because its server was in trouble."""
    current: Current = request.app.state.current
    name = request.path_params["name"]
    if name not in current.app.accounts():
        raise HTTPException(404)
    with current.writing() as ledger:
        decisions.wake(ledger, [name])
        ledger.audit.note(person(request), "wake", account=name)
    return redirect("/accounts")
