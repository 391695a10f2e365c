"""A preview on a terminal: a panel per account where rich is installed, plain lines otherwise."""

import difflib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli.shown import Shown
from crosspost.media import Fitted
from crosspost.model import Draft, Entry, Picture, Post, Price

if TYPE_CHECKING:
    from rich.console import Console

#: a line and its colour ("" for none)
Line = tuple[str, str]


def write(post: Post, entry: Entry, accounts: Sequence[Shown], *, diff: bool) -> None:
    """Write one post's previews to standard output."""
    click.secho(post.title, bold=True)
    click.echo(f"{post.path} → {post.url}")
    if entry.state == "skipped":
        click.secho(f"would not be sent: {entry.reason}", fg="yellow")
    console = _console()
    for shown in accounts:
        lines = [*_lines(shown), *(_difference(shown) if diff else ())]
        if console is None:
            _plain(shown, lines)
        else:
            _panel(console, shown, lines)
    click.echo()


def size(number: int) -> str:
    """Bytes as a person reads them."""
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{max(1, round(number / 1000))} kB"


def cost(price: Price) -> str:
    """What a post costs, and what it would cost without its link."""
    sign = "$" if price.currency == "USD" else f"{price.currency} "
    rest = f" (without a link {sign}{price.without_link:.3f})" if price.without_link != price.amount else ""
    return f"{sign}{price.amount:.3f}{rest}, as of {price.checked.isoformat()}"


def picture(picture: Picture, fitted: Fitted) -> str:
    """A picture's name and what became of it: size before and after."""
    after = f"{fitted.width}×{fitted.height} {fitted.format}, {size(len(fitted.data))}"
    if picture.drawn is not None:
        return f"title card, {after}"
    name = Path(picture.path).name
    before = f"{fitted.source_width}×{fitted.source_height}, {size(fitted.source_bytes)}"
    return f"{name}, {before} → {after}" if fitted.changed else f"{name}, {after}, as it is"


def count(draft: Draft) -> str:
    """Length and limit in the network's unit."""
    return f"{draft.length:,} of {draft.limit:,} ({draft.unit})" if draft.limit else f"{draft.length:,} ({draft.unit})"


def _lines(shown: Shown) -> Iterator[Line]:
    if shown.skipped:
        yield "the post says not to go here", "yellow"
    draft = shown.draft
    if draft is None:
        yield f"✗ {shown.error}", "red"
        return
    yield draft.text, ""
    for number, part in enumerate(draft.parts, 2):
        yield f"[reply {number}, {count(part)}]", "cyan"
        yield part.text, ""
    for one, fitted in shown.pictures:
        yield f"[picture {picture(one, fitted)}] {one.alt or '(no alt text)'}", "cyan"
    if draft.card is not None and not draft.images:
        told = f": {draft.card.description}" if draft.card.description else ""
        yield f"[card {draft.card.title}{told}]", "cyan"
    if shown.price is not None:
        yield f"costs {cost(shown.price)}", "bright_black"
    for lost in draft.lost:
        yield f"lost: {lost}", "yellow"
    for warning in shown.warnings:
        yield f"warning: {warning}", "yellow"


def difference(shown: Shown) -> list[str]:
    """What was sent against what would be sent now, a line each, as ``diff -u`` shows it."""
    if shown.sent is None or shown.draft is None:
        return []
    before, after = _whole(shown.sent), _whole(shown.draft)
    lines = list(difflib.unified_diff(before, after, "sent", "now", lineterm="", n=99))[3:]
    return [*lines, *(f"{name} differs" for name in shown.changed if name != "text")]


def _whole(draft: Draft) -> list[str]:
    """The lines of a text and of the replies that follow it."""
    return "\n\n".join(part.text for part in (draft, *draft.parts)).splitlines()


def _difference(shown: Shown) -> Iterator[Line]:
    if shown.sent is None:
        yield "nothing was sent yet", "bright_black"
        return
    word = {"sent": "was sent"}.get(shown.state, f"is {shown.state}")
    yield f"{word}{f': {shown.sent_url}' if shown.sent_url else ''}", "bright_black"
    if shown.same:
        yield "and says the same", "green"
    for line in difference(shown):
        yield line, {"+": "green", "-": "red"}.get(line[:1], "")


def _plain(shown: Shown, lines: Sequence[Line]) -> None:
    counted = f" {count(shown.draft)} " if shown.draft is not None else " "
    click.echo()
    click.echo(f"── {click.style(shown.network.label, bold=True)} ──{counted}".ljust(70, "─"))
    for text, colour in lines:
        click.secho(text, fg=colour or None)


def _panel(console: "Console", shown: Shown, lines: Sequence[Line]) -> None:
    from rich.panel import Panel
    from rich.text import Text

    body = Text("\n").join(Text(text, style=colour) for text, colour in lines)
    network = shown.network
    title = network.label if network.account == network.key else f"{network.label} · {network.name}"
    console.print(
        Panel(
            body,
            title=Text(title, style="bold"),
            title_align="left",
            subtitle=Text(count(shown.draft)) if shown.draft is not None else None,
            subtitle_align="right",
            border_style="red" if shown.error else "bright_black",
            width=min(console.width, 88),
        )
    )


def _console() -> "Console | None":
    if not sys.stdout.isatty():
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(highlight=False)
