"""``crosspost status``: what went out, what did not, and what waits for a person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from crosspost.app.ledger_access import doubted, no_ledger_yet, open_ledger
from crosspost.app.outcome import bare
from crosspost.app.post_states import shell_names
from crosspost.app.post_warnings import remarks
from crosspost.app.recipients_in_doubt import people_in_doubt
from crosspost.app.running.backlog import held_back
from crosspost.app.sites.site_folder import missing_folder
from crosspost.app.write_back import trouble
from crosspost.cli.common import as_row, json_option, places, print_json
from crosspost.cli.each_site import each_site
from crosspost.cli.format_changes import change_line, change_row
from crosspost.cli.layout import complain, paragraph, table
from crosspost.cli.logged_warnings import say_doubt
from crosspost.cli.reports import View, view
from crosspost.text.numbers import counted

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.errors import ConfigError
    from crosspost.ledger import AccountState, Change, Delivery, Ledger, State
    from crosspost.ledger.notices import Notice
    from crosspost.transport.rate_limits import RateLimit

#: for so long a post is named that went out without its picture
LATELY = timedelta(days=7)
_STATES: "tuple[State, ...]" = ("sent", "planned", "unknown", "held", "failed", "before")
#: how many of the posts that went out last are shown, and how many of their deliveries are looked at for that
_LATEST, _ROWS = 5, 100


def _brief(found: "Sequence[tuple[str, App | ConfigError]]") -> int:
    from crosspost.cli.status_of_many import show

    return show(found)


@click.command()
@json_option
@places
@each_site(brief=_brief)
def status(app: "App", as_json: bool) -> int:
    """Show each account, what went out last, and what is not done. With the links of what went out."""
    if no_ledger_yet(app):
        if as_json:
            print_json(
                {
                    "accounts": [],
                    "open": [],
                    "latest": [],
                    "changes": [],
                    "held_back": [],
                    "edits": [],
                    "warnings": [],
                    "told": [],
                    "clock": "",
                }
            )
        else:
            click.echo("Nothing has been sent yet: the first `crosspost run` makes the ledger.")
        return 0
    if why := doubted(app):
        complain(why, "Warning")
    if gone := missing_folder(app):
        complain(gone, "Warning")
    ledger = open_ledger(app, read_only=True)
    try:
        return _status(app, ledger, as_json=as_json)
    finally:
        ledger.close()


class _Found(NamedTuple):
    """What is known of a site's deliveries.

    :ivar people: number of a delivery → who of its recipients is in doubt
    """

    accounts: list[dict[str, Any]]
    people: dict[int, tuple[str, ...]]
    unsettled: list["Delivery"]
    latest: list["Delivery"]
    changes: list["Change"]
    held_back: list["Delivery"]
    edits: list[dict[str, Any]]
    lost: list[str]
    notices: list["Notice"]
    clock: str


def _status(app: "App", ledger: "Ledger", *, as_json: bool) -> int:
    from crosspost.ledger import WAITS

    found = _look(app, ledger)
    if as_json:
        print_json(_as_json(found))
    else:
        _print(app, ledger, found)
    waits = (
        any(d.state == "held" or d.why.startswith(WAITS) for d in found.unsettled)
        or any(c.state == "asked" for c in found.changes)
        or bool(found.people or found.held_back)
    )
    return 3 if waits else 0


def _look(app: "App", ledger: "Ledger") -> _Found:
    from crosspost.delivery import clock_skew

    counts, people = ledger.counts_as_told(app.clock()), people_in_doubt(app, ledger)
    unsettled = ledger.deliveries(states=["planned", "sending", "unknown", "held", "failed"])
    unsettled += [row for row in map(ledger.get, people) if row.state == "sent"]
    return _Found(
        accounts=[_account(app, ledger, name, counts) for name in app.accounts()],
        people=people,
        unsettled=unsettled,
        latest=_latest(ledger),
        changes=ledger.changes.all(states=["planned", "asked", "failed"]),
        held_back=held_back(app, ledger),
        edits=_edits(ledger, unsettled),
        lost=list(remarks(ledger.deliveries(sent_since=app.clock() - LATELY), pictures_only=True)),
        notices=ledger.notices.standing(),
        clock=clock_skew.said(app.accounts(), ledger),
    )


def _as_json(found: _Found) -> dict[str, Any]:
    told = [{"matter": n.alert, "said": n.said, "since": n.since, "told_at": n.told_at} for n in found.notices]
    return {
        "accounts": found.accounts,
        "open": [as_row(row, found.people.get(row.id, ())) for row in found.unsettled],
        "latest": [as_row(row, found.people.get(row.id, ())) for row in found.latest],
        "changes": [change_row(change) for change in found.changes],
        "held_back": [as_row(row) for row in found.held_back],
        "edits": found.edits,
        "warnings": found.lost,
        "told": told,
        "clock": found.clock,
    }


def _print(app: "App", ledger: "Ledger", found: _Found) -> None:
    seen = view(app, ledger)
    _print_accounts(found.accounts, ledger, seen)
    if found.clock and not any(notice.alert == "clock:" for notice in found.notices):  # said below already
        click.echo()
        paragraph(f"{found.clock}: set it (timedatectl set-ntp true)", rest="  ", colour="yellow")
    _section("Out lately (`crosspost history` shows all):", [seen.line(row) for row in found.latest], seen)
    _section("Still open:", [seen.line(row) for row in found.unsettled], seen)
    say_doubt(found.unsettled)
    paths = shell_names(ledger) if found.changes else {}
    changed = [change_line(change, paths) for change in found.changes]
    _section("Changed or gone since they went out:", changed, seen)
    _print_backlog({row.post for row in found.held_back})
    _section_of_sentences("Not written into the site:", trouble(app, ledger))
    _section_of_sentences("Articles without a record:", _unrecorded(app, ledger))
    _print_edits(found.edits)
    _section_of_sentences("Out without their picture:", found.lost)
    _print_told(found.notices, seen)


def _unrecorded(app: "App", ledger: "Ledger") -> tuple[str, ...]:
    if not app.keeps_articles():
        return ()
    from crosspost.app import article_records

    return article_records.trouble(app, ledger)


def _latest(ledger: "Ledger") -> list["Delivery"]:
    """The deliveries of the posts that went out last."""
    rows = list(islice(ledger.history.out(limit=_ROWS), _ROWS))
    posts = list(dict.fromkeys(row.post for row in rows))[:_LATEST]
    return [ledger.get(row.id) for row in rows if row.post in posts]


def _account(app: "App", ledger: "Ledger", name: str, counts: "Mapping[tuple[str, State], int]") -> dict[str, Any]:
    from crosspost.delivery import quotas

    state: AccountState = ledger.account(name)
    paused = state.paused_until is not None and state.paused_until > app.clock()
    ends = state.identity.expires_at if state.identity else None
    return {
        "account": name,
        "network": app.accounts()[name].network,
        "sandbox": app.in_sandbox(name),
        "handle": state.identity.handle if state.identity else "",
        "token_until": ends.isoformat() if ends is not None else None,
        "paused_until": state.paused_until.isoformat() if paused and state.paused_until else None,
        "paused_why": state.paused_why if paused else "",
        "limits": [msgspec.to_builtins(limit) for limit in quotas.known(name, ledger)],
        **{kind: counts.get((name, kind), 0) for kind in _STATES},
    }


def _print_accounts(accounts: Sequence[Mapping[str, Any]], ledger: "Ledger", seen: View) -> None:
    from crosspost.delivery import quotas

    head = ("account", "sent", "later", "in doubt", "waits", "failed", "old", "who")
    table(
        [
            head,
            *((seen.label(row["account"]), *(str(row[kind]) for kind in _STATES), row["handle"]) for row in accounts),
        ]
    )
    lines = []
    for row in accounts:
        state, name = ledger.account(row["account"]), seen.label(row["account"])
        if row["token_until"] and state.identity is not None and state.identity.expires_at is not None:
            lines.append((f"{name}: token until {seen.when(state.identity.expires_at)}", ""))
        if row["paused_until"] and state.paused_until is not None:
            why = bare(row["paused_why"], row["account"])
            lines.append((f"{name} is paused {seen.until(state.paused_until)}: {why}", "yellow"))
        tightest = quotas.known(row["account"], ledger)[:1]
        lines += [(f"{name}: {_left(limit, seen)}", "yellow") for limit in tightest if limit.nearly_used_up]
    if lines:
        click.echo()
    for text, colour in lines:
        paragraph(text, rest="  ", colour=colour)


def _left(limit: "RateLimit", seen: View) -> str:
    """A limit that is nearly used up; more is refused until it begins anew."""
    until = seen.until(limit.until) if limit.until else f"as its network said {seen.when(limit.at)}"
    if limit.of == "percent":
        many = f"only {limit.left} % of its limit left" if limit.left else "nothing of its limit left"
    else:
        whole = counted(limit.most, limit.of.removesuffix("s"))
        many = f"only {limit.left:,} of {whole} left" if limit.left else f"none of {whole} left"
    return f"{many}, {until}"


def _edits(ledger: "Ledger", rows: Sequence["Delivery"]) -> list[dict[str, str]]:
    """What people changed in the ledger of deliveries that are open."""
    from crosspost.app.editing.edit_words import kept

    open_now = {(row.post, row.account) for row in rows}
    return [
        {"post": post, "account": account, "what": kept(edit.said), "by": edit.by, "at": edit.at.isoformat()}
        for post, account, edit in ledger.edits.listed()
        if (post, account) in open_now
    ]


def _print_backlog(posts: Collection[str]) -> None:
    """Posts that are older than what is known, and too many at once."""
    if posts:
        click.echo("\n── Held back:\n")
        many = counted(len(posts), "post is", "posts are")
        paragraph(f"{many} older than what is known; `crosspost backlog` shows, sends or leaves them", rest="  ")


def _section_of_sentences(title: str, sentences: Sequence[str]) -> None:
    if sentences:
        click.echo(f"\n── {title}\n")
    for sentence in sentences:
        paragraph(sentence, rest="  ", colour="yellow")


def _print_edits(edits: Sequence[Mapping[str, str]]) -> None:
    if edits:
        click.echo("\n── Changed in the ledger, which wins over the file:\n")
    for one in edits:
        paragraph(f"{one['post']} on {one['account']}: {one['what']}, by {one['by']}", rest="  ")


def _section(title: str, lines: Iterable[Any], seen: View) -> None:
    several = list(lines)
    if several:
        click.echo(f"\n── {title}\n")
        seen.show(several)


def _print_told(notices: list["Notice"], seen: View) -> None:
    """Alerts that were sent, or will be, and since when they have been true."""
    if notices:
        click.echo("\n── What you were told:\n")
    for notice in notices:
        told = f"told {seen.day(notice.told_at)}" if notice.told_at else "not told yet"
        paragraph(f"since {seen.day(notice.since)} ({told}): {notice.said}", rest="  ", colour="yellow")
