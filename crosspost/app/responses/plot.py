"""Figures as bars: a panel for each figure, a column for each post (or month, or year), a part for each account.

This is the geometry; ``crosspost/app/pages/templates/plot.html`` draws it. Colours are never the only sign: each part
says what it is when one points at it, and a table stands beside the plot.
"""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from crosspost.app.responses.statistics import NAMES
from crosspost.model import Value
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.ledger.responses import Told

#: each stands out, three to one, from white and from nearly black (WCAG 2.2, 1.4.11); accounts beyond share the last
COLOURS = ("#3b82d0", "#d1691e", "#2f9e5b", "#9b5fd0", "#d6455a", "#1f95a5", "#8f8420", "#808792")
#: more columns are too thin to be pointed at: then months stand together, then years
_MOST = 60
#: pixels of the drawing's own measure: the left edge, how much is for the columns, and the widest column
LEFT, ROOM, HEIGHT, _WIDEST = 64, 640, 96, 48


class Part(Value, frozen=True, kw_only=True):
    """What one account adds to a column; the rest in pixels from the panel's upper left corner."""

    column: str
    account: str
    colour: str
    value: int
    left: float
    upper: float
    width: float
    height: float


class Panel(Value, frozen=True, kw_only=True):
    """One figure. ``top`` is the highest column, ``best`` what it is called, ``total`` all columns together."""

    name: str
    top: int
    best: str
    total: int
    parts: tuple[Part, ...]


class Plot(Value, frozen=True, kw_only=True):
    """The whole drawing. ``first`` and ``last`` are days like 2026-11-20, ``legend`` the accounts with their colours.

    :ivar step: what a column is: post, month or year
    """

    panels: tuple[Panel, ...]
    legend: tuple[tuple[str, str], ...]
    first: str
    last: str
    step: str


def plot(told: "Sequence[Told]", zone: tzinfo) -> Plot:
    """Lay out what is known of deliveries, the one that went out first on the left.

    :param told: of :func:`crosspost.app.responses.statistics.wanted`
    :param zone: in which days and months begin
    """
    oldest_first = sorted(told, key=lambda one: one.sent_at)
    names = sorted({one.account for one in told})
    colours = {name: COLOURS[min(place, len(COLOURS) - 1)] for place, name in enumerate(names)}
    days = [f"{one.sent_at.astimezone(zone):%Y-%m-%d}" for one in oldest_first]
    step, keys, titles = _columns(oldest_first, days)
    places = {key: place for place, key in enumerate(titles)}
    panels = []
    for name in NAMES:
        sums: dict[str, dict[str, int]] = {key: {} for key in places}
        known = [(key, one, getattr(one.figures, name)) for key, one in zip(keys, oldest_first, strict=True)]
        for key, one, value in known:
            if value is not None:
                sums[key][one.account] = sums[key].get(one.account, 0) + value
        if any(value is not None for _, _, value in known):
            panels.append(_panel(name, [(titles[key], sums[key]) for key in places], colours))
    return Plot(
        panels=tuple(panels),
        legend=tuple(colours.items()),
        first=days[0] if days else "",
        last=days[-1] if days else "",
        step=step,
    )


def _columns(told: "Sequence[Told]", days: Sequence[str]) -> tuple[str, list[str], dict[str, str]]:
    """What a column is, the key of each delivery's column, and each column's title, in the order of time."""
    titles = {one.post: printable(one.title or one.post) for one in told}
    if len(titles) <= _MOST:
        return "post", [one.post for one in told], titles
    months = [day[:7] for day in days]
    if len(set(months)) <= _MOST:
        return "month", months, {month: month for month in months}
    years = [day[:4] for day in days]
    return "year", years, {year: year for year in years}


def _panel(name: str, columns: Sequence[tuple[str, dict[str, int]]], colours: dict[str, str]) -> Panel:
    totals = [sum(values.values()) for _, values in columns]
    top = max(totals)
    step = min(ROOM / len(columns), _WIDEST)
    parts = [
        part
        for place, (title, values) in enumerate(columns)
        for part in _stack(title, values, colours, LEFT + place * step, step * 0.8, top)
    ]
    best = columns[totals.index(top)][0]
    return Panel(name=name, top=top, best=best, total=sum(totals), parts=tuple(parts))


def _stack(
    column: str, values: dict[str, int], colours: dict[str, str], x: float, width: float, top: int
) -> Iterator[Part]:
    """The parts of one column, from below; nothing is drawn of what is 0."""
    below = 0.0
    for account, colour in colours.items():
        value = values.get(account, 0)
        if value > 0:
            height = value / top * HEIGHT
            below += height
            yield Part(
                column=column,
                account=account,
                colour=colour,
                value=value,
                left=round(x, 2),
                upper=round(HEIGHT - below, 2),
                width=round(width, 2),
                height=round(height, 2),
            )
