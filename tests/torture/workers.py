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
from tests.postgresql_server import Server
from tests.torture import commit_cuts, tree_copy, worker_victim
from tests.torture.accounts import settled
from tests.torture.books import FROZEN, Result, compare
from tests.torture.course import threads_of
from tests.torture.doubts import STOOD_STILL, explain, watch
from tests.torture.processes import Elsewhere
from tests.torture.storm import _SECOND, Storm, _Shifted

#: those whose logins are renewed keep them on one machine; Mastodon refuses to repeat, X and Misskey are read, on
#: Facebook and Telegram doubt stays, and a mail for each person is many requests
ACCOUNTS = ("mastodon", "x", "misskey", "facebook", "telegram", "newsletter-each")
#: the highest number of a point at which a worker ends, and the longest time it lives, in seconds
_FAR, _LONG = 24, 10.0
#: seconds within which a worker should have begun
_SLOW = 60.0
_WRONG_CLOCK = 3600.0
#: within how many commits of a worker its connection is cut at one
_COMMITS = 40


@dataclass
class _Member:
    """A worker process, and how it is to end."""

    process: BaseProcess | Elsewhere
    note: Path
    end: signal.Signals
    life: float
    born: float = field(default_factory=time.monotonic)
    #: when it ends at the latest; infinite before it works, since a busy machine takes its time to start one
    until: float = float("inf")
    frozen: float = 0.0
    namespace: str = ""

    def never_began(self) -> bool:
        """Whether it ended because there was no database when it was to begin; whoever started it starts it again."""
        return self.process.exitcode == 1 and not worker_victim.up(self.note).exists()

    def said(self) -> str:
        """Where it was when it ended itself, or stood still."""
        return self.note.read_text("utf-8") if self.note.exists() else ""

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
        self.wrong_clock, self.wrong_clock_said = _WRONG_CLOCK * (1 if seed % 2 else -1), ""
        self._members: list[_Member] = []
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
            watch(place)
            self.course.describe = lambda: self._described(place)
            wrong = self._worker(place, 0, signal.SIGKILL, ahead=self.wrong_clock, output="wrong clock")
            self._members += [wrong, *(self._born_worker(place) for _ in range(self.workers))]
            try:
                names = self._rage(place, posts, seconds)
                self._drain(place)
            finally:
                for member in self._members:
                    member.process.kill()
            self._about_the_wrong_clock((place.root / "wrong clock").read_text("utf-8"))
            self.result.weather.update(commit_cuts.noted(place.root, self.events))
            assert place.sandbox.wait_idle()
            clock.ahead += 1200
            self._calm(place, clock)
            compare(self.result, place, self.accounts, names)
            explain(self.result, place, self.events)
            assert place.sandbox.errors == [], place.sandbox.errors
        return self.result

    def _rage(self, place: Place, posts: int, seconds: float) -> list[str]:
        """:returns: the names of the posts that appeared"""
        names: list[str] = []
        begun = time.monotonic()
        while (passed := time.monotonic() - begun) < seconds and not self.course.ending.is_set():
            while len(names) < posts * min(1.0, passed / seconds * 1.2):
                names.append(f"p{len(names)}")
                self._post(place, names[-1])
            self._weather_of_servers()
            # the first one, whose clock is wrong, is left alone
            self._members[1:] = [self._looked_after(place, member) for member in self._members[1:]]
            self.course.step(self.result)
            time.sleep(0.05)
        self.result.seconds["by the clock"] += round(time.monotonic() - begun)
        return names

    def _about_the_wrong_clock(self, said: str) -> None:
        self.wrong_clock_said = said
        which = "ahead" if self.wrong_clock > 0 else "behind"
        if f"{which} " in said and "the database's, so nothing is sent from here" in said:
            self.result.weather[f"a clock an hour {which}, told"] += 1
        assert ": sent http" not in said, "a machine whose clock is wrong has sent something"

    def _described(self, place: Place) -> str:
        """Where everybody is, for one who wonders why nothing goes on."""
        pids = [member.process.pid or 0 for member in self._members]
        threads = [threads_of(pid, place.root / worker_victim.CRASH) for pid in pids]
        return "\n\n".join([*threads, *(_last_words(place, one) for one in self._members[1:]), self.server.locks()])

    def _weather_of_servers(self) -> None:
        """Sometimes every connection is cut, and sometimes the server goes down as one that loses its power."""
        if self._random.random() < 0.004:
            crash = self._random.random() < 0.5
            what = "the database crashed" if crash else "the database restarted"
            begun = time.time()
            self.server.restart(crash=crash)
            self.events.note(what, since=begun)
            self.result.weather[what] += 1
        elif self._random.random() < 0.01:
            with contextlib.suppress(subprocess.CalledProcessError):
                begun = time.time()
                self.server.cut()
                self.events.note("connections cut", since=begun)
                self.result.weather["connections cut"] += 1

    def _looked_after(self, place: Place, member: _Member) -> _Member:
        """The same worker, or a new one in its place."""
        now, pid = time.monotonic(), member.process.pid
        assert pid is not None
        member.notice(now)
        if member.frozen:
            if now > member.frozen + worker_victim.LEASE * 1.5:
                os.kill(pid, signal.SIGCONT)
                self.result.weather["woken"] += 1
                member.frozen, member.until = 0.0, now + _LONG / 2
                member.end = signal.SIGKILL
            return member
        if member.process.is_alive() and member.end == signal.SIGSTOP and member.said():
            self._count(member, FROZEN)
            self.events.note(STOOD_STILL, pid, seconds=worker_victim.LEASE * 1.5)
            self.result.weather["frozen past their lease"] += 1
            member.note.unlink()
            member.frozen = now
            return member
        if member.process.is_alive() and now > member.until:
            member.process.kill()
            member.process.join(10)
            self._count(member, "")
            return self._born_worker(place)
        if not member.process.is_alive() and member.never_began():
            self.result.weather["began without a database"] += 1
            return self._born_worker(place)
        if not member.process.is_alive():
            assert member.process.exitcode == -signal.SIGKILL, _last_words(place, member)
            self._count(member, "")
            return self._born_worker(place)
        return member

    def _count(self, member: _Member, before: str) -> None:
        """That it was killed, or froze, and where: as it said itself, or by whom it did not see coming."""
        account, _, what = (member.said() or "run: at any moment").partition(": ")
        self.result.kills[account, before + what] += 1
        if not before:
            self.events.note(f"killed {what}", member.process.pid or 0)

    def _born_worker(self, place: Place) -> _Member:
        end = signal.SIGSTOP if self._random.random() < 0.25 else signal.SIGKILL
        return self._worker(place, self._random.randint(1, _FAR), end)

    def _worker(self, place: Place, target: int, end: signal.Signals, *, ahead: float = 0, output: str = "") -> _Member:
        self._born += 1
        note = place.root / f"note-{self._born}"
        second = self._random.random() < 0.5
        config = place.root / _SECOND if second else place.config
        home = place.root / ("home-2" if second else "home")  # the first is the one of victim.run
        namespace = self._namespace()
        cut = self._random.randint(1, _COMMITS) if target else 0
        arguments = ["worker", "--config", str(config), "--every", str(int(worker_victim.LOOK)), "--queue", self.queue]
        files = str(note), ahead, str(home), str(place.root / (output or f"output-{self._born}"))
        moved, after = self._moved_clock() if target else (0.0, 0.0)
        process = self._begun((arguments, target, end, *files, namespace, cut, moved, after), old=ahead == 0)
        if moved:
            self.events.note("its clock moved by an hour", process.pid or 0, seconds=_LONG * 4)
        return _Member(process, note, end, self._random.uniform(_LONG / 4, _LONG), namespace=namespace)

    def _moved_clock(self) -> tuple[float, float]:
        """By how much, and after how many seconds, the clock of the next worker's machine is put wrong; mostly 0."""
        if self._random.random() > 0.08:
            return 0.0, 0.0
        moved = self._random.choice((_WRONG_CLOCK, -_WRONG_CLOCK))
        self.result.weather["clocks moved by an hour at work"] += 1
        return moved, self._random.uniform(1, _LONG)

    def _begun(self, given: tuple[object, ...], *, old: bool) -> BaseProcess | Elsewhere:
        """:param old: whether it may be one with older code, where there is such"""
        code = tree_copy.older_code()
        if old and code is not None and self._random.random() < 0.5:
            self.result.weather["workers of an older version"] += 1
            return Elsewhere(code, given)
        process = self._spawn.Process(target=worker_victim.run, args=given)
        process.start()
        return process

    def _namespace(self) -> str:
        """Where the next worker lives; "" where everything else is."""
        return ""

    def _drain(self, place: Place) -> None:
        """Each ends what it is sending, and with 0."""
        for member in self._members:
            pid = member.process.pid
            assert pid is not None
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
                os.kill(pid, signal.SIGTERM)
        for member in self._members:
            member.process.join(60)
            if member.process.exitcode is None and member.end == signal.SIGSTOP and member.said():
                member.process.kill()  # it stood still only now
                member.process.join(10)
            self.course.step(self.result)
            assert member.process.exitcode is not None, self._described(place)
            # one that was born just now does not listen yet, and has begun nothing
            right = member.process.exitcode in (0, -signal.SIGKILL, -signal.SIGTERM) or member.never_began()
            assert right, _last_words(place, member)
            self.result.weather["ended by SIGTERM"] += member.process.exitcode == 0
            if member.process.exitcode == -signal.SIGKILL:
                self._count(member, "")


def _last_words(place: Place, member: _Member) -> str:
    """What is known of a worker that ended in a way of its own."""
    crash, output = place.root / worker_victim.CRASH, member.note.with_name(member.note.name.replace("note", "output"))
    shown = crash.read_text("utf-8", "replace") if crash.exists() else ""
    return f"exit code {member.process.exitcode}: {shown}\n{output.read_text('utf-8')[-4000:]}"
