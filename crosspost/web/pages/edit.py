"""Change words, alternative texts, time and skipping of one post on one account: form, diff, and then the change."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from starlette.exceptions import HTTPException
from starlette.responses import Response

from crosspost.app.editing import edit_proposal, editable
from crosspost.app.editing.edit_preview import trial
from crosspost.app.editing.edit_words import UNSET, Edit
from crosspost.web.rendering import render
from crosspost.web.shortcuts import moment, person, post_path, redirect

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.app.editing.editable import Editable
    from crosspost.app.preview_model import AccountPreview
    from crosspost.web.current_site import Current

#: before the name of a picture in the form
_ALT = "alt:"


def form(request: "Request") -> Response:
    """The form, with what counts now."""
    now, shown, _ = _now(request)
    values: dict[str, Any] = {
        "text": now.meant.text or "",
        "at": _local(request, now.meant.at),
        "skip": bool(now.meant.skip),
    }
    return render(request, "edit.html", now=now, shown=shown, alts=_alts(shown), **values, **_names(request))


def propose(request: "Request") -> Response:
    """Show what would change, with one button that does it; that button comes here too."""
    now, before, path = _now(request)
    edit, where = _edit(request, now, before), _where(request)
    app, account = _current(request).app, now.account
    if edit == Edit():
        return render(request, "edit_proposal.html", proposal=None, now=now, **_names(request))
    proposal = edit_proposal.propose(app, path, account, edit, where)
    seen = str(request.state.form.get("seen", ""))
    if seen:
        edit_proposal.apply(app, proposal, person(request), seen=seen)
        _current(request).look_again()
        return redirect(f"{post_path(request.path_params['post'])}?done=edited")
    post, shown = trial(app, path, account, edit)
    kept = [(name, str(value)) for name, value in request.state.form.items() if name != "seen"]
    return render(
        request, "edit_proposal.html", proposal=proposal, now=now, kept=kept, post=post, shown=shown, **_names(request)
    )


def count(request: "Request") -> Response:
    """The length of what is in the form, as it would be sent; for the line that counts while somebody types."""
    now, before, path = _now(request)
    _, shown = trial(_current(request).app, path, now.account, _edit(request, now, before))
    return render(request, "edit_count.html", shown=shown)


def _now(request: "Request") -> "tuple[Editable, AccountPreview, Path]":
    """The post and account of the address, and what it says there now."""
    current = _current(request)
    name, account = request.path_params["post"], request.path_params["account"]
    path = current.file_of(name)
    if not path or account not in current.app.accounts():
        raise HTTPException(404)
    file = Path(path)
    _, shown = trial(current.app, file, account, Edit())
    return editable.look(current.app, file, account), shown, file


def _edit(request: "Request", now: "Editable", shown: "AccountPreview") -> Edit:
    """What is different in the form; what is the same is not said."""
    given = request.state.form
    text = str(given.get("text", "")).replace("\r\n", "\n").strip()
    at, skip = str(given.get("at", "")), "skip" in given
    alts = {}
    for name, _, alt in _alts(shown):
        said = str(given.get(f"{_ALT}{name}", alt)).strip()
        if said != alt:
            alts[name] = said or None
    return Edit(
        text=UNSET if text == (now.meant.text or "").strip() else text or None,
        at=UNSET if at == _local(request, now.meant.at) else moment(request, at),
        skip=UNSET if skip == bool(now.meant.skip) else skip,
        alt=alts,
    )


def _alts(shown: "AccountPreview") -> list[tuple[str, str, str]]:
    """Name, title and alternative text of each picture that has a file."""
    if shown.draft is None:
        return []
    return [(Path(p.path).name, Path(p.path).name, p.alt.strip()) for p in shown.draft.images if p.path]


def _local(request: "Request", moment: datetime | None) -> str:
    """A moment as a form writes it, in the site's zone."""
    return f"{moment.astimezone(request.state.speech.zone):%Y-%m-%dT%H:%M}" if moment is not None else ""


def _where(request: "Request") -> Literal["file", "ledger"]:
    return "file" if request.state.form.get("where") == "file" else "ledger"


def _names(request: "Request") -> dict[str, Any]:
    names = request.path_params
    return {"post_id": names["post"], "account": names["account"], "label": _current(request).app.label}


def _current(request: "Request") -> "Current":
    current: Current = request.app.state.current
    return current
