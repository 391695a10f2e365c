"""What storms did and what came out, as tables."""

import re
from collections.abc import Callable

from tests.torture.books import STILL_OPEN, UNEXPLAINED, Result

OUTCOMES = ("deliveries", "sent once", "refused", "held", "lost", "duplicates")
CHANGES = ("edited", "taken back", "change told")
_WIDE = 46


def table(result: Result) -> str:
    """One result: what became of each account's deliveries, where processes died, and why there was doubt."""
    outcomes = OUTCOMES
    accounts = list(dict.fromkeys(account for account, _ in result.outcomes))
    lines = [f"{'account':<17}" + "".join(f"{what:>12}" for what in outcomes) + f"{'faults':>8}{'kills':>7}"]
    for account in accounts:
        faults = sum(number for (name, _), number in result.faults.items() if name == account)
        kills = sum(number for (name, _), number in result.kills.items() if name == account)
        numbers = "".join(f"{result.outcomes[account, what]:>12}" for what in outcomes)
        lines.append(f"{account:<17}{numbers}{faults:>8}{kills:>7}")
    lines.append(f"{'all':<17}" + "".join(f"{result.total(what):>12}" for what in outcomes))
    if any(changes := {what: result.total(what) for what in CHANGES}):
        lines += ["", "changes: " + ", ".join(f"{number} {each}" for each, number in changes.items())]
    lines += ["", f"{result.killed} processes killed, by point and account:", *_where(result), ""]
    lines += [*_doubts(result), ""]
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


def _doubts(result: Result) -> list[str]:
    """By cause and end; the sums are those of the doubts that the ledgers' histories tell of."""
    ends = sorted({end for _, end in result.doubts})
    lines = [f"{result.doubts.total()} doubts, by cause and end:", f"{'':<{_WIDE}}{'all':>6}  " + " | ".join(ends)]
    for cause in sorted({cause for cause, _ in result.doubts}):
        numbers = [result.doubts[cause, end] for end in ends]
        cells = " | ".join(f"{number or '':>{len(end)}}" for number, end in zip(numbers, ends, strict=True))
        lines.append(f"{cause:<{_WIDE}}{sum(numbers):>6}  {cells}")
    sums = [sum(number for (_, end), number in result.doubts.items() if end == each) for each in ends]
    cells = " | ".join(f"{number:>{len(end)}}" for number, end in zip(sums, ends, strict=True))
    return [*lines, f"{'all':<{_WIDE}}{sum(sums):>6}  {cells}"]


def beside(results: dict[str, Result]) -> str:
    """Several results, a column each, in the same rows; a Markdown table."""
    rows: list[tuple[str, list[str]]] = []

    def row(what: str, numbers: list[float], form: str = "{:,.0f}") -> None:
        rows.append((what, [form.format(number) for number in numbers]))

    every = list(results.values())
    row("processes killed", [one.killed for one in every])
    row("… at a named point of a delivery or change", [one.killed - one.kills["run", "at any moment"] for one in every])
    row("… at any moment", [one.kills["run", "at any moment"] for one in every])
    row("faults of networks", [one.faults.total() for one in every])
    for what in sorted({what for one in every for what in one.weather}):
        row(what, [one.weather[what] for one in every])
    for what in (*OUTCOMES, *CHANGES):
        row(_WORDS.get(what, what), [one.total(what) for one in every])
    row("**doubts**", [one.doubts.total() for one in every])
    for cause in sorted({_general(cause) for one in every for cause, _ in one.doubts}):
        row(f"because: {cause}", [_sum(one, lambda why, end, c=cause: _general(why) == c) for one in every])
    row("because: nobody knows", [_sum(one, lambda why, _: why == UNEXPLAINED) for one in every])
    for end in sorted({end for one in every for _, end in one.doubts}):
        row(f"ended: {end}", [_sum(one, lambda _, there, e=end: there == e) for one in every])
    row("ended: not yet", [_sum(one, lambda _, end: end == STILL_OPEN) for one in every])
    for who in sorted({who for one in every for who in one.seconds}):
        row(f"{who}, ms a delivery", [1000 * one.seconds[who] / max(one.total("deliveries"), 1) for one in every])
    return _markdown(["", *results], rows)


_WORDS = {"duplicates": "**twice**", "lost": "**lost**", "held": "held for a person"}


def _sum(result: Result, counts: Callable[[str, str], bool]) -> int:
    return sum(number for (cause, end), number in result.doubts.items() if counts(cause, end))


def _general(cause: str) -> str:
    """A cause without the point at which exactly a process died, and without the kind of an answer that went wrong."""
    if cause.startswith("killed") and cause != "killed at any moment":
        return "killed at a named point"
    return re.sub(r" \(.*\)", "", cause)


def _markdown(head: list[str], rows: list[tuple[str, list[str]]]) -> str:
    wide = [
        max(len(line[place]) for line in [head, *([what, *cells] for what, cells in rows)])
        for place in range(len(head))
    ]
    lines = [
        head,
        ["-" * wide[0], *("-" * (width - 1) + ":" for width in wide[1:])],
        *([what, *cells] for what, cells in rows),
    ]
    return "\n".join(
        "| "
        + " | ".join(
            f"{cell:<{width}}" if not place else f"{cell:>{width}}"
            for place, (cell, width) in enumerate(zip(line, wide, strict=True))
        )
        + " |"
        for line in lines
    )
