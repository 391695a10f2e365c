"""``crosspost count NETWORK``: how long a text is there, for writers and for tests."""

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli import completing
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.model import Limits


@click.command()
@click.argument("network", metavar="NETWORK", shell_complete=completing.networks)
@click.option("--jsonl", is_flag=True, help="Read one JSON string a line, print one JSON object a line.")
def count(network: str, jsonl: bool) -> int:
    """Count a text as NETWORK counts it. The text comes from standard input; the answer is its length, the limit,
    and how much is over.

    The text is counted as it is, less the line break at its end. Ends with 1 when it is too long; with --jsonl each
    line says so itself.
    """
    from crosspost.config import registry

    limits = registry.load(network).limits
    said = sys.stdin.buffer.read()
    if jsonl:
        for text in _texts(said.splitlines()):
            click.echo(json.dumps(measured(text, limits)))
        return 0
    try:
        text = said.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"the text is not UTF-8: byte {error.start + 1} cannot be read") from None
    found = measured(text.removesuffix("\n").removesuffix("\r"), limits)
    click.echo("\n".join(_sentences(found)))
    return 1 if _too_long(found) else 0


def measured(text: str, limits: "Limits") -> dict[str, Any]:
    """Length, limit (null: none), unit and what is over; ``also`` the same for further limits, where there are any."""
    from crosspost.compose.measure import UNITS

    def one(unit: str, most: int) -> dict[str, Any]:
        length = UNITS[unit](text, limits)
        return {"length": length, "limit": most or None, "unit": unit, "over": max(0, length - most) if most else 0}

    found = one(limits.unit, limits.text)
    return found | ({"also": [one(unit, most) for unit, most in limits.also]} if limits.also else {})


def _texts(lines: Iterable[bytes]) -> Iterable[str]:
    for number, line in enumerate(lines, 1):
        try:
            text = json.loads(line)
        except (ValueError, RecursionError):
            text = None
        if not isinstance(text, str):
            raise ConfigError(f'line {number} is not a JSON string; write each text in one line, as "…"')
        yield text


def _too_long(found: dict[str, Any]) -> bool:
    return any(one["over"] for one in (found, *found.get("also", ())))


def _sentences(found: dict[str, Any]) -> Iterable[str]:
    for one in (found, *found.get("also", ())):
        limit = f"of {one['limit']:,} " if one["limit"] else ""
        rest = f"{one['over']:,} over" if one["over"] else f"{one['limit'] - one['length']:,} left"
        yield f"{one['length']:,} {limit}({one['unit']}){f', {rest}' if one['limit'] else ', no limit'}"
