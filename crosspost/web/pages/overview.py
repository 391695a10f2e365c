"""What goes out next, what went out last, what waits for a person, and how each account is."""

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from starlette.responses import Response

from crosspost.app import overview as app_overview
from crosspost.errors import CrosspostError
from crosspost.text.told_alike import FEW, by_what_is_said
from crosspost.web.grouping import grouped
from crosspost.web.localization import Speech
from crosspost.web.rendering import render
from crosspost.web.shortcuts import found_sites
from crosspost.web.site_prefix import here

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from crosspost.ledger.notices import Notice
    from crosspost.web.all_sites import Everything
    from crosspost.web.current_site import Current, Forecast

#: lines of the forecast that are shown
_NEXT = 8
#: of many sites, lines that are shown of those that need a person
_MOST = 100


def show(request: "Request") -> Response:
    """The whole page."""
    return render(request, "overview.html", still="still" in request.query_params, **_shown(request))


def live(request: "Request") -> Response:
    """The part that renews itself; nothing where nothing changed, so that the page stays as it is."""
    shown = _shown(request)
    if request.query_params.get("seen") == shown["mark"]:
        return Response(status_code=204)
    return render(request, "overview_live.html", still=False, **shown)


def of_all(request: "Request") -> Response:
    """All sites at a glance; of many, what needs a person."""
    everything: Everything = request.app.state.current
    if len(names := everything.shown_to(request.state.visitor)) > FEW:
        found, still = found_sites(request, names), "still" in request.query_params
        return render(request, "many_sites.html", still=still, found=found, **_seen_of_many(request, names))
    return render(request, "everything.html", still="still" in request.query_params, **_shown_of_all(request))


def live_of_all(request: "Request") -> Response:
    """The part of that which renews itself."""
    everything: Everything = request.app.state.current
    names = everything.shown_to(request.state.visitor)
    many = len(names) > FEW
    shown = _seen_of_many(request, names) if many else _shown_of_all(request)
    if request.query_params.get("seen") == shown["mark"]:
        return Response(status_code=204)
    return render(request, "many_sites_live.html" if many else "everything_live.html", still=False, **shown)


def _seen_of_many(request: "Request", names: "Sequence[str]") -> dict[str, Any]:
    """What is seen of these sites: a line for each that needs a person, what several say once, the others counted."""
    everything: Everything = request.app.state.current
    found = everything.glances.now()
    seen = {name: found[name] for name in names if name in found}
    every = request.state.visitor.sites is None  # what a run of one site notes about others is for nobody else
    said = {name: (*one.said, *(one.told if every else ())) for name, one in seen.items()}
    needs = [(name, one.needs) for name, one in seen.items() if one.needs]
    mark = hashlib.blake2s(repr((names, sorted(seen.items()))).encode(), digest_size=8)
    return {
        "needs": needs,
        "said": by_what_is_said(said),
        "wanting": sum(bool(one.needs or said[name]) for name, one in seen.items()),
        "number": len(names),
        "unseen": len(names) - len(seen),
        "counts": sum((Counter(one.counts) for one in seen.values()), Counter()),
        "mark": mark.hexdigest(),
        "most": _MOST,
    }


def _shown_of_all(request: "Request") -> dict[str, Any]:
    everything: Everything = request.app.state.current
    parts, wrong = everything.parts(request.state.visitor)
    sites: dict[str, dict[str, Any]] = {}
    for part in parts:
        try:
            speech = Speech(request.state.speech.language, part.current.zone, part.current.now())
            sites[part.name] = _of_one(request, part.current, part.forecast) | {"speech": speech}
        except CrosspostError as error:  # a ledger that cannot be read stops no other site
            wrong[part.name] = str(error)
    mark = hashlib.blake2s(repr((sorted(wrong.items()), [(name, one["mark"]) for name, one in sites.items()])).encode())
    names = [name for name in here().names if name in sites or name in wrong]
    return {"sites": sites, "wrong": wrong, "names": names, "mark": mark.hexdigest()[:16]}


def _shown(request: "Request") -> dict[str, Any]:
    current: Current = request.app.state.current
    return _of_one(request, current, current.forecast())


def _of_one(request: "Request", current: "Current", forecast: "Forecast | None") -> dict[str, Any]:
    with current.reading() as ledger:
        look = app_overview.look(current.app, ledger) if ledger is not None else None
    if look is not None and request.state.visitor.sites is not None:
        look = replace(look, notices=_own_notices(request, look.notices))
    lines = forecast.lines if forecast is not None else ()
    coming = grouped(lines, lambda line: (line.at.replace(second=0, microsecond=0), line.post, line.late))[:_NEXT]
    rows = look.out if look is not None else []
    out = grouped(rows, lambda row: (row.post, row.part))
    minute = current.now().replace(second=0, microsecond=0)  # "in 5 minutes" changes too
    mark = hashlib.blake2s(repr((look, coming, minute)).encode(), digest_size=8).hexdigest()
    return {"look": look, "out": out, "coming": coming, "forecast": forecast, "mark": mark, "label": current.app.label}


def _own_notices(request: "Request", notices: "list[Notice]") -> "list[Notice]":
    """Notices for somebody who may see some sites only: a run of one site also notes what is wrong with others, and a
    mistake that stops everything may stand in a line about any of them."""
    said = request.state.speech.gettext("crosspost cannot work at the moment. Whoever runs it knows why.")
    return [
        replace(one, said=said) if one.alert.startswith("run:") else one
        for one in notices
        if not one.alert.startswith("site:")
    ]
