"""How a run is told: as it goes, and at its end."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.app.forecast import backfills, first_run, forecast
from crosspost.app.outcome import RunOutcome
from crosspost.app.progress import Progress
from crosspost.app.runner import RunControl, check_accounts
from crosspost.app.running.run import RunView
from crosspost.app.running.run import run as run_once
from crosspost.app.unused_accounts import never_spoke
from crosspost.cli.common import as_row, print_json
from crosspost.cli.first_post_question import agreed
from crosspost.cli.format_changes import change_row, say_changes
from crosspost.cli.layout import complain, paragraph
from crosspost.cli.logged_warnings import say_doubt, say_remarks
from crosspost.cli.progress_printer import ProgressPrinter
from crosspost.cli.reports import Line, View, view
from crosspost.cli.terminal import logs

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.running.run_notifications import RunHeartbeat
    from crosspost.delivery import Plan
    from crosspost.ledger import Change, Ledger
    from crosspost.schedule import Planned
    from crosspost.sources.base import Source


def run_and_show(
    app: "App",
    shown: RunView,
    *,
    as_json: bool = False,
    quiet: bool = False,
    backfill: bool = False,
    accept_branch: bool = False,
    control: RunControl | None = None,
    stamp: Path | None = None,
    begun: int = 0,
    heartbeat: "RunHeartbeat | None" = None,
    others: Mapping[str, str] | None = None,
) -> int:
    """One run, and what is to be said of it.

    :param quiet: say nothing unless something was due
    :param stamp: see :func:`crosspost.app.running.run.run`, as ``begun``, ``heartbeat`` and ``others``
    :returns: the exit code
    """
    from crosspost.ledger import Busy

    started = time.monotonic()
    try:
        outcome = run_once(
            app,
            shown,
            backfill=backfill,
            quiet=quiet,
            accept_branch=accept_branch,
            control=control,
            stamp=stamp,
            begun=begun,
            heartbeat=heartbeat,
            others=others,
        )
    except Busy as busy:
        shown.left_alone = True
        if as_json:
            print_json({"deliveries": [], "changes": [], "errors": [], "busy": str(busy)})
        elif not quiet:
            click.echo(f"Another run is at work ({busy}); this one leaves it alone.")
        return 0
    if as_json:
        print_json(_as_json(outcome))
    if logs():
        from crosspost.cli import run_log  # few want it

        run_log.conclude(app, outcome, started, backfill=backfills(app, backfill), quiet=quiet)
    elif not as_json and (not quiet or outcome.settled or outcome.changes):
        _conclude(app, outcome, backfill=backfills(app, backfill))
    return outcome.exit_code


def run_again(app: "App", control: RunControl, **more: Any) -> int | None:
    """One run of a process that runs again and again.

    :param more: see :func:`run_and_show`
    :returns: the exit code; None when another run was at work, so that nothing was tried
    """
    shown = printer(app)
    code = run_and_show(app, shown, quiet=True, control=control, **more)
    return None if shown.left_alone else code


def _as_json(outcome: RunOutcome) -> dict[str, list[dict[str, Any]]]:
    return {
        "deliveries": [as_row(row, outcome.people[row.id]) for row in outcome.settled],
        "changes": [change_row(change) for change in outcome.changes],
        "errors": [{"path": entry.path, "error": entry.reason} for entry in outcome.refused],
    }


def printer(app: "App", *, as_json: bool = False, ask: bool = False, verbose: bool = False) -> RunView:
    """What tells a run as it goes.

    :param as_json: whether only warnings are told, because JSON is printed at the end
    :param ask: see :class:`RunPrinter`, as ``verbose``
    """
    if logs():
        from crosspost.cli.run_log import RunLog

        return RunLog(app)
    return Warnings() if as_json else RunPrinter(app, ask=ask, verbose=verbose)


class Warnings(RunView):
    """Prints warnings only; what else is printed is one JSON document at the end."""

    def warn(self, sentence: str) -> None:
        complain(sentence, "Warning")


class RunPrinter(Warnings):
    """Prints a run as it goes.

    :param ask: whether a person is asked before the first real post of an account
    :param verbose: whether every change is listed, however many there are
    """

    def __init__(self, app: "App", *, ask: bool = False, verbose: bool = False) -> None:
        self._app, self._ask, self._verbose, self._begun = app, ask, verbose, app.clock()
        self._seen: View | None = None

    def planned(self, ledger: "Ledger", source: "Source", plan: "Plan", accounts: list[str]) -> list[str]:
        self._seen = view(self._app, ledger, plan.entries)
        if plan.new:
            _say_later(self._seen, ledger, self._begun)
        return _wanted(self._app, ledger, source, plan, accounts) if self._ask else accounts

    def progress(self) -> Progress:
        return ProgressPrinter(self._seen) if self._seen is not None else Progress()

    def changed(self, changes: "Sequence[Change]", ledger: "Ledger") -> None:
        if self._seen is not None:
            say_changes(changes, self._seen, ledger, whole=self._verbose)


def _say_later(seen: View, ledger: "Ledger", begun: datetime) -> None:
    """What this run has planned for later: until then it can be cancelled."""
    later = [
        row
        for row in ledger.deliveries(states=["planned"])
        if row.updated_at >= begun and not row.attempts and row.due_at > ledger.clock()
    ]
    seen.show(map(seen.line, later))
    if later:
        paragraph("`crosspost cancel FILE` stops a post as long as it waits; `crosspost plan` says when each goes.")


def _wanted(app: "App", ledger: "Ledger", source: "Source", plan: "Plan", accounts: list[str]) -> list[str]:
    """These accounts, less those on which nothing ever went out and a person does not want that now."""
    new = never_spoke(app, ledger, accounts)
    due = [
        (plan.entries[row.post], name)
        for name in new
        for row in ledger.deliveries(states=["planned"], account=name, due=ledger.clock())[: app.max_per_run(name)]
        if row.post in plan.entries
    ]
    if not due or agreed(app, source, due):
        return accounts
    silent = ", ".join(dict.fromkeys(name for _, name in due))
    paragraph(f"Nothing is sent to {silent} now. The posts stay planned: `crosspost cancel FILE` leaves one out.")
    return [name for name in accounts if name not in new]


def _conclude(app: "App", outcome: RunOutcome, *, backfill: bool) -> None:
    say_remarks(outcome.settled)
    say_doubt(outcome.settled)
    for entry in outcome.refused:
        complain(entry.reason, "Refused")
    if outcome.settled and outcome.first:
        click.echo()
    if outcome.first:
        paragraph(first_run(outcome.first, backfill=backfill))
    if not app.accounts():
        _say_no_account()
    elif not outcome.settled and not outcome.changes:
        click.echo("Nothing else is due." if any(one.posts for one in outcome.resting) else "Nothing is due.")
    _say_resting(app, outcome)


def _say_resting(app: "App", outcome: RunOutcome) -> None:
    """Accounts that wait for a person, unless this run has just told of them."""
    told = {row.account for row in outcome.settled}
    for one in outcome.resting:
        if one.account in told:
            continue
        from crosspost.app.outcome import bare  # few runs need it
        from crosspost.text.numbers import counted

        waits = f"{counted(one.posts, 'post')} wait{'s' if one.posts == 1 else ''} for it. " if one.posts else ""
        paragraph(
            f"{app.label(one.account)} is paused, because its login was refused: {bare(one.why, one.account)}. {waits}"
            f"`crosspost accounts renew {one.account}` logs in again."
        )


def _say_no_account() -> None:
    paragraph("No account is connected and switched on, so nothing is sent: `crosspost accounts add` connects one.")


def dry_run(app: "App", *, backfill: bool, as_json: bool) -> int:
    """What a run would do, from the listing and a ledger that is only read."""
    check_accounts(app, app.accounts())  # as a run does before anything else
    found = forecast(app, timedelta(), backfill=backfill)
    errors = [{"path": entry.path, "error": entry.reason} for entry in found.refused]
    lines = [line for line in found.lines if line.late == "send" and line.at <= app.clock()]
    if as_json:
        same = {"state": "would-send", "url": "", "error": ""}
        print_json({"deliveries": [{"post": x.post, "account": x.account, **same} for x in lines], "errors": errors})
        return 0
    titles = {line.post: line.title for line in lines}
    View(app.accounts(), titles.__getitem__, clock=app.clock, label=app.label).show(
        Line(post=line.post, account=line.account, word="would send") for line in lines
    )
    for error in errors:
        complain(error["error"], "Refused")
    if (lines and found.first) or _more(app, lines):
        click.echo()
    if found.first:
        paragraph(first_run(found.first, backfill=backfills(app, backfill)))
    if most := _more(app, lines):
        from crosspost.text.numbers import counted  # an idle run needs it not

        posts = counted(most, "post")
        paragraph(f"One run sends at most {posts} to an account (max_per_run); `crosspost plan` shows the rest.")
    if not app.accounts():
        _say_no_account()
    elif not lines:
        click.echo("Nothing is due.")
    return 0


def _more(app: "App", lines: list["Planned"]) -> int:
    """The limit of a run that an account has reached in these lines; 0: none has."""
    counts = Counter(line.account for line in lines)
    return max((most for name, number in counts.items() if number == (most := app.max_per_run(name))), default=0)
