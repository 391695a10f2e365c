"""What a simulated day shows at its end: as a table, and as JSON."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.benchmarks.day_books import Out, Said, held, mistakes, wanted_of
from tests.benchmarks.day_ledgers import Row
from tests.benchmarks.day_plan import BEGIN, HELD_BY, Account, Post, rule_of
from tests.benchmarks.day_speed import Bare, fullest, taken
from tests.benchmarks.day_telling import moment

#: mistakes that are printed
MOST = 20
#: so many that are due in one minute have others wait
MANY = 20


class Books(NamedTuple):
    """What there is to judge a day by.

    :ivar out: what the stand-ins have
    :ivar rows: what the ledgers have
    :ivar look: between two looks
    :ivar bare: the requests
    :ivar died: what a machine was at when it died → when that was due
    :ivar death: when it died
    :ivar whole: whether the day was lived to its end; else what is not out yet is not lost
    """

    plan: Sequence[Post]
    accounts: Sequence[Account]
    out: Mapping[Said, Sequence[Out]]
    rows: Sequence[Row]
    look: timedelta
    bare: Bare
    died: Mapping[Said, datetime]
    death: datetime | None
    whole: bool


def judged(books: Books) -> dict[str, Any]:
    """How the day went, by the books of the stand-ins and by the ledgers.

    :returns: figures in seconds and numbers; ``wrong`` are sentences
    """
    out, look, died = books.out, books.look, books.died
    wanted = wanted_of(books.plan, books.accounts)
    ledger = {(row.site, row.post, row.number): row for row in books.rows}
    wrong = mistakes(books.plan, books.accounts, out, look) + _differences(ledger, out)
    if not books.whole:
        wrong = [one for one in wrong if not one.endswith(" is out 0 times")]
    late, fresh, held_by, again = dict[Said, float](), [], defaultdict[str, list[float]](list), []
    for said, times in out.items():
        if said not in wanted or said not in ledger:
            continue
        first, due, at = wanted[said].first, ledger[said].due, times[0].at
        if said in died:
            again.append((at - died[said]).total_seconds())
            continue
        late[said] = (at - due).total_seconds()
        if rule := held(said, wanted[said], due, look):
            held_by[HELD_BY[rule]].append((at - first).total_seconds())
        elif not rule_of(said[2]):
            fresh.append((at - first).total_seconds())
    return {
        "wanted": len(wanted),
        "out": sum(len(times) for times in out.values()),
        "once": sum(len(out.get(said, ())) == 1 for said in wanted),
        "late": spread(list(late.values())),
        "slow": _slow(
            {said: seconds for said, seconds in late.items() if seconds > look.total_seconds()}, ledger, books.death
        ),
        "fresh": spread(fresh),
        "taken": spread(taken(books.rows)),
        "fullest": fullest(ledger, out, books.bare, MANY),
        "held": {name: {"deliveries": len(some), "waited": spread(some)} for name, some in sorted(held_by.items())},
        "died": {"deliveries": len(died), "out": len(again), "late": spread(again)},
        "hours": _hours(out),
        "wrong": wrong,
    }


def _slow(
    late: Mapping[Said, float], ledger: Mapping[Said, Row], death: datetime | None
) -> dict[str, dict[str, float]]:
    """What was later than the time between two looks, by the reason.

    :param late: seconds of those
    """
    due = Counter(row.due.replace(second=0, microsecond=0) for row in ledger.values())
    found = defaultdict[str, list[float]](list)
    for said, seconds in late.items():
        at = ledger[said].due
        if death is not None and timedelta(minutes=-2) < death - at < timedelta(minutes=2):
            reason = "a machine died"
        elif due[at.replace(second=0, microsecond=0)] >= MANY:
            reason = "many at the same moment"
        else:
            reason = "busy with others"
        found[reason].append(seconds)
    return {reason: {"deliveries": len(some), "most": round(max(some), 1)} for reason, some in sorted(found.items())}


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95 %, 99 % and most; nothing of nothing."""
    ordered = sorted(seconds)
    parts = {"median": 0.5, "95 %": 0.95, "99 %": 0.99}
    found = {name: ordered[int(len(ordered) * part)] for name, part in parts.items() if ordered}
    return {name: round(value, 1) for name, value in (found | ({"most": ordered[-1]} if ordered else {})).items()}


