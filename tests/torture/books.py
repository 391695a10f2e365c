"""The books of a storm: what was to go out, what the sandbox got, and what crosspost says became of it."""

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from crosspost.app.sites.site_choice import every_site
from crosspost.ledger import Delivery, Ledger
from crosspost.networks.mail.recipients import Journal, key_of
from crosspost.testing.harness import Place
from tests.torture.accounts import PEOPLE, message_of

#: before the point at which a process was not killed but stood still
FROZEN = "frozen, "
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
    #: account → point → how often it passes it on the way of one post
    points: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def killed(self) -> int:
        return sum(number for (_, what), number in self.kills.items() if not what.startswith(FROZEN))

    def add(self, other: "Result") -> None:
        """Take over what another storm did."""
        self.kills += other.kills
        self.faults += other.faults
        self.outcomes += other.outcomes
        self.reasons += other.reasons
        self.weather += other.weather
        for account, points in other.points.items():
            self.points.setdefault(account, {}).update(points)

    def total(self, outcome: str) -> int:
        return sum(number for (_, what), number in self.outcomes.items() if what == outcome)

    def died(self, when: str) -> int:
        """How many processes died at such points."""
        return sum(number for (_, what), number in self.kills.items() if what.startswith(when))

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


def table(result: Result) -> str:
    """The outcome as tables: what became of the deliveries, and where processes died."""
    outcomes = ("deliveries", "sent once", "refused", "held", "lost", "duplicates")
    accounts = list(dict.fromkeys(account for account, _ in result.outcomes))
    lines = [f"{'account':<17}" + "".join(f"{what:>12}" for what in outcomes) + f"{'faults':>8}{'kills':>7}"]
    for account in accounts:
        faults = sum(number for (name, _), number in result.faults.items() if name == account)
        kills = sum(number for (name, _), number in result.kills.items() if name == account)
        numbers = "".join(f"{result.outcomes[account, what]:>12}" for what in outcomes)
        lines.append(f"{account:<17}{numbers}{faults:>8}{kills:>7}")
    lines.append(f"{'all':<17}" + "".join(f"{result.total(what):>12}" for what in outcomes))
    changes = {what: result.total(what) for what in ("edited", "taken back", "change told")}
    for what, happened in (("changes", changes), ("weather", result.weather)):
        if any(happened.values()):
            lines += ["", f"{what}: " + ", ".join(f"{number} {each}" for each, number in happened.items())]
    lines += ["", f"{result.killed} processes killed, by point and account:", *_where(result), ""]
    lines += [f"{number:>5}  {why}" for why, number in result.reasons.most_common()]
    if missed := result.never_hit():
        lines += ["", "never hit: " + ", ".join(missed)]
    return "\n".join(lines)


def _where(result: Result) -> list[str]:
    accounts = sorted({account for account, _ in result.kills})
    whats = sorted({what for _, what in result.kills})
    head = f"{'':<32}" + "".join(f"{account[:10]:>11}" for account in accounts)
    rows = [
        f"{what:<32}" + "".join(f"{result.kills[account, what] or '':>11}" for account in accounts) for what in whats
    ]
    return [head, *rows]
