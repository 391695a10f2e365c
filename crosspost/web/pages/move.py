"""Move a post to another time: which post for a free time, then when, on which accounts, and the difference first."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from starlette.exceptions import HTTPException
from starlette.responses import Response

from crosspost.app.editing import editable, rescheduling
from crosspost.web.grouping import grouped
from crosspost.web.rendering import render
from crosspost.web.shortcuts import moment, person, post_path, redirect

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.schedule import Planned
    from crosspost.web.current_site import Current

#: planned posts that are offered for a free time
_MOST = 100


def choose(request: "Request") -> Response:
    """What could go out at a free time."""
    current = _current(request)
    forecast, account = current.forecast(), request.query_params.get("account", "")
    lines = [
        line
        for line in (forecast.lines if forecast is not None else ())
        if line.late == "send" and account in ("", line.account)
    ]
    posts = grouped(lines, lambda line: line.post)
    return render(
        request, "move_choose.html", posts=posts[:_MOST], more=len(posts) - _MOST, forecast=forecast, account=account,
        at=request.query_params.get("at", ""), label=current.app.label,
    )  # fmt: skip


def form(request: "Request") -> Response:
    """When, where, and where to keep it."""
    current, name = _current(request), request.path_params["post"]
    path, lines = current.file_of(name), _lines(current, name)
    if not path:
        raise HTTPException(404)
    known = [line.account for line in lines] or list(current.app.accounts())
    look = editable.look(current.app, Path(path), known[0])
    asked = request.query_params
    return render(
        request, "move.html", name=name, title=lines[0].title if lines else name, accounts=known,
        chosen=[one for one in asked.getlist("account") if one in known] or known, at=asked.get("at", ""),
        writable=look.writable, label=current.app.label,
    )  # fmt: skip


def propose(request: "Request") -> Response:
    """Show what would change, with one button that does it; that button comes here too."""
    current, name = _current(request), request.path_params["post"]
    given, path = request.state.form, current.file_of(name)
    if not path:
        raise HTTPException(404)
    accounts = [str(one) for one in given.getlist("account")]
    if any(one not in current.app.accounts() for one in accounts):
        raise HTTPException(404)
    where: Literal["file", "ledger"] = "file" if given.get("where") == "file" else "ledger"
    found = rescheduling.propose(current.app, Path(path), accounts, moment(request, str(given.get("at", ""))), where)
    if seen := str(given.get("seen", "")):
        rescheduling.apply(current.app, found, person(request), seen=seen)
        current.look_again()
        return redirect(f"{post_path(name)}?done=edited")
    kept = [(key, str(value)) for key, value in given.multi_items() if key != "seen"]
    return render(request, "move_proposal.html", name=name, move=found, kept=kept, label=current.app.label)


def _lines(current: "Current", post: str) -> "list[Planned]":
    forecast = current.forecast()
    return [line for line in forecast.lines if line.post == post] if forecast is not None else []


def _current(request: "Request") -> "Current":
    current: Current = request.app.state.current
    return current
