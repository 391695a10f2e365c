"""The parts of the README that are made from the code. ``make docs`` writes them; a test compares them."""

import re
import sys
from pathlib import Path
from typing import Any

import click

from crosspost.cli import cli
from crosspost.config import registry
from tests.config import examples

README = Path(__file__).parents[1] / "README.md"


def matrix() -> str:
    """The networks, one line each, from their limits and abilities."""
    head = "| network | text | pictures | alt text | link card | thread | edit | delete | limits checked |"
    lines = [head, "| --- " * 9 + "|"]
    for key in registry.NETWORKS:
        cls: Any = registry.load(key)
        limits, able = cls.limits, cls.abilities
        alt = f"{limits.images.alt or 'any length'}" if able.alt_text else "–"
        card = {"crawler": "by the network", "client": "by crosspost", "none": "–"}[able.card]
        pictures = f"{limits.images.count}" if limits.images.count else "–"
        name = f"[{cls.name}](config/networks/{key}.md)"
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
    for key in registry.NETWORKS:
        cls: Any = registry.load(key)
        able = cls.abilities
        again = _duration(able.idempotent_for) if able.idempotent_for else "–"
        if able.absence_after is None:
            absent = "proves nothing: held for a person"
        else:
            after = f"after {_duration(able.absence_after)} " if able.absence_after else ""
            absent = f"{after}it is not out: sent again"
        lines.append(f"| {cls.name} | {again} | {absent} |")
    return "\n".join(lines)


def commands() -> str:
    """Every command's help, as a terminal shows it."""
    context = cli.make_context("crosspost", [], resilient_parsing=True)
    parts = [_help(cli, context)]
    for name, command in cli.commands.items():
        inner = click.Context(command, info_name=name, parent=context)
        parts.append(_help(command, inner))
        for sub, part in command.commands.items() if isinstance(command, click.Group) else ():
            parts.append(_help(part, click.Context(part, info_name=sub, parent=inner)))
    return "\n\n".join(f"```\n{part}\n```" for part in parts)


def generated(text: str) -> str:
    """The README with its generated parts made anew."""
    for name, make in (("matrix", matrix), ("delivery", delivery), ("commands", commands)):
        block = f"<!-- {name} -->\n{make()}\n<!-- /{name} -->"
        text = re.sub(f"<!-- {name} -->.*?<!-- /{name} -->", lambda _, b=block: b, text, flags=re.DOTALL)  # type: ignore[misc]
    return text


def _help(command: click.Command, context: click.Context) -> str:
    context.max_content_width = 100
    context.terminal_width = 100
    return command.get_help(context)


def _yes(value: bool) -> str:
    return "yes" if value else "–"


def _duration(seconds: int) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            number = seconds // size
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return f"{seconds} seconds"


if __name__ == "__main__" and "--write" in sys.argv:
    examples.write()
    README.write_text(generated(README.read_text("utf-8")), "utf-8")
