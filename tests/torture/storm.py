"""The storm: posts, each through a kill and faults, until all is quiet; then the books are compared."""

import contextlib
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crosspost.config.credentials import RENEWED_KEY, variable
from crosspost.config.encryption import new_key
from crosspost.ledger import Delivery, State
from crosspost.testing.harness import Clock, Place
from tests.torture import victim
from tests.torture.accounts import everybody, misfortune, network_of, settled, unreachable
from tests.torture.books import Result, compare, ledgers
from tests.torture.changed import compare_changes
from tests.torture.course import Course, threads_of
from tests.torture.doubts import Events, explain, watch
from tests.torture.processes import ended, forking

#: seconds between the runs that end a storm; some gaps are longer than a dead token rests and a container lives
QUIET = (60, 600, 600, 600, 3600, *(27 * 3600, 600, 600, 7 * 3600, 600) * 12)

#: the config of the other machine
_SECOND = "second/crosspost.toml"
#: within how many seconds a process is killed that is killed at any moment
_LONGEST = 1.5
#: about how many points an account passes while it looks for a post
_LOOK = 8


class _Shifted(Clock):
    """The real time, and what has been skipped."""

    ahead: float = 0.0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)


class Storm:
    """Posts at a sandbox and processes that die.

    :param accounts: names of :func:`tests.torture.accounts.everybody`
    :param seed: chooses points and faults; the same seed makes the same choices
    :param faults: how likely it is that the network of an account also misbehaves, for each post
    :param database: the address of a PostgreSQL database for the ledger; then two machines work on it by turns
    :param sites: how many sites have these accounts; each post is in one of them
    :param moments: how likely it is that a process is killed from outside, at any moment
    """

    def __init__(
        self,
        accounts: tuple[str, ...] = (),
        *,
        seed: int = 1,
        faults: float = 0.5,
        database: str = "",
        sites: int = 1,
        moments: float = 0,
    ) -> None:
        self.moments = moments
        self.accounts, self.faults, self.database = accounts or everybody(), faults, database
        self.sites = sites
        self.result, self.events, self.course = Result(), Events(), Course()
        self._random = random.Random(seed)
        self._tried: Counter[tuple[str, str]] = Counter()
        self._spawn = forking()

    def rage(self, rounds: int, *, kills: int, changes: int = 0) -> Result:
        """``rounds`` times: let up to ``kills`` processes die, each on the way of a new post; then wait for calm,
        while processes that look for what is out die too. At last ``changes`` posts are edited, as many files
        deleted, and nearly as many processes die while they carry that out.
        """
        clock, begun = _Shifted(), time.monotonic()
        with tempfile.TemporaryDirectory() as folder, settled(Path(folder), self.accounts, clock) as place:
            self._other_sites(place)
            if self.database:
                self._second_machine(place)
            else:
                place.name_the_ledger()
            self._process(place, "")  # the first run: nothing is old
            watch(place)
            names = self._know_the_points(place, clock)
            for _ in range(rounds):
                if not self.course.ending.is_set():
                    names += self._round(place, clock, len(names), kills)
            compare(self.result, place, self.accounts, names)
            if changes and not self.course.ending.is_set():
                self._change(place, clock, names, changes)
            explain(self.result, place, self.events)
            self.result.seconds["by the clock"] += round(time.monotonic() - begun)
            assert place.sandbox.errors == [], place.sandbox.errors
        return self.result

    def _know_the_points(self, place: Place, clock: _Shifted) -> list[str]:
        """Two posts in fine weather: where could a process die? Only at the first is anybody asked who we are."""
        for name in ("p0", "p1"):
            self._post(place, name)
            seen = Counter(self._process(place, ""))
            for line, number in seen.items():
                account, _, what = line.partition(": ")
                self.result.points.setdefault(account, {})[what] = number
            clock.ahead += 60
        return ["p0", "p1"]

    def _round(self, place: Place, clock: _Shifted, number: int, kills: int) -> list[str]:
        names: list[str] = []
        before = self.result.killed
        if self._random.random() < 0.5:
            clock.ahead += 25 * 3600  # everybody is asked again who we are
        # a fault, or another thread that commits along, keeps some from the point where they were to die
        while not self.course.ending.is_set() and (
            len(names) < kills or (self.result.killed - before < kills - 3 and len(names) < 2 * kills)
        ):
            more = len(names) >= kills
            names.append(f"p{number + len(names)}")
            self._post(place, names[-1])
            for account in self.accounts:
                if self._random.random() < self.faults:
                    self._misfortune(place, account)
            if self.moments and self._random.random() < self.moments:
                self._process(place, "", moment=self._random.uniform(0, _LONGEST))
                continue
            account, what = self._next_point()
            with self._weather(place, account):
                target = 1 if more else self._random.randint(1, self.result.points[account][what])
                self._process(place, f"{account}: {what}", target)
            clock.ahead += self._random.choice((1, 30, 400))
        self._calm(place, clock, kills)
        return names

    def _calm(self, place: Place, clock: _Shifted, kills: int = 0) -> None:
        """Runs until nothing is open; at most ``kills`` of them die on the way of an account that is in doubt."""
        for gap in QUIET:
            for account in sorted(_in_doubt(place))[:kills]:
                kills -= 1
                clock.ahead += 600  # the dead process's lease has run out
                self._process(place, f"{account}: ", self._random.randint(1, _LOOK), "look-up, ")
            self._process(place, "")
            if not _open(place):
                break
            clock.ahead += gap

    def _change(self, place: Place, clock: _Shifted, names: list[str], many: int) -> None:
        """Edit posts and delete files; processes die while that is carried out; then the networks show it once.

        What is gone is taken back a while after a run has missed it, so each process edits one and takes back another.
        """
        chosen = self._random.sample(names, 2 * many)
        edited, gone = chosen[::2], chosen[1::2]
        out = {(row.post, row.account) for row in _rows(place, ["sent"]) if row.part == 1}
        busy: dict[str, int] = {}
        for step, (this, other) in enumerate(zip(edited, gone, strict=True)):
            file = self._file(place, this)
            file.write_text(file.read_text("utf-8").replace("Text zu", "Geändert:"), "utf-8")
            self._file(place, other).unlink()
            if step < 2:  # in fine weather: how many points does an account pass?
                seen = Counter(line.partition(": ")[0] for line in self._process(place, "", 0))
                busy = {account: number for account, number in seen.items() if account in self.accounts}
            elif busy:  # not where no account of the storm can change or take back anything
                account = min(busy, key=lambda one: (self._tried[one, "change"], self._random.random()))
                self._tried[account, "change"] += 1
                target = self._random.randint(1, busy[account])
                if step == many - 1 and not self.result.died("change, "):
                    target = 1  # faults kept each of the others from the point where it was to die
                elif self._random.random() < self.faults:
                    self._misfortune(place, account)
                self._process(place, f"{account}: ", target, "change, ")
            clock.ahead += 1200
        self._process(place, "")  # the last run may have died before it missed the last file
        clock.ahead += 1200
        self._calm(place, clock)
        compare_changes(self.result, place, out, edited, gone)

    def _misfortune(self, place: Place, account: str) -> None:
        """One of the faults that this account's network knows; it may hit the others there as well."""
        if kind := misfortune(place, account, self._random):
            self.result.faults[account, kind] += 1
            for other in self.accounts:
                if network_of(other) == network_of(account):
                    self.events.note(f"an answer that went wrong ({kind})", account=other, seconds=float("inf"))

    def _next_point(self) -> tuple[str, str]:
        """The point that was tried least, an account's before the planning's."""
        known = [(account, what) for account, points in self.result.points.items() for what in points]
        point = min(known, key=lambda p: (self._tried[p], p[0] == "run", self._random.random()))
        self._tried[point] += 1
        return point

    @contextlib.contextmanager
    def _weather(self, place: Place, victim_: str) -> Iterator[None]:
        """Sometimes one of the other accounts cannot reach its server."""
        others = [name for name in self.accounts if name != victim_]
        if not others or self._random.random() > self.faults / 2:
            yield
            return
        account = self._random.choice(others)
        self.result.faults[account, "unreachable"] += 1
        with unreachable(place, account, self._random):
            yield

    def _second_machine(self, place: Place) -> None:
        """Another folder with the same config: what it keeps there, the first one does not have."""
        text = f'{place.config.read_text("utf-8")}\n[state]\ndatabase = "{self.database}"\n'
        place.config.write_text(text, "utf-8")
        secrets = f"{place.secrets.read_text('utf-8')}{variable(*RENEWED_KEY)}={new_key()}\n"
        place.secrets.write_text(secrets, "utf-8")
        place.write(_SECOND, text)
        for file in place.config.parent.glob("*.txt"):
            place.write(f"second/{file.name}", file.read_text("utf-8"))
        place.write("second/secrets.env", place.secrets.read_text("utf-8")).chmod(0o600)

    def _other_sites(self, place: Place) -> None:
        """Sites beside the first one, with all of its accounts."""
        text = place.config.read_text("utf-8")
        for number in range(1, self.sites):
            shutil.copytree(place.root / "site", place.root / f"site-{number}")
            text = f'[sites.s{number}]\npath = "../site-{number}"\nlive_check = false\n{text}'
        place.config.write_text(text, "utf-8")

    def _file(self, place: Place, name: str) -> Path:
        """A post's file. By their numbers, posts are in one site after the other."""
        number = int(name.lstrip("p")) % self.sites
        return place.root / f"site{f'-{number}' if number else ''}/_posts/2026-11-01-{name}.md"

    def _post(self, place: Place, name: str) -> None:
        more = "thumbnail: /images/beet.jpg\nthumbnail_alt: Ein Beet\nevent: {start: 2027-05-02 14:00}"
        file = self._file(place, name)
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"---\ntitle: Titel {name}\n{more}\n---\n\nText zu {name}.\n", "utf-8")

    def _process(self, place: Place, wanted: str, target: int = 0, when: str = "", *, moment: float = 0) -> list[str]:
        """One ``crosspost run``; what it noted: where it died, or what it passed.

        :param when: stands before the point in the tables
        :param moment: seconds until it is killed from outside; 0: it is not
        """
        note = place.root / "note"
        note.unlink(missing_ok=True)
        ahead = place.clock.ahead if isinstance(place.clock, _Shifted) else 0.0
        config = self._random.choice((place.config, place.root / _SECOND)) if self.database else place.config
        arguments = ["run", "--config", str(config)]
        child = self._spawn.Process(
            target=victim.run, args=(arguments, wanted, target, str(note), ahead, str(place.root / "output"))
        )
        child.start()
        killer = threading.Timer(moment, child.kill)
        if moment:
            killer.start()
        assert child.pid is not None
        self.course.describe = lambda: threads_of(child.pid or 0, place.root / "output")
        if not ended(child, self.course):
            said = threads_of(child.pid, place.root / "output")
            child.kill()
            raise AssertionError(f"a process hangs: {arguments}\n{said}")
        killer.cancel()
        self.course.step(self.result)
        # the clock jumps after this: what a dead process has asked for must not be answered hours later
        assert place.sandbox.wait_idle(), "a request is still being answered"
        noted = note.read_text().splitlines() if note.exists() else []
        if child.exitcode == -9:
            account, _, what = ("run: at any moment" if moment else noted[0]).partition(": ")
            self.result.kills[account, when + what] += 1
            self.events.note(f"killed {when}{what}", child.pid)
        elif child.exitcode not in (0, 1, 3):
            raise AssertionError(f"exit code {child.exitcode}: {(place.root / 'output').read_text()[-2000:]}")
        return noted


def _rows(place: Place, states: list[State]) -> list[Delivery]:
    return [row for ledger in ledgers(place) for row in ledger.deliveries(states=states)]


def _in_doubt(place: Place) -> set[str]:
    return {row.account for row in _rows(place, ["sending", "unknown"])}


def _open(place: Place) -> bool:
    if _rows(place, ["planned", "sending", "unknown"]):
        return True
    return any(ledger.changes.planned() for ledger in ledgers(place))
