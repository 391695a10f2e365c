"""A ``crosspost worker`` that kills itself, or stands still, at the n-th point of a delivery; its leases are short."""

import faulthandler
import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from crosspost import cli
from crosspost.cli import common
from crosspost.config import registry
from crosspost.ledger import deliveries
from crosspost.ledger.postgresql import clock_and_lock, reconnecting
from crosspost.workers import claim_queue, delivery_context, procrastinate_queue, site_contexts, worker
from tests.torture import commit_cuts, hosts, victim

#: seconds of a lease, and of the pause between two looks
LEASE, LOOK = 4.0, 1.0
#: the file beside its output in which a worker that crashes says where it was
CRASH = "crash"
#: seconds until a cut is noticed of which nobody tells, and until a server counts as not there
SILENCE, _PATIENCE = 3, 2
#: seconds after which a network that shows no post has none: a stand-in shows it at once
_ABSENT = 1


def run(
    arguments: list[str],
    target: int,
    end: signal.Signals,
    note: str,
    ahead: float,
    home: str,
    output: str,
    namespace: str = "",
    cut: int = 0,
    moved: float = 0,
    after: float = 0,
) -> None:
    """Entry of the process.

    :param target: at which point of its deliveries it ends; 0: at none
    :param end: how: SIGKILL or SIGSTOP
    :param note: file that then says where it was
    :param ahead: seconds this machine's clock is wrong
    :param home: the user's folder of this machine
    :param output: file for what the command prints
    :param namespace: see :class:`tests.torture.hosts.Host`; "" for none of its own
    :param cut: at which of its commits its connection is cut, too; 0: at none
    :param moved: seconds by which this machine's clock is put forward (back: negative) while it works
    :param after: seconds until that happens
    """
    if namespace:
        hosts.enter(namespace)
    os.environ["XDG_STATE_HOME"] = home
    os.environ.pop("CI", None)
    then = time.monotonic() + after

    def wrong() -> float:
        return ahead + moved if time.monotonic() > then else ahead

    common.now = lambda: datetime.now(UTC) + timedelta(seconds=wrong())
    clock_and_lock.here = lambda: time.time() + wrong()
    sys.stdout = sys.stderr = Path(output).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115  # as the process
    crash = Path(output).with_name(CRASH).open("a")  # the same
    faulthandler.enable(crash)
    faulthandler.register(signal.SIGUSR1, crash)  # asked of one that hangs
    deliveries.LEASE = timedelta(seconds=LEASE)
    deliveries.SURE = deliveries.LEASE * 2 / 3
    reconnecting.SILENCE, reconnecting.PATIENCE = SILENCE, _PATIENCE
    delivery_context._PAUSE = 0.3
    claim_queue._AWAY = site_contexts._AWAY = procrastinate_queue._AWAY = 0.5
    procrastinate_queue._BEAT, procrastinate_queue._GONE, procrastinate_queue._LOOK = 1.0, 3.0, 1.0
    victim.wait_less()
    _shown_at_once()
    points = victim.Points("", target, Path(note), end=end)
    victim._arm(lambda what: points.passed(what) if getattr(victim._working, "account", "") else None)
    commit_cuts.arm(cut, Path(output).parent)
    work = worker.Worker.run

    def begun(self: worker.Worker, grace: float) -> bool:
        up(Path(note)).touch()
        return work(self, grace)

    worker.Worker.run = begun  # type: ignore[method-assign]
    cli.main(arguments)


def up(note: Path) -> Path:
    """The file that says that a worker with this note has begun to work."""
    return note.with_suffix(".up")


def _shown_at_once() -> None:
    """Networks of which a look proves something after a while do so soon."""
    for name in registry.names():
        cls = registry.load(name)
        if cls.abilities.absence_after:
            cls.abilities = msgspec.structs.replace(cls.abilities, absence_after=_ABSENT)
