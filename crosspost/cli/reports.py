"""How deliveries are told: a paragraph per post, its accounts below in the config's order, each reason once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, cached_property
from typing import TYPE_CHECKING

import click

from crosspost.app.outcome import bare
from crosspost.app.recipients_in_doubt import doubt_about, of_delivery
from crosspost.app.times import day_in_words, in_words, until_in_words, zone_of
from crosspost.cli.layout import beside, cells, columns, padded, wrapped
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger
    from crosspost.model import Entry

_COLOURS = {"sent": "green", "failed": "red", "held": "yellow", "unknown": "yellow", "planned": "yellow"}
#: what the states are called in front of a person
WORDS = {
    "sent": "sent",
    "failed": "failed",
    "held": "waits for you",
    "unknown": "in doubt",
    "planned": "later",
    "sending": "being sent",
    "before": "old",
    "skipped": "skipped",
}
#: words longer than this are not aligned
_WORD_WIDTH = 8
_SOON = timedelta(hours=1)
#: reasons that say no more than "now"
_AT_ONCE = ("at once", "due", "by hand")
#: account names longer than this are not aligned
_NAME_WIDTH = 24
# letters of scripts that are written from right to left turn around what stands beside them
_LEFTWARDS = lazy("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, kw_only=True)
class Line:
    """The line for one delivery, or one change: ``number`` is what ``settle`` takes, "" when nobody needs it."""

    post: str
    account: str
    part: int = 1
    word: str
    colour: str = ""
    number: str = ""
    link: str = ""
    said: str = ""

    @property
    def reason(self) -> str:
        """The text without the delivery's own number: where it is the same on several accounts, it is printed once."""
        return self.said.replace(f"settle {self.number}", "settle NUMBER") if self.number else self.said


