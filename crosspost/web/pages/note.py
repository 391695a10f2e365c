"""A short post that is not an article, and who changed what by hand."""

from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from crosspost.app.editing import audit_log, new_note
from crosspost.app.editing.note_picture import MOST_BYTES
from crosspost.errors import CrosspostError
from crosspost.web.rendering import render
from crosspost.web.shortcuts import moment, person, redirect

if TYPE_CHECKING:
    from starlette.datastructures import ImmutableMultiDict
    from starlette.requests import Request

    from crosspost.web.current_site import Current


def form(request: "Request") -> Response:
    """The form of a short post."""
    return _form(request, request.query_params, 200)


def write(request: "Request") -> Response:
    """Write it as a file of the site; from then on it is a post like every other."""
    current: Current = request.app.state.current
    given = request.state.form
    picture = given.get("picture")
    try:
        note = new_note.Note(
            text=str(given.get("text", "")).replace("\r\n", "\n"),
            title=str(given.get("title", "")).strip(),
            link=str(given.get("link", "")).strip(),
            picture=picture.file.read(MOST_BYTES + 1) if isinstance(picture, UploadFile) else b"",
            alt=str(given.get("alt", "")).strip(),
            accounts=tuple(str(name) for name in given.getlist("account")),
            at=moment(request, str(given.get("at", ""))),
        )
        new_note.new(current.app, note, person(request))
    except CrosspostError as error:
        again = isinstance(picture, UploadFile) and bool(picture.filename)
        return _form(request, given, 409, wrong=str(error), again=again)
    current.look_again()
    return redirect("/posts?done=written")


def _form(
    request: "Request", given: "ImmutableMultiDict[str, Any]", status: int, *, wrong: str = "", again: bool = False
) -> Response:
    """The form with what is in it already.

    :param wrong: why it was refused
    :param again: whether the picture has to be chosen once more, which no page can do
    """
    current: Current = request.app.state.current
    app = current.app
    return render(
        request, "note.html", status, accounts=list(app.accounts()), label=app.label, why_not=new_note.why_not(app),
        given=given, wrong=wrong, again=again,
    )  # fmt: skip


def changes(request: "Request") -> Response:
    """Who changed what, newest first."""
    current: Current = request.app.state.current
    rows, own = audit_log.changes(current.app), current.app.accounts()
    if request.state.visitor.sites is not None:  # an account of another site may have been connected from this one
        rows = [row for row in rows if row.post or row.account in own]
    return render(request, "audit.html", rows=rows)
