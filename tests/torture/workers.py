"""The storm over workers: several processes on two machines, killed, frozen and cut off while they send; then the books
are compared.
"""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from crosspost.testing.harness import Place
from tests.postgresql_server import Server, running
from tests.torture import victim, worker_victim
from tests.torture.accounts import settled
from tests.torture.books import FROZEN, Result, compare
from tests.torture.storm import _SECOND, Storm, _Shifted

#: those whose logins are renewed keep them on one machine; Mastodon refuses to repeat, X and Misskey are read, on
#: Facebook and Telegram doubt stays, and a mail for each person is many requests
ACCOUNTS = ("mastodon", "x", "misskey", "facebook", "telegram", "newsletter-each")
#: the highest number of a point at which a worker ends, and the longest time it lives, in seconds
_FAR, _LONG = 30, 15.0
#: seconds within which a worker should have begun
_SLOW = 60.0
_WRONG_CLOCK = 3600.0


@dataclass
class _Member:
    """A worker process, and how it is to end."""

    process: BaseProcess
    note: Path
    end: signal.Signals
    life: float
    born: float = field(default_factory=time.monotonic)
    #: when it ends at the latest; infinite before it works, since a busy machine takes its time to start one
    until: float = float("inf")
    frozen: float = 0.0

    def notice(self, now: float) -> None:
        """Its life begins when it works, or should have begun to long since."""
        if self.until == float("inf") and (worker_victim.up(self.note).exists() or now > self.born + _SLOW):
            self.until = now + self.life


