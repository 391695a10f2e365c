"""The storm: posts one by one, each through kills and faults, until all is quiet; then the books are compared."""

import multiprocessing
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crosspost.ledger import Ledger
from crosspost.sandbox import Sandbox
from tests.harness import Clock, Place
from tests.torture import victim

#: after the server has committed the client hears nothing, half, or nonsense
FAULTS = ("500-after", "cut-after", "half-answer", "bad-json", "500-before", "cut-before", "html-503", "429")
#: the kinds of points, and about how many of each an account passes in one delivery
POINTS = (
    ("", 30),
    ("before a commit", 12),
    ("after a commit", 14),
    ("before POST", 2),
    ("after POST", 2),
    ("before GET", 3),
    ("when connected", 5),
    ("while reading the answer", 5),
)
QUIET_AFTER = 12  # runs; each is ten minutes after the one before


class _Shifted(Clock):
    """The real time, and what has been skipped."""

    ahead: float = 0.0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)


@dataclass
class Result:
    """What a storm did and what came out, by network."""

    kills: Counter[str] = field(default_factory=Counter)
    deliveries: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def killed(self) -> int:
        return sum(self.kills.values())


class Storm:
    """Posts at a sandbox and processes that die.

    :param networks: the accounts to post to
    :param seed: chooses points and faults; the same seed makes the same choices
    :param faults: whether the sandbox also misbehaves
    """

    def __init__(self, networks: tuple[str, ...], *, seed: int = 1, faults: bool = True) -> None:
        self.networks, self.faults = networks, faults
        self.result = Result()
        self._random = random.Random(seed)
        self._spawn = multiprocessing.get_context("forkserver")
        self._spawn.set_forkserver_preload(["tests.torture.victim", "mastodon", "tweepy", "facebook", "PIL.Image"])

    def rage(self, posts: int, *, kills_per_post: int = 1) -> Result:
        """Send ``posts`` posts, killing ``kills_per_post`` processes on the way of each."""
        quiet = {"mastodon": {"rate_limits": False}, "x": {"rate_limits": False}}
        clock = _Shifted()
        with (
            tempfile.TemporaryDirectory() as folder,
            Sandbox(clock=clock, options={k: v for k, v in quiet.items() if k in self.networks}) as sandbox,
        ):
            place = Place(Path(folder), sandbox, networks=self.networks, clock=clock)
            place.post.unlink()
            self._process(place, ["run"])  # the first run: nothing is old
            for number in range(posts):
                self._one(place, clock, f"2026-11-01-p{number}", kills_per_post)
            self._compare(place, posts)
        return self.result

    def _one(self, place: Place, clock: _Shifted, name: str, kills: int) -> None:
        picture = "thumbnail: /images/beet.jpg\nthumbnail_alt: Ein Beet"
        place.new_post(name, f"---\ntitle: Titel {name}\n{picture}\n---\n\nText zu {name}.\n")
        if self.faults and self._random.random() < 0.5:
            network = self._random.choice(self.networks)
            known = place.sandbox.networks[network].kinds()
            place.sandbox.fault(network, self._random.choice([f for f in FAULTS if f in known]), retry_after=60)
        for _ in range(kills):
            kind, most = self._random.choice(POINTS)
            self._process(place, ["run"], kind, self._random.randint(1, most * len(self.networks)))
            clock.ahead += self._random.choice((1, 30, 400))
        for _ in range(QUIET_AFTER):
            self._process(place, ["run"])
            if not self._open(place):
                break
            clock.ahead += 600

    def _process(self, place: Place, command: list[str], kind: str = "", target: int = 0) -> None:
        note = place.root / "killed"
        note.unlink(missing_ok=True)
        ahead = place.clock.ahead if isinstance(place.clock, _Shifted) else 0.0
        arguments = [*command, "--config", str(place.config)]
        child = self._spawn.Process(
            target=victim.run, args=(arguments, kind, target, str(note), ahead, str(place.root / "output"))
        )
        child.start()
        child.join(120)
        if child.is_alive():
            child.kill()
            raise AssertionError(f"a process hangs: {arguments}")
        if note.exists():
            self.result.kills[note.read_text()] += 1

    def _open(self, place: Place) -> int:
        ledger = Ledger(place.root / "config/state/ledger.sqlite3", place.clock, read_only=True)
        try:
            return len(ledger.deliveries(states=["planned", "sending", "unknown"]))
        finally:
            ledger.close()

    def _compare(self, place: Place, posts: int) -> None:
        """Ledger and sandbox must tell the same: lost 0, duplicates 0."""
        ledger = Ledger(place.root / "config/state/ledger.sqlite3", place.clock, read_only=True)
        rows = {(row.post, row.account): row for row in ledger.deliveries()}
        ledger.close()
        for network in self.networks:
            titles = [post["text"].splitlines()[0] for post in place.sandbox.posts(network)]
            said = Counter(title.removeprefix("Titel 2026-11-01-") for title in titles)
            for number in range(posts):
                row, times = rows.get((f"p{number}", network)), said[f"p{number}"]
                self.result.deliveries[network] += 1
                self.result.duplicates[network] += max(times - 1, 0)
                if row is not None and row.state == "held":
                    self.result.held[network] += 1
                    self.result.reasons[row.error] += 1
                elif row is not None and row.state == "sent" and times == 1:
                    self.result.sent[network] += 1
                else:
                    self.result.lost[network] += 1
                    state, error = (row.state, row.error) if row is not None else ("no row", "")
                    self.result.reasons[f"LOST: {state}, {times} posts: {error}"] += 1


def table(result: Result) -> str:
    """The outcome as a table, one line per network."""
    lines = [f"{'network':<12}{'deliveries':>11}{'sent once':>11}{'held':>6}{'lost':>6}{'duplicates':>12}"]
    lines += [
        f"{network:<12}{number:>11}{result.sent[network]:>11}{result.held[network]:>6}{result.lost[network]:>6}"
        f"{result.duplicates[network]:>12}"
        for network, number in result.deliveries.items()
    ]
    lines.append(f"\n{result.killed} processes killed:")
    lines += [f"{number:>7}  {point}" for point, number in result.kills.most_common()]
    lines += [f"{number:>7}  held: {why}" for why, number in result.reasons.most_common()]
    return "\n".join(lines)
