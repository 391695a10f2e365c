"""The site's posts, newest first: what is out, what is to come, and what cannot go out."""

from typing import TYPE_CHECKING

from starlette.responses import Response

from crosspost.web.rendering import render
from crosspost.web.shortcuts import one_page

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.web.current_site import Current


def show(request: "Request") -> Response:
    """One page of the list, or those with a word in their title."""
    current: Current = request.app.state.current
    forecast = current.forecast()
    search = request.query_params.get("search", "").strip()
    entries = list(reversed(forecast.entries)) if forecast is not None else []
    if search:
        entries = [entry for entry in entries if search.casefold() in entry.title.casefold()]
    found = one_page(request, entries, search=search)
    return render(request, "posts.html", forecast=forecast, found=found)