class View:
    """How deliveries are shown.

    :param accounts: the accounts in the config's order
    :param titles: post → its title; "" where it is not known
    :param people: who may or may not have a delivery, of those it writes to one by one
    :param label: account → its name in front of people, which says so when it is in the sandbox
    :param zone: the site's time zone, asked for when it is needed
    :param pause: account → when its pause ends; None when there is none
    """

    def __init__(
        self,
        accounts: Iterable[str],
        titles: Callable[[str], str] = lambda _: "",
        *,
        clock: Callable[[], datetime],
        zone: Callable[[], tzinfo] = lambda: UTC,
        people: "Callable[[Delivery], tuple[str, ...]]" = lambda _: (),
        label: Callable[[str], str] = str,
        pause: Callable[[str], datetime | None] = lambda _: None,
    ) -> None:
        self._rank = {name: number for number, name in enumerate(accounts)}
        self._titles, self._clock, self._zone, self._people = titles, clock, zone, people
        self._pause = pause
        #: an account's name in front of people
        self.label = label

    @cached_property
    def _width(self) -> int:
        """How wide the column of accounts is; asked for where there is one, as a label may need the network's class."""
        return min(max((cells(self.label(name)) for name in self._rank), default=0), _NAME_WIDTH)

    def rank(self, account: str) -> tuple[int, str]:
        """Where an account stands in the config; one that is not there any more comes last."""
        return self._rank.get(account, len(self._rank)), account

    def when(self, moment: datetime) -> str:
        """A moment in words, see :func:`crosspost.app.times.in_words`."""
        return in_words(moment, self._clock(), self._zone())

    def until(self, moment: datetime) -> str:
        """How long something goes on that ends at a moment to come."""
        return until_in_words(moment, self._clock(), self._zone())

    def day(self, moment: datetime) -> str:
        """Its day only."""
        return day_in_words(moment, self._clock(), self._zone())

    def head(self, post: str) -> list[str]:
        """The heading of a post's paragraph: its title, and its id where that says something else."""
        title, width = " ".join(self._titles(post).split()), columns()
        if not title or title == post:
            return [click.style(post, bold=True)]
        name = f"({post})"
        styled = [click.style(line, bold=True) for line in wrapped(title, width)]
        if not _LEFTWARDS.search(title) and (not width or cells(styled[-1]) + 1 + cells(name) <= width):
            return [*styled[:-1], f"{styled[-1]} {name}"]
        return [*styled, name]

    def line(self, row: "Delivery", *, already: bool = False) -> Line:
        """The line for a delivery."""
        word = "already sent" if already else "kept there" if row.told_as == "kept" else WORDS.get(row.state, row.state)
        people = self._people(row)
        return Line(
            post=row.post,
            account=row.account,
            part=row.part,
            word=word,
            colour=_COLOURS.get(row.state, ""),
            number=str(row.id) if people or row.told_as in ("held", "failed", "unknown") or row.as_handed else "",
            link=web(row.url) if row.state == "sent" else "",
            said=". ".join(filter(None, (self._said(row), doubt_about(people, row.network, row.id)))),
        )

    def _said(self, row: "Delivery") -> str:
        said = bare(row.error or row.why, row.account)
        if row.kept_until is not None:
            return self._kept(row, row.kept_until)
        if row.state == "sent":
            return bare(row.error, row.account)
        if row.state != "planned":
            return said
        later = row.due_at > self._clock()
        if row.error and row.attempts:  # accounts whose pauses differ by a little have the same said of them
            soon = row.due_at - self._clock() < _SOON
            again = f"tried again {'soon' if soon else self.when(row.due_at)}"
            paused = self._paused(row.account, row.due_at + _SOON)  # a shorter pause changes nothing that is told
            return f"{paused or again}: {said}"
        when = self.when(row.due_at) if later else self._next(row.account)
        return ", ".join(filter(None, (when, "" if said in _AT_ONCE else said)))

    def _kept(self, row: "Delivery", at: datetime) -> str:
        """What is said of a post that its network took ahead of its time."""
        from crosspost.config import registry

        name, when = registry.load(row.network).name, self.when(at)
        if row.as_handed or not row.under_review:
            return f"{bare(row.error, row.account)} ({when})"
        if at > self._clock():
            return f"{name} has it and shows it {when}"
        return f"{name} has it and was to show it {when}; crosspost looks whether it is out"

    def _next(self, account: str) -> str:
        """When what is due goes out."""
        return self._paused(account, self._clock()) or "with the next run"

    def _paused(self, account: str, after: datetime) -> str:
        """That an account is paused beyond a moment: what it has to say waits for the end of that. "" if it is not."""
        end = self._pause(account)
        return f"the account is paused {self.until(end)}" if end is not None and end > after else ""

    def text(self, line: Line, *, names: str = "", said: str | None = None, width: int = _WORD_WIDTH) -> list[str]:
        """The lines of the terminal, or the one of a pipe, for one account.

        :param names: accounts whose lines are the same
        :param said: instead of the line's own words
        :param width: of the first column
        """
        words = line.said if said is None else said
        word = click.style(padded(line.word, width), fg=line.colour or None)
        number = f"#{line.number}" if line.number else ""
        if names:
            lead = f"  {word}  "
            return beside(lead, [f"{names}{': ' if words else ''}{words}"], columns())
        lead = f"  {word}  {padded(self._name(line), self._width)}  "
        return beside(lead, [line.link, " ".join(filter(None, (number, words)))], columns())

    def _name(self, line: Line) -> str:
        part = f" (part {line.part})" if line.part > 1 else ""
        return f"{self.label(line.account)}{part}"

    def show(self, lines: Iterable[Line]) -> None:
        """A paragraph for each post; lines that are the same on several accounts are printed once."""
        by_post: dict[str, list[Line]] = {}
        for line in lines:
            by_post.setdefault(line.post, []).append(line)
        for number, (post, several) in enumerate(by_post.items()):
            if number:
                click.echo()
            for text in self.head(post):
                click.echo(text)
            ordered = sorted(several, key=lambda line: (self.rank(line.account), line.part))
            width = max([_WORD_WIDTH, *(cells(line.word) for line in several)])
            for group in _alike(ordered):
                for text in self._group(group, width):
                    click.echo(text)

    def _group(self, group: Sequence[Line], width: int) -> list[str]:
        first = group[0]
        if len(group) == 1:
            return self.text(first, width=width)
        names = ", ".join(f"{self._name(line)}{f' #{line.number}' if line.number else ''}" for line in group)
        return self.text(first, names=names, said=first.reason, width=width)


def view(app: "App", ledger: "Ledger | None" = None, entries: "Mapping[str, Entry] | None" = None) -> View:
    """The view of a command.

    :param entries: posts whose titles are known
    :param ledger: knows the titles of others
    """
    listed = entries or {}

    @cache
    def title(post: str) -> str:
        if post in listed:
            return listed[post].title
        return ledger.history.titles([post]).get(post, "") if ledger is not None else ""

    return View(
        app.accounts(),
        title,
        clock=app.clock,
        zone=cache(lambda: zone_of(app)),
        people=lambda row: of_delivery(app, row),
        label=app.label,
        pause=cache(lambda name: ledger.account(name).paused_until if ledger is not None else None),
    )


def web(url: str) -> str:
    """The address, where it is one that a browser can open; a mail's is none."""
    return url if url.startswith(("https://", "http://")) else ""


def _alike(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines with the same text, grouped, in the order in which they first come. A link is never shared."""
    groups: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        alone = (line.account, str(line.part)) if line.link or line.word == "sent" else ()
        groups.setdefault((line.word, line.reason, *alone), []).append(line)
    return list(groups.values())
