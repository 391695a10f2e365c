"""How a run is told with ``--log json``: as events, see :mod:`crosspost.cli.json_log`."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crosspost.app.forecast import first_run
from crosspost.app.progress import Progress
from crosspost.app.running.run import RunView
from crosspost.cli.common import site_name
from crosspost.cli.format_changes import change_row
from crosspost.cli.layout import warned_already
from crosspost.cli.progress_printer import ENDING
from crosspost.cli.terminal import event

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.outcome import RunOutcome
    from crosspost.ledger import Change, Delivery, Ledger

#: the level of a delivery that ended in one of these states
_LEVELS = {"failed": "error", "unknown": "warning", "held": "warning"}


class DeliveryLog(Progress):
    """Writes when deliveries begin and end.

    :param site: the site's name, "" where there is only one
    """

    def __init__(self, site: str) -> None:
        self._site = site
        self._begun: dict[int, float] = {}
        self._lock = threading.Lock()

    def begin(self, delivery: "Delivery") -> None:
        with self._lock:
            self._begun[delivery.id] = time.monotonic()
        self._write("delivery.begin", "info", delivery)

    def report(self, delivery: "Delivery") -> None:
        with self._lock:
            begun = self._begun.pop(delivery.id, None)
        seconds = round(time.monotonic() - begun, 3) if begun is not None else None
        self._write("delivery.end", _LEVELS.get(delivery.state, "info"), delivery, seconds)

    def stopping(self) -> None:
        event("message", site=self._site, message=ENDING)

    def _write(self, name: str, level: str, row: "Delivery", seconds: float | None = None) -> None:
        event(
            name, level, site=self._site, delivery=row.id, account=row.account, network=row.network, post=row.post,
            part=row.part, state=row.state, attempts=row.attempts, due=row.due_at, sent=row.sent_at, seconds=seconds,
            url=row.url, why=row.why, error=row.error,
        )  # fmt: skip


class RunLog(RunView):
    """Writes what a run comes upon."""

    def __init__(self, app: "App") -> None:
        self._site = site_name(app)

    def warn(self, sentence: str) -> None:
        if not warned_already(sentence):
            event("message", "warning", site=self._site, message=sentence)

    def progress(self) -> Progress:
        return DeliveryLog(self._site)

    def changed(self, changes: "Sequence[Change]", ledger: "Ledger") -> None:  # noqa: ARG002  # printers use it
        for change in changes:
            level = "error" if change.state == "failed" else "info"
            event("change", level, site=self._site, delivery=change.delivery, **change_row(change))


def conclude(app: "App", outcome: "RunOutcome", begun: float, *, backfill: bool, quiet: bool) -> None:
    """Write how a run ended.

    :param quiet: whether posts that are refused are told only when something was due
    :param begun: when it began, by ``time.monotonic``
    :param backfill: whether a first run sends what is there already
    """
    site = site_name(app)
    for entry in () if quiet and not (outcome.settled or outcome.changes) else outcome.refused:
        event("post.refused", "error", site=site, path=entry.path, error=entry.reason)
    if outcome.first:
        event("message", site=site, message=first_run(outcome.first, backfill=backfill))
    states = Counter(row.state for row in outcome.settled)
    event(
        "run.end",
        site=site,
        seconds=round(time.monotonic() - begun, 3),
        deliveries=dict(sorted(states.items())),
        exit_code=outcome.exit_code,
    )
