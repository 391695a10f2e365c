"""What a run does so that somebody is told: the heartbeat, and what needs a person.

``warn`` takes a sentence about what went wrong with telling; it goes where cron and systemd keep it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crosspost.app.ledger_access import lock, no_ledger_yet, open_ledger
from crosspost.app.post_states import shell_names
from crosspost.app.recipients_in_doubt import people_in_doubt
from crosspost.config.credentials import variable
from crosspost.errors import ConfigError, CrosspostError, SourceError

#: how long posts could not be fetched until that is told: servers are away for a moment
_UNFETCHED = timedelta(minutes=15)

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.runner import Warn
    from crosspost.ledger import Delivery, Ledger
    from crosspost.model import Entry
    from crosspost.notifications.alert import Alert
    from crosspost.notifications.heartbeat import Heartbeat


# ── the heartbeat ─────────────────────────────────────────────────────────────────────────────────────────────────


class RunHeartbeat:
    """The heartbeat of one run; without a URL it does nothing."""

    def __init__(self, app: "App", warn: "Warn") -> None:
        self._url, self._warn = app.notification_config().heartbeat, warn

    def begin(self) -> None:
        if self._url:
            self._heartbeat().start()

    def end(self, code: int, settled: Iterable["Delivery"], errors: int) -> None:
        """The run is done with this exit code."""
        if self._url:
            self._heartbeat().end(code, summary(settled, errors))

    def failed(self, error: CrosspostError) -> None:
        """The run could not do its work."""
        if self._url:
            self._heartbeat().end(2, " ".join(str(error).split())[:500])

    def _heartbeat(self) -> "Heartbeat":
        from crosspost.notifications.heartbeat import Heartbeat  # with an HTTP client behind it

        return Heartbeat(self._url, self._warn)


def summary(settled: Iterable["Delivery"], errors: int) -> str:
    """A run in one line: "2 sent, 1 failed (x), 1 post refused"."""
    counts: dict[str, list[str]] = {}
    for row in settled:
        counts.setdefault("not sent yet" if row.state == "planned" else row.state, []).append(row.account)
    parts = []
    for state, accounts in sorted(counts.items()):
        where = "" if state == "sent" else f" ({', '.join(sorted(set(accounts)))})"
        parts.append(f"{len(accounts)} {state}{where}")
    if errors:
        parts.append(f"{errors} post{'s' if errors > 1 else ''} refused")
    return ", ".join(parts) or "nothing was due"


# ── what needs a person ───────────────────────────────────────────────────────────────────────────────────────────


def after_run(
    app: "App",
    ledger: "Ledger",
    refused: Sequence["Entry"],
    warn: "Warn",
    *,
    elsewhere: str = "",
    others: Mapping[str, str],
) -> None:
    """Tell what needs a person after a run. It comes last, so it delays nothing; it never makes a run fail.

    :param others: other sites that cannot be used: name → what is wrong
    """
    if app.notification_config().wanted:
        from crosspost.notifications.alerts import unusable_site

        try:
            found = [
                *_named(app, alerts(app, ledger, refused, elsewhere)),
                *(unusable_site(*other) for other in others.items()),
            ]
            _tell(app, ledger, found, warn, whole=True)
        except CrosspostError as error:
            warn(f"nobody could be told: {error}")


def after_failure(app: "App", error: CrosspostError, warn: "Warn") -> None:
    """Alert that a run could not work at all; the ledger remembers the alert."""
    from crosspost.ledger import Busy
    from crosspost.notifications.alerts import trouble

    wanted = isinstance(error, ConfigError | SourceError) and app.notification_config().wanted
    if not wanted:
        return
    try:
        if no_ledger_yet(app):
            return
        with lock(app):
            ledger = open_ledger(app)
            try:
                _tell(app, ledger, _named(app, [trouble(str(error))]), warn, whole=False)
            finally:
                ledger.close()
    except Busy:
        return  # another run is at work, and tells it itself if it fails as well
    except CrosspostError as wrong:
        warn(f"nobody could be told: {wrong}")


def alerts(app: "App", ledger: "Ledger", refused: Sequence["Entry"], elsewhere: str = "") -> list["Alert"]:
    """Everything that needs a person now.

    :param elsewhere: why nothing counts as deleted now
    """
    from crosspost.app import article_records, write_back
    from crosspost.app.editing import approval_links
    from crosspost.app.running.backlog import held_back
    from crosspost.app.sites.site_folder import unfetched
    from crosspost.config import registry
    from crosspost.delivery import clock_skew
    from crosspost.notifications.alerts import alerts as alerts_of
    from crosspost.notifications.situation import NEWS, Situation

    accounts, changes = app.accounts(), ledger.changes.all(states=["asked", "failed", "left", "back"])
    states = [ledger.account(name) for name in accounts]
    failed = unfetched(app)
    asked = tuple(approval_links.asked(app, ledger)) if app.approves() else ()
    last, lately = ledger.notices.last_sent(), app.clock() - NEWS
    tokens: dict[str, datetime] = {
        state.name: state.identity.expires_at for state in states if state.identity and state.identity.expires_at
    }
    classes = {name: registry.load(account.network) for name, account in accounts.items()}
    return alerts_of(
        Situation(
            now=app.clock(),
            unsettled=tuple(ledger.deliveries(states=["planned", "sending", "unknown", "held", "failed"])),
            accounts=tuple(states),
            tokens=tokens,
            variables={
                name: " and ".join(variable(name, field) for field in cls.credentials) for name, cls in classes.items()
            },
            refused=tuple(entry for entry in refused if _would_go(entry, ledger, list(accounts))),
            changes=tuple(changes),
            elsewhere=elsewhere,
            sent=tuple(ledger.deliveries(sent_since=lately)) if last is not None and last >= lately else (),
            files=shell_names(ledger) if changes or asked else {},
            doubts={name: cls.doubt for name, cls in classes.items()},
            people=tuple((ledger.get(number), people) for number, people in people_in_doubt(app, ledger).items()),
            noted=tuple(went for went in ledger.history.out(since=app.clock() - NEWS, noted=True)),
            held_back=tuple(row for row in held_back(app, ledger) if row.updated_at >= lately),
            unwritten=write_back.trouble(app, ledger),
            unrecorded=article_records.trouble(app, ledger) if app.keeps_articles() else (),
            last_sent=last,
            silence=timedelta(days=app.notification_config().settings.silent_days),
            clock=clock_skew.said(accounts, ledger),
            asked=asked,
            unfetched=failed.said if failed is not None and app.clock() - failed.since >= _UNFETCHED else "",
        )
    )


def _named(app: "App", found: "list[Alert]") -> "list[Alert]":
    """The same with the name of the table that a sentence is about."""
    name = app.settings.name if app.settings is not None else ""
    if not name:
        return found
    from msgspec.structs import replace

    from crosspost.config.sites import in_words_of  # few configs have several sites

    return [replace(a, says=in_words_of(name, a.says), todo=in_words_of(name, a.todo)) for a in found]


def _would_go(entry: "Entry", ledger: "Ledger", accounts: list[str]) -> bool:
    """Whether a refused post would go out were it not refused; one that was there before the first run would not."""
    return bool(set(accounts) - {row.account for row in ledger.deliveries(post=entry.id)})


def site_name(app: "App") -> tuple[str, str]:
    """Title and address of the site, as far as they are known."""
    try:
        source = app.source()
        return source.title, source.url
    except CrosspostError:  # another alert covers that
        return "", ""


def _tell(app: "App", ledger: "Ledger", found: list["Alert"], warn: "Warn", *, whole: bool) -> None:
    from crosspost.notifications.alert_log import AlertLog
    from crosspost.notifications.dispatch import Dispatcher

    config = app.notification_config()
    every, remind = timedelta(minutes=config.settings.at_most_every), timedelta(days=config.settings.remind_after)
    log = AlertLog(ledger, every=every, remind=remind)
    Dispatcher(ledger, log, config.channels, lambda: site_name(app), warn).tell(found, whole=whole)
