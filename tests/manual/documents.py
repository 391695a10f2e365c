"""The parts of the documents that are made from the code. ``make docs`` writes them; a test compares them."""

import dataclasses
import inspect
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from crosspost import api
from crosspost.cli.program import cli
from tests import command_table
from tests.config import examples
from tests.manual import abilities, controls, logins, man_page, proofs
from tests.manual.networks import ours
from tests.manual.pages import MANUAL, README, pages
from tests.manual.settings import settings


def matrix(page: Path) -> str:
    """The networks, one line each, from their limits and abilities; links lead from ``page`` to theirs."""
    head = "| network | text | pictures | alt text | link card | thread | edit | delete | limits checked |"
    lines = [head, "| --- " * 9 + "|"]
    for key, cls in ours().items():
        limits, able = cls.limits, cls.abilities
        alt = f"{limits.images.alt or 'any length'}" if able.alt_text else "–"
        card = {"crawler": "by the network", "client": "by crosspost", "none": "–"}[able.card]
        pictures = f"{limits.images.count}" if limits.images.count else "–"
        name = f"[{cls.name}]({os.path.relpath(MANUAL / 'networks' / key, page.parent)}.md)"
        size = f"{limits.text:,} ({limits.unit})" if limits.text else "any"
        if limits.text_with_images:
            size += f"; {limits.text_with_images:,} beside a picture"
        checked = f"[{limits.checked}]({limits.source})"
        cells = [name, size, pictures, alt, card, _yes(able.thread), _yes(able.edit), _yes(able.delete), checked]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def delivery() -> str:
    """How each network lets us find out whether a post is out."""
    lines = ["| network | sent again safely within | when the account does not show it |", "| --- | --- | --- |"]
    for cls in ours().values():
        able = cls.abilities
        again = _duration(able.idempotent_for) if able.idempotent_for else "–"
        if able.absence_after is None:
            absent = "proves nothing: held for a person"
        else:
            after = f"after {_duration(able.absence_after)} " if able.absence_after else ""
            absent = f"{after}it is not out: sent again"
            if able.forgets_after is not None:
                absent += f"; after {_duration(able.forgets_after)} held for a person"
        lines.append(f"| {cls.name} | {again} | {absent} |")
    return "\n".join(lines)


def commands() -> str:
    """Every command with its help, as a terminal shows it."""
    context = cli.make_context("crosspost", [], resilient_parsing=True)
    parts = [_section("", cli, context)]
    for name, command in sorted(cli.commands.items()):
        inner = click.Context(command, info_name=name, parent=context)
        parts.append(_section(name, command, inner))
        for sub, part in command.commands.items() if isinstance(command, click.Group) else ():
            parts.append(_section(f"{name} {sub}", part, click.Context(part, info_name=sub, parent=inner)))
    return "\n\n".join(parts)


def library() -> str:
    """The names of the public API, each with what it is."""
    return "\n\n".join(_name(name, getattr(api, name)) for name in api.__all__)


def generated(page: Path, text: str) -> str:
    """A page with its generated parts made anew."""
    makers: dict[str, Callable[[], str]] = {
        "matrix": lambda: matrix(page),
        "delivery": delivery,
        "commands": commands,
        "settings": settings,
        "library": library,
        "logins": logins.table,
        "links": abilities.links,
        "images": abilities.images,
        "polls": abilities.polls,
        "controls": controls.controls,
        "videos": abilities.videos,
        "costs": abilities.costs,
        "proofs": proofs.table,
        "responses": abilities.responses,
        "mentions": abilities.mentions,
        "steps": lambda: logins.steps(page.stem),
        "questions": lambda: logins.questions(page.stem),
    }
    for name, make in makers.items():
        if f"<!-- {name} -->" in text:
            block = f"<!-- {name} -->\n{make()}\n<!-- /{name} -->"
            text = re.sub(f"<!-- {name} -->.*?<!-- /{name} -->", lambda _, b=block: b, text, flags=re.DOTALL)  # type: ignore[misc]
    return text


def _section(name: str, command: click.Command, context: click.Context) -> str:
    context.max_content_width = context.terminal_width = 76
    heading = f"## {name}\n\n" if name else ""
    return f"{heading}```\n{command.get_help(context)}\n```"


def _name(name: str, what: Any) -> str:
    """A name with the first paragraph of its docstring, its values, and its methods."""
    lines = [f"## {name}", "", _about(what), ""]
    if dataclasses.is_dataclass(what):
        lines += ["Values: " + ", ".join(f"`{field.name}`" for field in dataclasses.fields(what)) + ".", ""]
    for field, about in re.findall(r":ivar (\w+): (.+?)(?=\n\s*:|\Z)", inspect.getdoc(what) or "", re.DOTALL):
        lines.append(f"- `{field}`: {' '.join(about.split()).replace('``', '`')}")
    for method, how in vars(what).items():
        if inspect.isfunction(how) and not method.startswith("_"):
            arguments = [argument for argument in inspect.signature(how).parameters if argument != "self"]
            lines.append(f"- `{method}({', '.join(arguments)})`: {_about(how)}")
    return "\n".join(lines).rstrip()


def _about(what: Any) -> str:
    """The first paragraph of a docstring, as Markdown."""
    text = " ".join((inspect.getdoc(what) or "").partition("\n\n")[0].split()).replace("``", "`")
    return re.sub(r":\w+:`~?\.?([\w.]+)`", lambda found: f"`{found[1].rpartition('.')[2]}`", text)


def _yes(value: bool) -> str:
    return "yes" if value else "–"


def _duration(seconds: int) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            number = seconds // size
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return f"{seconds} seconds"


def write() -> None:
    """Make the generated parts of every document anew."""
    for page in (README, *pages()):
        text = page.read_text("utf-8")
        if (anew := generated(page, text)) != text:
            page.write_text(anew, "utf-8")


if __name__ == "__main__" and "--write" in sys.argv:
    command_table.write()
    examples.write()
    write()
    man_page.write()
