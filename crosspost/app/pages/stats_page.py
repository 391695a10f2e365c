"""What came back as a picture, or as a page with picture and tables: nothing in them is from elsewhere."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from crosspost.app.pages.post_card import templates
from crosspost.app.responses import statistics
from crosspost.app.responses.plot import plot
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.ledger.responses import Told
    from crosspost.model.response import Figures

#: characters that a title may have and XML 1.0 may not (section 2.2); controls are gone already
_NOT_IN_XML = dict.fromkeys((0xFFFE, 0xFFFF))


def svg(told: "Sequence[Told]", zone: tzinfo, label: Callable[[str], str]) -> str:
    """The plot as a file of its own (SVG 2), with its own ground, light or dark as the reader's device is.

    :param told: what is shown
    :param zone: in which days begin
    :param label: how an account is called
    """
    drawn = plot(told, zone)
    written = templates().get_template("stats.svg").render(drawn=drawn, number=_number, label=label)
    return written.lstrip().translate(_NOT_IN_XML)


def document(told: "Sequence[Told]", zone: tzinfo, label: Callable[[str], str]) -> str:
    """The page: the plot, and the same figures as tables; see :func:`svg`."""
    shown = {"drawn": plot(told, zone), "posts": post_rows(told), "accounts": account_rows(told, label)}
    return templates().get_template("stats.html").render(number=_number, label=label, **shown).lstrip()


def post_rows(told: "Sequence[Told]") -> "list[tuple[str, Figures]]":
    """A title and figures for each post."""
    return [(printable(row.title or row.name), row.figures) for row in statistics.per_post(told)]


def account_rows(told: "Sequence[Told]", label: Callable[[str], str]) -> "list[tuple[str, Figures]]":
    """A name and figures for each account."""
    return [(label(row.name), row.figures) for row in statistics.per_account(told)]


def _number(value: int) -> str:
    return f"{value:,}"
