"""What came back: figures as plot and table, and the replies, which a person shows on the site or hides."""

import hashlib
from typing import TYPE_CHECKING, Any, Literal, get_args

from starlette.exceptions import HTTPException
from starlette.responses import Response

from crosspost.app.pages.stats_page import account_rows, post_rows
from crosspost.app.responses import replies_file, statistics
from crosspost.app.responses.plot import plot
from crosspost.ledger.response_rows import WEBMENTION
from crosspost.web.rendering import render
from crosspost.web.shortcuts import person, redirect

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.ledger.responses import Said
    from crosspost.web.current_site import Current

_Shown = Literal["waiting", "shown", "hidden"]
#: replies of a page, and posts of the table
_REPLIES, _POSTS = 20, 50


def show(request: "Request") -> Response:
    """Figures, and the replies in one state: without any other wish those that wait."""
    current: Current = request.app.state.current
    asked = request.query_params.get("show", "waiting")
    state: _Shown = asked if asked in get_args(_Shown) else "waiting"  # type: ignore[assignment]  # looked at just now
    told, replies = [], list[Any]()
    with current.reading() as ledger:
        if ledger is not None:
            told = statistics.wanted(ledger.responses.told(), {*current.app.accounts(), WEBMENTION}, None)
            replies = ledger.responses.said(states=[state])
    pages = max(1, -(-len(replies) // _REPLIES))
    written = request.query_params.get("page", "1")
    page = min(pages, max(1, int(written) if written.isdecimal() and len(written) < 9 else 1))
    posts = post_rows(told)
    return render(
        request, "responses.html", drawn=plot(told, request.state.speech.zone), posts=posts[:_POSTS], all=len(posts),
        accounts=account_rows(told, current.app.label), label=current.app.label, state=state, total=len(replies),
        replies=[(one, _seal(one)) for one in replies[(page - 1) * _REPLIES : page * _REPLIES]], page=page, pages=pages,
        done=request.query_params.get("done", ""),
    )  # fmt: skip


def decide(request: "Request") -> Response:
    """Show the reply that was read on the site, or hide it; and write the site's file anew."""
    current: Current = request.app.state.current
    number, form = request.path_params["number"], request.state.form
    decision = str(form.get("decision", ""))
    if decision not in ("shown", "hidden"):
        raise HTTPException(400)
    with current.writing() as ledger:
        one = next((one for one in ledger.responses.said() if one.id == number), None)
        if one is None:
            raise HTTPException(404)
        if decision == "shown" and form.get("seen") != _seal(one):
            said = request.state.speech.gettext
            sentence = said("This reply was changed since you read it. Nothing was decided; read it again.")
            return render(request, "problem.html", 409, sentence=sentence, error="")
        ledger.responses.decide([number], decision)  # type: ignore[arg-type]  # looked at above
        action = "show reply" if decision == "shown" else "hide reply"
        ledger.audit.note(person(request), action, post=one.post, account=one.account, said=f"#{number}")
        wrong = replies_file.write(current.app, ledger)
    if wrong:
        return render(request, "problem.html", 409, sentence="", error=" ".join(wrong))
    return redirect(f"/responses?done={decision}")


def _seal(one: "Said") -> str:
    """Stands for the words that somebody read."""
    words = one.reply.text if one.kind == "reply" else f"{one.kind} {one.reply.author} {one.reply.text}"
    return hashlib.blake2s(words.encode(), digest_size=8).hexdigest()
