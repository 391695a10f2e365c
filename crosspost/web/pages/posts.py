"""The site's posts, newest first: what is out, what is to come, and what cannot go out."""

from typing import TYPE_CHECKING

from starlette.responses import Response

from crosspost.web.rendering import render

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.web.current_site import Current

_ROWS = 50


def show(request: "Request") -> Response:
    """One page of the list, or those with a word in their title."""
    current: Current = request.app.state.current
    forecast = current.forecast()
    search = request.query_params.get("search", "").strip()
    entries = list(reversed(forecast.entries)) if forecast is not None else []
    if search:
        entries = [entry for entry in entries if search.casefold() in entry.title.casefold()]
    written = request.query_params.get("page", "1")
    number = max(1, int(written) if written.isdecimal() and len(written) < 9 else 1)
    return render(
        request, "posts.html", forecast=forecast, search=search, total=len(entries), page=number,
        pages=max(1, -(-len(entries) // _ROWS)), entries=entries[(number - 1) * _ROWS : number * _ROWS],
    )  # fmt: skip