def lines(figures: Mapping[str, Any]) -> list[str]:
    """The table, as Markdown."""
    size, machines = figures["size"], figures["machines"]
    rows = {
        "sites · accounts · posts · deliveries": " · ".join(f"{size[one]:,}" for one in ("sites", "accounts", "posts"))
        + f" · {figures['wanted']:,}",
        "out exactly once, by the books of the networks": f"{figures['once']:,}",
        "lost, twice, too early, or a rule broken": str(len(figures["wrong"])),
        "late after its moment (median · 95 % · 99 % · most)": _in_words(figures["late"]),
        "of these later than the time between two looks, and why": _reasons(figures["slow"]),
        "from the post's appearance, where nothing holds it": _in_words(figures["fresh"]),
        **{
            f"held by {name}, and waited": f"{one['deliveries']:,}; {_in_words(one['waited'], hours=True)}"
            for name, one in figures["held"].items()
        },
        **_of_the_dead(figures["died"]),
        "requests, for each delivery; refused as too many": (
            f"{figures['requests']['all']:,}, {figures['requests']['each']:.2f}; {figures['requests']['refused']}"
        ),
        "a delivery from its first attempt to its receipt, beside its requests alone": (
            f"{_in_words(figures['taken'], digits=1)}; {figures['requests']['bare']:.1f} s"
        ),
        **_of_the_fullest(figures["fullest"]),
        "a machine: processor, memory at most": "; ".join(f"{m['cpu']:.0f} s, {m['memory']:.0f} MB" for m in machines),
        "PostgreSQL: processor; connections at most; size at the end": (
            f"{figures['database']['cpu']:.0f} s; {figures['database']['connections']}; "
            f"{figures['database']['megabytes']:.0f} MB"
        ),
        "transactions of PostgreSQL while it went on, a second": (
            f"{figures['database']['transactions']:,}; {figures['database']['transactions'] / figures['seconds']:.0f}"
        ),
        "processor of machines and database for one delivery": f"{figures['each'] * 1000:.0f} ms",
        "looks at a site: done; left out as idle, and the processor they would have taken": (
            f"{figures['looks']['done']:,}; {figures['looks']['left_out']:,}, {figures['looks']['taken']:,.0f} s"
        ),
        **_of_idle_looks(figures["looks"]),
        "before midnight, to make the ledgers": (
            f"{figures['begin']['cpu']:.0f} s of processor, {figures['begin']['megabytes']:.0f} MB"
        ),
        "it took here": f"{figures['seconds'] / 60:.1f} min, load {figures['load']:.0f}",
    }
    ended = [f"{figures['ended']}, with what there was by then", ""] if figures["ended"] else []
    found = [*ended, "| | |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows.items())]
    return found + [f"WRONG: {one}" for one in figures["wrong"][:MOST]]


def _differences(ledger: Mapping[Said, Row], out: Mapping[Said, Sequence[Out]]) -> list[str]:
    """Where the ledgers say something else than the stand-ins."""
    wrong = []
    for said, row in ledger.items():
        ids = [one.id for one in out.get(said, ())]
        if (row.state == "sent") != bool(ids):
            wrong.append(f"{said} is {row.state} in the ledger ({row.error}), and the network has {len(ids)} of it")
        elif ids and not any(one in row.receipt for one in ids):
            wrong.append(f"{said} is {row.receipt} in the ledger, and the network has {ids}")
    return wrong


def _hours(out: Mapping[Said, Sequence[Out]]) -> dict[str, int]:
    """How many went out in each hour, counted from the day's midnight."""
    count = Counter(int((one.at - BEGIN) / timedelta(hours=1)) for times in out.values() for one in times)
    return {f"{hour:02}": count[hour] for hour in sorted(count)}


def _of_the_dead(died: Mapping[str, Any]) -> dict[str, str]:
    """The line about what a machine was at when it died."""
    if not died["deliveries"]:
        return {}
    told = f"{died['deliveries']}, {died['out']} out; {_in_words(died['late'])}"
    return {"at work on a machine that died; out after their moment": told}


def _of_idle_looks(looks: Mapping[str, Any]) -> dict[str, str]:
    """The line about looks at all sites that found nothing, after everything was out."""
    if not looks["idle"]:
        return {}
    told = (f"{cpu:.1f} s ({cpu / looks['sites'] * 1000:.1f} ms a site, {read:,} read)" for cpu, read in looks["idle"])
    return {"processor of all for a look at all sites with nothing new, one after the other": " · ".join(told)}


def _of_the_fullest(found: Mapping[str, Any]) -> dict[str, str]:
    """The line about the moment at which most was due, where it was many."""
    if not found:
        return {}
    beside = f"{found['seconds']:.1f} s; {found['bare']:.1f} s, {found['bare'] / found['seconds']:.2f}"
    return {f"the {found['deliveries']:,} that were due at {moment(found['at'])}; the bare requests": beside}


def _reasons(slow: Mapping[str, Mapping[str, float]]) -> str:
    return (
        "; ".join(f"{one['deliveries']} {reason}, {one['most']:.0f} s at most" for reason, one in slow.items()) or "0"
    )


def _in_words(found: Mapping[str, float], *, hours: bool = False, digits: int = 0) -> str:
    if not found:
        return "–"
    return " · ".join(f"{value / 3600:.1f} h" if hours else f"{value:.{digits}f} s" for value in found.values())