class WorkerStorm(Storm):
    """Workers at a sandbox.

    :param server: where the ledger is
    :param queue: how deliveries are handed out
    :param workers: how many there are at each moment
    """

    def __init__(
        self, server: Server, *, queue: str = "database", workers: int = 4, seed: int = 1, sites: int = 1
    ) -> None:
        self.server, self._name = server, server.new_database()
        super().__init__(ACCOUNTS, seed=seed, faults=0, database=server.address(self._name), sites=sites)
        for number in range(1, sites):
            server.ask(f"CREATE SCHEMA s{number}", self._name)
        self.queue, self.workers = queue, workers
        self.wrong_clock_said = ""
        self._spawn.set_forkserver_preload([*victim.PRELOAD, "tests.torture.worker_victim"])
        self._born = 0

    def storm(self, posts: int, seconds: float) -> Result:
        """Let ``posts`` posts appear over ``seconds``, while everything happens to the workers; then wait for calm."""
        clock = _Shifted()
        with tempfile.TemporaryDirectory() as folder, settled(Path(folder), self.accounts, clock) as place:
            self._other_sites(place)
            self._second_machine(place)
            for number in range(self.sites):  # beside an empty site, what a slow machine finds at once is held back
                self._post(place, f"p{100_000 * self.sites + number}")
            self._process(place, "")
            wrong = self._worker(place, 0, signal.SIGKILL, ahead=_WRONG_CLOCK, output="wrong clock")
            members = [wrong, *(self._born_worker(place) for _ in range(self.workers))]
            try:
                names = self._rage(place, members, posts, seconds)
                self._drain(place, members)
            finally:
                for member in members:
                    member.process.kill()
            self.wrong_clock_said = (place.root / "wrong clock").read_text("utf-8")
            assert place.sandbox.wait_idle()
            clock.ahead += 1200
            self._calm(place, clock)
            compare(self.result, place, self.accounts, names)
            assert place.sandbox.errors == [], place.sandbox.errors
        return self.result

    def _rage(self, place: Place, members: list[_Member], posts: int, seconds: float) -> list[str]:
        """:returns: the names of the posts that appeared"""
        names: list[str] = []
        begun = time.monotonic()
        while (passed := time.monotonic() - begun) < seconds:
            while len(names) < posts * min(1.0, passed / seconds * 1.2):
                names.append(f"p{len(names)}")
                self._post(place, names[-1])
            self._weather_of_servers()
            # the first one, whose clock is wrong, is left alone
            members[1:] = [self._looked_after(place, member) for member in members[1:]]
            time.sleep(0.05)
        return names

    def _weather_of_servers(self) -> None:
        """Sometimes every connection is cut, and sometimes the server goes down as one that loses its power."""
        if self._random.random() < 0.004:
            self.server.restart()
            self.result.weather["the database restarted"] += 1
        elif self._random.random() < 0.01:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.server.cut()
                self.result.weather["connections cut"] += 1

    def _looked_after(self, place: Place, member: _Member) -> _Member:
        """The same worker, or a new one in its place."""
        now, pid = time.monotonic(), member.process.pid
        assert pid is not None
        member.notice(now)
        if member.frozen:
            if now > member.frozen + worker_victim.LEASE * 1.5:
                os.kill(pid, signal.SIGCONT)
                member.frozen, member.until = 0.0, now + _LONG / 2
                member.end = signal.SIGKILL
            return member
        if member.process.is_alive() and member.end == signal.SIGSTOP and member.note.exists():
            self._count(member.note, FROZEN)
            self.result.weather["frozen past their lease"] += 1
            member.note.unlink()
            member.frozen = now
            return member
        if member.process.is_alive() and now > member.until:
            member.process.kill()
            self.result.kills["run", "at any moment"] += 1
            member.process.join(10)
            return self._born_worker(place)
        if not member.process.is_alive():
            assert member.process.exitcode == -signal.SIGKILL, _last_words(place, member)
            self._count(member.note, "")
            return self._born_worker(place)
        return member

    def _count(self, note: Path, before: str) -> None:
        account, _, what = note.read_text("utf-8").partition(": ")
        self.result.kills[account, before + what] += 1

    def _born_worker(self, place: Place) -> _Member:
        end = signal.SIGSTOP if self._random.random() < 0.25 else signal.SIGKILL
        return self._worker(place, self._random.randint(1, _FAR), end)

    def _worker(
        self, place: Place, target: int, end: signal.Signals, *, ahead: float = 0, output: str = "output"
    ) -> _Member:
        self._born += 1
        note = place.root / f"note-{self._born}"
        second = self._random.random() < 0.5
        config = place.root / _SECOND if second else place.config
        home = place.root / ("home-2" if second else "home")  # the first is the one of victim.run
        arguments = ["worker", "--config", str(config), "--every", str(int(worker_victim.LOOK)), "--queue", self.queue]
        process = self._spawn.Process(
            target=worker_victim.run,
            args=(
                arguments,
                target,
                end,
                str(note),
                ahead,
                str(home),
                str(place.root / output),
                self._namespace(),
            ),
        )
        process.start()
        return _Member(process, note, end, self._random.uniform(_LONG / 4, _LONG))

    def _namespace(self) -> str:
        """Where the next worker lives; "" where everything else is."""
        return ""

    def _drain(self, place: Place, members: list[_Member]) -> None:
        """Each ends what it is sending, and with 0."""
        for member in members:
            pid = member.process.pid
            assert pid is not None
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
                os.kill(pid, signal.SIGTERM)
        for member in members:
            member.process.join(30)
            if member.process.exitcode is None and member.end == signal.SIGSTOP:  # it stood still only now
                member.process.kill()
                member.process.join(10)
            self.result.weather["ended by SIGTERM"] += member.process.exitcode == 0
            # one that was born just now does not listen yet, and has begun nothing
            assert member.process.exitcode in (0, -signal.SIGKILL, -signal.SIGTERM), _last_words(place, member)


def _last_words(place: Place, member: _Member) -> str:
    """What is known of a worker that ended in a way of its own."""
    crash, output = place.root / worker_victim.CRASH, place.root / "output"
    shown = crash.read_text("utf-8", "replace") if crash.exists() else ""
    return f"exit code {member.process.exitcode}: {shown}\n{output.read_text('utf-8')[-3000:]}"


def one_storm(queue: str, workers: int, seed: int, sites: int = 1) -> Result:
    """Two minutes of it, with a server of its own, which is restarted again and again."""
    with running() as server:
        return WorkerStorm(server, queue=queue, workers=workers, seed=seed, sites=sites).storm(posts=40, seconds=120)
