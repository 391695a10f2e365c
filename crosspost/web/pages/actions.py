"""What cannot be undone on a post: a page shows it first and says on which accounts, then one button does it once."""

from typing import TYPE_CHECKING, cast

from starlette.exceptions import HTTPException
from starlette.responses import Response

from crosspost.app.deciding import irreversible
from crosspost.web.rendering import render
from crosspost.web.shortcuts import person, post_path, redirect

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.app.deciding.irreversible import Act, Intent
    from crosspost.web.current_site import Current

#: seconds a page waits for it to be done; then it goes on beside
_PATIENCE = 25


def show(request: "Request") -> Response:
    """What would be done, on which accounts, and the button that does it."""
    return _shown(request, _wanted(request)[0])


def do(request: "Request") -> Response:
    """Do it, where everything is as it was shown."""
    current: Current = request.app.state.current
    intent, path = _wanted(request)
    form, post = request.state.form, request.path_params["post"]
    chosen = [str(name) for name in form.getlist("account")]
    if form.get("seen") != intent.seen:  # also when the same form was sent before
        return redirect(f"{post_path(post)}?done=meanwhile")
    if not chosen:
        return _shown(request, intent, status=409)
    app, who = current.app, person(request)

    def run() -> list[str]:
        try:
            return irreversible.do(app, intent, path, chosen, who)
        finally:
            current.look_again()

    work = current.works.begin(post, run)
    if work is None or not work.wait(_PATIENCE):
        return redirect(f"{post_path(post)}?done=working")
    if isinstance(work.error, irreversible.ChangedMeanwhile):
        current.works.look(post)
        return redirect(f"{post_path(post)}?done=meanwhile")
    if work.error is None and not work.said:
        current.works.look(post)
    return redirect(f"{post_path(post)}?done={intent.act if work.error is None else ''}")


def _wanted(request: "Request") -> "tuple[Intent, str]":
    """What the address asks for, and the file of the post ("" when it is gone)."""
    current: Current = request.app.state.current
    act, post = request.path_params["act"], request.path_params["post"]
    if act not in irreversible.ACTS:
        raise HTTPException(404)
    path = current.file_of(post)
    if not path:
        with current.reading() as ledger:
            if ledger is None or not ledger.deliveries(post=post):
                raise HTTPException(404)
    return irreversible.look(current.app, cast("Act", act), post, path), path


def _shown(request: "Request", intent: "Intent", *, status: int = 200) -> Response:
    current: Current = request.app.state.current
    post, label = request.path_params["post"], current.app.label
    return render(request, "act.html", status, intent=intent, post_id=post, label=label, unticked=status == 409)
