"""Writes what the session showed into the manual: a page names the part it wants, ``<!-- session: bluesky -->``."""

import re
from collections.abc import Iterator
from dataclasses import astuple

from crosspost.app import manual
from tests.manual.networks import ours
from tests.manual.pages import pages
from tests.manual.session.recording import Figures, Recording, recorded

_PART = re.compile(r"<!-- session: (\w+) -->\n(?:.*?\n)??<!-- /session -->", re.DOTALL)
#: the part that is no transcript but the table of what each network took
FIGURES = "figures"


def wanted(text: str) -> list[str]:
    """The parts that a page shows."""
    return _PART.findall(text)


def shown(text: str, made: Recording) -> str:
    """A page with the parts of the session as they are now.

    :raises KeyError: for a part that the session has not
    """

    def part(found: re.Match[str]) -> str:
        name = found[1]
        lines = figures(made.figures) if name == FIGURES else ["```text", *made.parts[name], "```"]
        return "\n".join([f"<!-- session: {name} -->", *lines, "<!-- /session -->"])

    return _PART.sub(part, text)


def figures(taken: dict[str, Figures]) -> list[str]:
    """What each network took, a table."""
    head = ["| network | questions | of them pasted | keys | pages to agree on |", "| --- " * 5 + "|"]
    rows = [("`crosspost init`", taken["init"]), *((cls.name, taken[network]) for network, cls in ours().items())]
    total = Figures(*map(sum, zip(*(astuple(one) for _, one in rows), strict=True)))
    return [
        *head,
        *(f"| {name} | {one.questions} | {one.pasted} | {one.keys} | {one.pages} |" for name, one in rows),
        f"| together | {total.questions} | {total.pasted} | {total.keys} | {total.pages} |",
    ]


def stale(made: Recording) -> Iterator[str]:
    """The pages that do not show the session as it is now."""
    for page in pages():
        text = page.read_text("utf-8")
        if shown(text, made) != text:
            yield str(page.relative_to(manual.FOLDER))


def write() -> None:
    """Play the session, and write it into every page that shows a part of it."""
    made = recorded()
    for page in pages():
        text = page.read_text("utf-8")
        if (anew := shown(text, made)) != text:
            page.write_text(anew, "utf-8")
