"""What `crosspost doctor` finds out about being called by itself: by what, and when a run last was."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from crosspost.app.doctor.checks import Finding, fail, ok, warn
from crosspost.delivery.clock_skew import span
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.scheduling.schedulers import Status

#: what has not run for so long has probably stopped
_SILENT = timedelta(hours=24)


def schedule(app: "App", environ: Mapping[str, str]) -> Iterator[Finding]:
    """What calls crosspost, and whether it does."""
    from crosspost.app.scheduling import schedulers

    try:
        found = schedulers.status(app, environ)
        own = schedulers.own_lines(app, environ)
    except ConfigError as error:
        yield fail("schedule", str(error), "correct that")
        return
    yield from _installed(found, own)
    if not any(one.elsewhere for one in found.installed):
        yield _last_run(app, found)


def _installed(found: "Status", own: list[str]) -> Iterator[Finding]:
    from crosspost.app.scheduling.job import minutes

    if found.wrong:
        yield warn("schedule", found.wrong, "`crosspost schedule status` has more")
        return
    for one in found.installed:
        often = minutes(one.every) if one.every is not None else f"at {one.line}"
        yield ok("schedule", f"{one.where} calls crosspost {often}")
    if not found.installed and own:
        yield ok("schedule", f"your crontab has a line of your own: {own[0]}")
    elif not found.installed:
        todo = "`crosspost schedule install`; nothing to do where the daemon or a timer of your own is at work"
        yield warn("schedule", "none is installed with crosspost", todo)


def _last_run(app: "App", found: "Status") -> Finding:
    """When a run was last at work here: of cron, of the daemon, or of a person."""
    if found.last is None:
        return warn("last run", "nothing has run here yet", "`crosspost run`, or wait for the schedule")
    ago = app.clock() - found.last
    if ago > _SILENT:
        return warn("last run", f"{span(ago)} ago", "check whether cron or the daemon still runs")
    return ok("last run", f"{span(max(ago, timedelta()))} ago")
