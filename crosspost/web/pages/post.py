"""One post, as each network will show it; and the pictures of such pages."""

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from crosspost.app.deciding import irreversible
from crosspost.app.preview import preview
from crosspost.web import picture_cache
from crosspost.web.rendering import render

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.ledger import ChangeState
    from crosspost.web.current_site import Current

#: changes of what is out that did not come about, or not yet
_OPEN: "tuple[ChangeState, ...]" = ("planned", "asked", "failed", "left")


def show(request: "Request") -> Response:
    """The post on each account, and its deliveries."""
    current: Current = request.app.state.current
    app, name = current.app, request.path_params["post"]
    forecast = current.forecast()
    path = current.file_of(name)
    with current.reading() as ledger:
        deliveries = ledger.deliveries(post=name) if ledger is not None else []
        changes = ledger.changes.all(post=name, states=_OPEN) if ledger is not None else []
        mentions = ledger.webmentions.all([name]) if ledger is not None else []
    if not path and not deliveries:
        raise HTTPException(404)
    when = {line.account: line for line in forecast.lines if line.post == name} if forecast is not None else {}
    seen, wrong = preview(app, [Path(path)], list(app.accounts())) if path else ([], [])
    there = bool(seen) and seen[0].entry.state == "ready"
    return render(
        request, "post.html", name=name, seen=seen[0] if seen else None, wrong=wrong, deliveries=deliveries,
        when=when, label=app.label, gone=not seen and not wrong, done=request.query_params.get("done", ""),
        changes=changes, acts=irreversible.possible(deliveries, list(app.accounts()), there=there),
        work=current.works.look(name), mentions=mentions,
    )  # fmt: skip


def picture(request: "Request") -> Response:
    """A picture of a page that was shown; its address is its content, so it never changes."""
    found = picture_cache.picture(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "private, max-age=86400, immutable", "Content-Disposition": "inline"}
    return Response(found.data, media_type=found.mime, headers=headers)
