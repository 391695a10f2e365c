"""Every delivery: queue, history and search; one delivery with all its facts; retry and settle."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any, cast, get_args

import msgspec
from msgspec.structs import replace
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from crosspost.app.deciding import decisions, listed_posts
from crosspost.app.deciding.ready_to_paste import Handed
from crosspost.app.overview import known_accounts
from crosspost.app.recipients_in_doubt import of_delivery
from crosspost.ledger import State
from crosspost.ledger.listing import Listed, Wanted
from crosspost.text.printable import printable
from crosspost.web.rendering import render
from crosspost.web.shortcuts import person, redirect

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.app.deciding.listed_posts import Seen
    from crosspost.ledger import Ledger
    from crosspost.web.current_site import Current

#: rows of a page, and rows of an export that are read at a time
_ROWS, _CHUNK = 50, 1000
#: what a list of deliveries is asked for most
_GROUPS: dict[str, tuple[State, ...]] = {
    "queue": ("planned", "sending"),
    "waiting": ("held", "unknown", "failed"),
    "out": ("sent",),
}
_FIELDS = (
    "id",
    "post",
    "title",
    "account",
    "network",
    "part",
    "state",
    "due_at",
    "sent_at",
    "attempts",
    "url",
    "error",
)


def show(request: "Request") -> Response:
    """One page of the list, as it was filtered."""
    current: Current = request.app.state.current
    number = max(1, _number(request.query_params.get("page", "1")))
    with current.reading() as ledger:
        if ledger is None:
            return render(request, "deliveries.html", rows=[], total=0, page=1, pages=1, accounts=(), **_asked(request))
        counts = ledger.counts()
        wanted = _wanted(request, known_accounts(current.app, counts), ledger)
        total = ledger.listing.count(wanted) if wanted.ids is not None else _counted(counts, wanted)
        queue = request.query_params.get("show") == "queue"
        rows = ledger.listing.page(wanted, limit=_ROWS, offset=(number - 1) * _ROWS, earliest_first=queue)
        accounts = known_accounts(current.app, counts)
    pages = max(1, -(-total // _ROWS))
    return render(
        request, "deliveries.html", rows=rows, total=total, page=number, pages=pages, accounts=accounts,
        **_asked(request),
    )  # fmt: skip


def as_csv(request: "Request") -> Response:
    """The filtered list for a spreadsheet (RFC 4180), streamed."""

    def lines() -> Iterator[str]:
        yield _line(_FIELDS)
        for row in _every(request):
            yield _line([_harmless(_plain(getattr(row, field))) for field in _FIELDS])

    headers = {"Content-Disposition": 'attachment; filename="deliveries.csv"'}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


def as_json(request: "Request") -> Response:
    """The filtered list as one JSON document, streamed."""

    def parts() -> Iterator[bytes]:
        for place, row in zip(count(), _every(request), strict=False):
            fields = {field: getattr(row, field) for field in _FIELDS}
            yield (b"[\n" if place == 0 else b",\n") + msgspec.json.encode(fields)
            begun.append(1)
        yield b"\n]\n" if begun else b"[]\n"

    begun: list[int] = []
    headers = {"Content-Disposition": 'attachment; filename="deliveries.json"'}
    return StreamingResponse(parts(), media_type="application/json", headers=headers)


def one(request: "Request") -> Response:
    """One delivery: what was said, what the network said, and what can be decided."""
    return _shown(request, None)


def look(request: "Request") -> Response:
    """The same, with what the account lists at this moment; asks the network, so only because somebody wants it."""
    current: Current = request.app.state.current
    with current.reading() as ledger:
        row = _row(ledger, request.path_params["number"]) if ledger is not None else None
    if row is None or row.state not in decisions.WAIT:
        return redirect(f"/deliveries/{request.path_params['number']}")
    there = listed_posts.look(current.app, row)
    if _of_other_sites(request, row.account):
        said = request.state.speech.gettext("Other sites have this account too, so what else is on it is not shown.")
        there = replace(there, posts=(), error=there.error or said)
    return _shown(request, there)


def _of_other_sites(request: "Request", account: str) -> bool:
    """Whether an account may have posts of sites that somebody may not see; a site whose config is wrong may be one."""
    said = request.app.state.current.app.settings
    others = (*said.shared.get(account, ()), *said.wrong_sites)
    return not all(map(request.state.visitor.sees, others))


def _shown(request: "Request", there: "Seen | None") -> Response:
    from crosspost.config import registry

    current: Current = request.app.state.current
    with current.reading() as ledger:
        listed = ledger.listing.of([request.path_params["number"]]) if ledger is not None else []
        if ledger is None or not listed:
            raise HTTPException(404)
        row = ledger.get(listed[0].id)
        account = ledger.account(row.account)
        people = of_delivery(current.app, row)
        handed = Handed.of(current.app, row)
    network, waits = registry.load(row.network), row.state in decisions.WAIT and not row.well_kept(current.now())
    return render(
        request, "delivery.html", listed=listed[0], row=row, network=network, account=account, people=people,
        waits=waits, label=current.app.label, done=request.query_params.get("done", ""),
        there=there, handed=handed,
    )  # fmt: skip


def picture(request: "Request") -> Response:
    """The picture of what is to be posted by hand, as a file."""
    from crosspost.app.deciding.ready_to_paste import picture_of

    current: Current = request.app.state.current
    number = request.path_params["number"]
    with current.reading() as ledger:
        fitted = picture_of(current.app, _row(ledger, number)) if ledger is not None else None
    if fitted is None:
        raise HTTPException(404)
    name = f"picture-{number}.{fitted.mime.rpartition('/')[2]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(fitted.data, media_type=fitted.mime, headers=headers)


def settle(request: "Request") -> Response:
    """What a person found out about a delivery in doubt."""
    number, form = request.path_params["number"], request.state.form
    decision, url = str(form.get("decision", "")), str(form.get("url", "")).strip()
    if decision not in ("sent", "planned", "skipped"):
        raise HTTPException(400)
    current: Current = request.app.state.current
    said = request.state.speech.gettext
    if decision == "sent" and url and not url.startswith(("https://", "http://")):
        sentence = said("“%(url)s” is not an address; it begins with https://") % {"url": printable(url)}
        return render(request, "problem.html", 409, sentence=sentence, error="")
    with current.writing() as ledger:
        row = _row(ledger, number)
        decisions.settle(ledger, row, decision, url if decision == "sent" else "")  # type: ignore[arg-type]  # looked at above
        words = {"sent": "sent", "planned": "not sent", "skipped": "skip"}
        ledger.audit.note(person(request), "settle", post=row.post, account=row.account, said=words[decision])
    return redirect(f"/deliveries/{number}?done=settled")


def retry(request: "Request") -> Response:
    """Plan one failed delivery again."""
    number = request.path_params["number"]
    current: Current = request.app.state.current
    with current.writing() as ledger:
        row = _row(ledger, number)
        decisions.retry(ledger, [row])
        ledger.audit.note(person(request), "retry", post=row.post, account=row.account)
    return redirect(f"/deliveries/{number}?done=retried")


def retry_all(request: "Request") -> Response:
    """Plan again everything that failed, on one account or on all."""
    current: Current = request.app.state.current
    account = str(request.state.form.get("account", ""))
    with current.writing() as ledger:
        rows = ledger.deliveries(states=["failed"], account=account)
        decisions.retry(ledger, rows)
        for row in rows:
            ledger.audit.note(person(request), "retry", post=row.post, account=row.account)
        decisions.wake(ledger, [account] if account else current.app.accounts())
    return redirect("/deliveries?show=queue")


def _row(ledger: "Ledger", number: int) -> Any:
    if not ledger.listing.of([number]):
        raise HTTPException(404)
    return ledger.get(number)


def _asked(request: "Request") -> dict[str, Any]:
    asked = request.query_params
    return {name: asked.get(name, "") for name in ("show", "account", "search")} | {"states": get_args(State)}


def _counted(counts: "Mapping[tuple[str, State], int]", wanted: Wanted) -> int:
    """How many are wanted, where only account and state are asked for: that is counted already."""
    return sum(
        number for (account, state), number in counts.items() if account in wanted.accounts and state in wanted.states
    )


def _wanted(request: "Request", known: tuple[str, ...], ledger: "Ledger") -> Wanted:
    """What the address asks for; what it asks for in vain is as if it had not."""
    asked = _asked(request)
    every = get_args(State)
    states = _GROUPS.get(asked["show"], (asked["show"],) if asked["show"] in every else every)
    ids = tuple(ledger.search.find(asked["search"])) if asked["search"].strip() else None
    account = (asked["account"],) if asked["account"] in known else known
    return Wanted(accounts=account, states=cast("tuple[State, ...]", states), ids=ids)


def _every(request: "Request") -> Iterator[Listed]:
    """Each row of the filtered list; the ledger is opened for as long as they are read."""
    current: Current = request.app.state.current
    with current.reading() as ledger:
        if ledger is None:
            return
        wanted = _wanted(request, known_accounts(current.app, ledger.counts()), ledger)
        for offset in count(0, _CHUNK):
            rows = ledger.listing.page(wanted, limit=_CHUNK, offset=offset)
            yield from rows
            if len(rows) < _CHUNK:
                return


def _line(values: Any) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(values)
    return written.getvalue()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)


def _harmless(text: str) -> str:
    """A spreadsheet takes these for a formula; a quotation mark before them keeps them text (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _number(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < 9 else 1
