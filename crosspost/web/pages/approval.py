"""What waits for a yes: on a page, and by a link in a notice, where a button decides and never the link itself."""

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from crosspost.app.editing import approval, approval_links
from crosspost.web.rendering import render
from crosspost.web.shortcuts import person, redirect

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.web.current_site import Current


def show(request: "Request") -> Response:
    """Everything that waits for a yes."""
    current: Current = request.app.state.current
    waiting = approval.waiting(current.app)
    names = current.app.approves()
    return render(request, "approvals.html", waiting=waiting, asks=names, label=current.app.label)


def decide(request: "Request") -> Response:
    """Yes to the text that was seen, or no."""
    current: Current = request.app.state.current
    number, form = request.path_params["number"], request.state.form
    if form.get("decision") == "yes":
        approval.approve(current.app, number, str(form.get("seen", "")), person(request))
    elif form.get("decision") == "no":
        approval.decline(current.app, number, person(request))
    else:
        raise HTTPException(400)
    current.look_again()
    return redirect(f"/deliveries/{number}?done={'approved' if form.get('decision') == 'yes' else 'declined'}")


def by_link(request: "Request") -> Response:
    """The page behind a link of a notice; it needs no login, and its button can be pressed once."""
    current: Current = request.app.state.current
    if request.method == "GET":
        token = request.query_params.get("token", "")
        one = approval_links.read(current.app, token)
        return render(request, "approve_link.html", one=one, token=token, label=current.app.label, decided="")
    form = request.state.form
    decision = str(form.get("decision", ""))
    if decision not in ("yes", "no"):
        raise HTTPException(400)
    name = " ".join(str(form.get("name", "")).split())[:64]
    approval_links.use(current.app, str(form.get("token", "")), yes=decision == "yes", name=name)
    return render(request, "approve_link.html", one=None, token="", label=current.app.label, decided=decision)
