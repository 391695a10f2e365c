"""One run over a whole site: what `crosspost run`, cron and the daemon do."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost import tracing
from crosspost.app import former_accounts
from crosspost.app.forecast import backfills
from crosspost.app.ledger_access import lock, open_ledger
from crosspost.app.outcome import RunOutcome
from crosspost.app.progress import Progress
from crosspost.app.recipients_in_doubt import of_delivery
from crosspost.app.runner import RunControl, admitted, check, deliver, follow, recall, tend
from crosspost.app.running import idle, last_run
from crosspost.app.running.refused_logins import resting
from crosspost.app.running.run_notifications import RunHeartbeat, after_failure, after_run
from crosspost.app.write_back import write_back
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.delivery import Plan
    from crosspost.ledger import Change, Ledger
    from crosspost.sources.base import Source

_GAP = (
    "every item of the feed is new, so more of them appeared since the last run than it holds: older ones may be "
    "missing. `crosspost ADDRESS` sends one; call `crosspost run` more often"
)


class RunView:
    """What watches a run, and may have a word in it. This one watches nothing and lets every account speak.

    :ivar left_alone: nothing was done, because another run was at work
    """

    left_alone = False

    def warn(self, sentence: str) -> None:
        """Something that a person should know, but that stops nothing."""

    def planned(  # a subclass uses more of it
        self,
        ledger: "Ledger",  # noqa: ARG002
        source: "Source",  # noqa: ARG002
        plan: "Plan",  # noqa: ARG002
        accounts: list[str],
    ) -> list[str]:
        """The plan is made, nothing is sent yet.

        :returns: the accounts that may speak now
        """
        return accounts

    def progress(self) -> Progress:
        """What is told how the deliveries get on; asked for after :meth:`planned`."""
        return Progress()

    def changed(self, changes: "Sequence[Change]", ledger: "Ledger") -> None:
        """What changed in posts that are out."""


def run(
    app: "App",
    view: RunView,
    *,
    backfill: bool = False,
    quiet: bool = False,
    accept_branch: bool = False,
    control: RunControl | None = None,
    stamp: Path | None = None,
    begun: int = 0,
    heartbeat: RunHeartbeat | None = None,
    others: Mapping[str, str] | None = None,
) -> RunOutcome:
    """Publish every new post once on each account, and have what is out follow the site.

    :param backfill: on a first run, send existing posts too
    :param quiet: whether posts that are refused count as an error only when something was due
    :param accept_branch: what git has checked out is the site, also where posts are missing
    :param stamp: the file of the stamp that this run may leave, see :mod:`crosspost.app.running.idle_stamp`
    :param begun: when the config was about to be read, nanoseconds since 1970
    :param heartbeat: that of more than this run; None: it has its own
    :param others: the other sites of the config that cannot be used: name → what is wrong, for the notices of this one
    :raises Busy: when another run is at work; nothing was done
    :raises CrosspostError: when it could not work; an alert is sent
    """
    accounts, control = list(app.accounts()), control or RunControl()
    heartbeat = heartbeat or RunHeartbeat(app, view.warn)
    try:
        check(app, accounts)
        with lock(app):
            heartbeat.begin()
            ledger = open_ledger(app)
            try:
                last_run.note(ledger)
                if accept_branch:
                    _accept_branch(app, ledger)
                watch = idle.Watch(app.clock())
                if stamp is not None:
                    watch.begin(ledger)
                with tracing.span("run", _traced(app)):
                    outcome = _work(app, ledger, view, control, watch, others or {}, backfill=backfill, quiet=quiet)
                watch.end(ledger)
            finally:
                ledger.close()
            if stamp is not None and watch.folders:
                idle.leave_stamp(app, stamp, watch, begun)
    except CrosspostError as error:
        heartbeat.failed(error)
        after_failure(app, error, view.warn)
        raise
    heartbeat.end(outcome.exit_code, outcome.settled, len(outcome.refused))
    return outcome


def _work(
    app: "App",
    ledger: "Ledger",
    view: RunView,
    control: RunControl,
    watch: idle.Watch,
    others: Mapping[str, str],
    *,
    backfill: bool,
    quiet: bool,
) -> RunOutcome:
    if (doubt := ledger.open_doubt) is not None:
        view.warn(doubt.why)
    if app.settings is not None and app.settings.site.git:
        _tell_unfetched(app, view)
    source = app.source(remember=True)
    names = admitted(app, ledger, list(app.accounts()), view.warn)
    with tracing.span("plan"):
        plan = _plan(app, ledger, source, names, watch, backfill=backfill)
    former_accounts.tell_once(ledger, plan.entries.values(), view.warn)
    accounts = view.planned(ledger, source, plan, names)
    recalled = recall(app, ledger, source, plan, accounts, view.warn)
    settled = deliver(
        app, ledger, source, plan.entries, accounts, digests=True, progress=view.progress(), control=control
    )
    worked_on = {row.id for row in settled}
    settled = [*(row for row in recalled if row.id not in worked_on), *settled]
    if plan.inventory.older and not backfills(app, backfill):
        from crosspost.app.running import backlog

        view.warn(backlog.said(plan.inventory.older))
    if plan.inventory.gap:
        view.warn(_GAP)
    if plan.inventory.trouble:
        view.warn(plan.inventory.trouble)
    stopped = control.stop.is_set()
    changes = [*plan.back, *(follow(app, ledger, source, plan) if not stopped else [])]
    view.changed(changes, ledger)
    # a run that is to stop leaves everything else to the next one
    left = True if control.stop.is_set() else _besides(app, ledger, source, plan, view, control, watch, others)
    outcome = RunOutcome(
        settled=tuple(settled),
        changes=tuple(changes),
        refused=tuple(plan.refused),
        first=tuple(plan.first),
        people={row.id: of_delivery(app, row) for row in settled},
        quiet=quiet,
        resting=resting(app, ledger, list(app.accounts())),
    )
    if (
        not left
        and not stopped
        and len(accounts) == len(app.accounts())
        and idle.may_rest(app, ledger, plan, outcome, watch.now)
    ):
        watch.folders = source.folders
        watch.until = min(watch.until, source.turn or watch.until)
    return outcome


def _traced(app: "App") -> dict[str, str]:
    """What traces know a run by."""
    return {"crosspost.site": app.settings.name} if app.settings is not None and app.settings.name else {}


def _tell_unfetched(app: "App", view: RunView) -> None:
    from crosspost.app.sites.site_folder import unfetched  # few sites are fetched

    if (failed := unfetched(app)) is not None:
        view.warn(f"{failed.said}. What was fetched before goes on")


def _besides(
    app: "App",
    ledger: "Ledger",
    source: "Source",
    plan: "Plan",
    view: RunView,
    control: RunControl,
    watch: idle.Watch,
    others: Mapping[str, str],
) -> bool:
    """What is not about posts; whether something is left for the next run."""
    left = _articles(app, ledger, source, plan, view)
    write_back(app, ledger, view.warn)
    if app.settings is not None and app.settings.feed.files:
        from crosspost.app.syndication import feed_files  # most sites have none

        feed_files.in_a_run(app, ledger, view.warn)
    tend(app, ledger)
    if app.settings is not None and (app.settings.site.webmentions or app.settings.responses.webmentions):
        from crosspost.app import webmentions  # the same

        again = webmentions.in_a_run(app, ledger, source, plan.entries, view.warn, control)
        watch.until = min(watch.until, again or watch.until)
    if app.settings is not None and app.settings.web.websub:
        from crosspost.app.hooks import subscribing  # the same

        if subscribing.wanted(app):
            subscribing.in_a_run(app, ledger, source, view.warn)
    if app.settings is not None and app.settings.responses.every:
        from crosspost.app.responses import fetching  # most runs ask for nothing of that

        watch.until = min(watch.until, fetching.in_a_run(app, ledger, view.warn, control))
    after_run(app, ledger, plan.refused, view.warn, elsewhere=plan.inventory.elsewhere, others=others)
    return left


def _articles(app: "App", ledger: "Ledger", source: "Source", plan: "Plan", view: RunView) -> bool:
    """Have the records of articles follow the site; whether something is left for the next run."""
    if not app.keeps_articles() or plan.inventory.elsewhere:
        return False
    from crosspost.app import article_records

    return article_records.follow(app, ledger, source, plan.entries, view.warn, whole=True)


def _plan(
    app: "App", ledger: "Ledger", source: "Source", names: Sequence[str], watch: idle.Watch, *, backfill: bool
) -> "Plan":
    from crosspost.delivery import due_time_changes, make_plan
    from crosspost.sources.git_checkout import checkout

    accounts, schedules = {name: app.accounts()[name].network for name in names}, app.schedules()
    plan = make_plan(
        watch.listing(source.scan()),
        accounts,
        ledger,
        schedules=schedules,
        digests=app.digests(),
        routes={name: route.words for name, route in app.routes().items()},
        backfill=backfills(app, backfill),
        checkout=checkout(app.site) if app.settings is None or not app.settings.site.git else None,
        whole=source.whole,
    )
    due_time_changes.respect(plan.entries.values(), accounts, schedules, ledger)
    return plan


def _accept_branch(app: "App", ledger: "Ledger") -> None:
    """A person says that what git has checked out is the site.

    :raises ConfigError: where there is no git
    """
    from crosspost.delivery import branches
    from crosspost.sources.git_checkout import checkout

    found = checkout(app.site)
    if found is None:
        raise ConfigError(f"{app.site} is in no git repository, so there is no branch to accept")
    branches.accept(found, ledger)
