"""The books of a storm: what was to go out, what the sandbox got, and what crosspost says became of it."""

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from crosspost.app.sites.site_choice import every_site
from crosspost.ledger import Delivery, Ledger
from crosspost.networks.mail.recipients import Journal, key_of
from crosspost.testing.harness import Place
from tests.torture.accounts import PEOPLE, message_of

#: before the point at which a process was not killed but stood still
FROZEN = "frozen, "
#: the cause of a doubt that nothing explains, and the end of one that has none: both count as flaws
UNEXPLAINED, STILL_OPEN = "unexplained", "still open"
_TITLE = re.compile(r"Titel (p\d+)\b")


@dataclass
class Result:
    """What a storm did and what came out, by account."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    #: what else happened to the processes, or to all of them at once
    weather: Counter[str] = field(default_factory=Counter)
    #: cause and end of each doubt, see :mod:`tests.torture.doubts`
    doubts: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: seconds by the clock, and seconds of a processor by who used them
    seconds: Counter[str] = field(default_factory=Counter)
    #: account → point → how often it passes it on the way of one post
    points: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def killed(self) -> int:
        return sum(number for (_, what), number in self.kills.items() if not what.startswith(FROZEN))

    def add(self, other: "Result") -> None:
        """Take over what another storm did."""
        for mine, more in zip(self._counters(), other._counters(), strict=True):
            mine.update(more)
        for account, points in other.points.items():
            self.points.setdefault(account, {}).update(points)

    def total(self, outcome: str) -> int:
        return sum(number for (_, what), number in self.outcomes.items() if what == outcome)

    def died(self, when: str) -> int:
        """How many processes died at such points."""
        return sum(number for (_, what), number in self.kills.items() if what.startswith(when))

    @property
    def flaws(self) -> int:
        """What must not be."""
        return self.total("lost") + self.total("duplicates") + self.unexplained

    @property
    def unexplained(self) -> int:
        """How many doubts have no known cause or no end."""
        return sum(number for why, number in self.doubts.items() if {UNEXPLAINED, STILL_OPEN}.intersection(why))

    def write(self, path: Path) -> None:
        """Whoever reads the file at any time finds a whole result."""
        new = path.with_suffix(".new")
        counted = [[[key, number] for key, number in counter.items()] for counter in self._counters()]
        new.write_bytes(msgspec.json.encode([counted, self.points]))
        new.replace(path)

    @classmethod
    def read(cls, path: Path) -> "Result":
        result = cls()
        counted, result.points = msgspec.json.decode(path.read_bytes())
        for mine, found in zip(result._counters(), counted, strict=True):
            for key, number in found:
                mine[tuple(key) if isinstance(key, list) else key] += number
        return result

    def _counters(self) -> tuple[Counter[Any], ...]:
        return self.kills, self.faults, self.outcomes, self.reasons, self.weather, self.doubts, self.seconds

    def never_hit(self) -> list[str]:
        """Points at which no process died."""
        return [f"{a}: {what}" for a, known in self.points.items() for what in known if not self.kills[a, what]]


def compare(result: Result, place: Place, accounts: tuple[str, ...], posts: list[str]) -> None:
    """Ledger and sandbox must tell the same."""
    every = [row for ledger in ledgers(place) for row in ledger.deliveries()]
    rows = {(row.post, row.account): row for row in every if row.part == 1}
    replies = {(row.post, row.account): row for row in every if row.part == 2}
    for account in accounts:
        said = message_of(place, account)
        for post in posts:
            mine = [one for one in said if title_of(one["text"]) == post]
            row = rows.get((post, account))
            result.outcomes[account, "deliveries"] += 1
            if account == "newsletter-each":
                outcome, wrong = _each(row, Counter(one["extra"]["to"] for one in mine))
            elif account.endswith("-thread"):
                answers = [one for one in said if one["text"].endswith(f"/{post}.html") and one not in mine]
                row, outcome, wrong = _threaded(row, replies.get((post, account)), mine, answers)
            else:
                outcome, wrong = _whole(row, len(mine))
            result.outcomes[account, outcome] += 1
            if outcome != "sent once":
                state = f"{row.state}: {row.error}" if row is not None else "no row"
                result.reasons[f"{account}: {outcome}{wrong}: {_general(state)}"] += 1


def ledgers(place: Place) -> Iterator[Ledger]:
    """The ledger of each site, open while it is looked at; no two sites have a post of the same name."""
    for app in every_site(place.app):
        with contextlib.closing(Ledger(app.ledger_place(), place.clock, read_only=True)) as ledger:
            yield ledger


def title_of(text: str) -> str:
    """Which post a text of the sandbox is about; "" when it does not say."""
    found = _TITLE.search(text)
    return found[1] if found else ""


def _whole(row: Delivery | None, times: int) -> tuple[str, str]:
    if times > 1:
        return "duplicates", f" ({times} times)"
    if row is not None and row.state == "sent" and times == 1:
        return "sent once", ""
    if row is not None and row.state == "held":
        return "held", f" ({times} times)"
    if row is not None and row.state == "failed" and times == 0:
        return "refused", ""
    return "lost", f" ({times} times)"


def _threaded(
    row: Delivery | None, reply: Delivery | None, mine: list[dict[str, Any]], answers: list[dict[str, Any]]
) -> tuple[Delivery | None, str, str]:
    """The post once, and below it its link once: the row that tells of what is not so, the outcome, what is wrong."""
    outcome, wrong = _whole(row, len(mine))
    if outcome != "sent once":
        return row, outcome, wrong if not answers else f"{wrong}, and a reply"
    outcome, wrong = _whole(reply, len(answers))
    if outcome == "sent once" and answers[0]["extra"].get("in_reply_to_id") != mine[0]["id"]:
        return reply, "lost", " (answers another post)"
    return reply, outcome, f"{wrong} reply"


def _each(row: Delivery | None, got: Counter[str]) -> tuple[str, str]:
    """One mail for each person: nobody twice, and whoever has none is named."""
    if twice := [who for who, times in got.items() if times > 1]:
        return "duplicates", f" {twice}"
    if row is not None and row.state == "failed" and not got:
        return "refused", ""
    if row is not None and row.state == "held":
        return "held", f" ({len(got)} of {len(PEOPLE)})"
    doubted = Journal.of(row.remote).doubt if row is not None else []
    named = {who for who in PEOPLE if row is not None and key_of(row.handle, who) in doubted}
    silent = [who for who in PEOPLE if who not in got and who not in named and (row is None or who not in row.error)]
    if row is None or row.state != "sent" or silent:
        return "lost", f" {silent}"
    return "sent once", ""


def _general(text: str) -> str:
    """Without numbers, so that equal reasons count as one."""
    return re.sub(r"\d+", "N", text)[:150]
