"""``crosspost help``: the manual in the terminal."""

import shutil
import sys
from typing import TYPE_CHECKING, cast

import click

from crosspost.cli import completing
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crosspost.app.manual import Topic


@click.command("help")
@click.argument("topic", nargs=-1, shell_complete=completing.topics)
@click.pass_context
def show_help(context: click.Context, topic: tuple[str, ...]) -> int:
    """Show a page of the manual, or list its topics.

    TOPIC is a page, a network or a command: `crosspost help tutorial`, `crosspost help mastodon`, `crosspost help run`.
    """
    from crosspost.app import manual

    known, word = manual.topics(), " ".join(topic).lower()
    command = _command(context, word.split())
    if not word:
        _show(_listed(known))
    elif word in known:
        below = f"\n{command}\n" if command else ""
        _show(_page(known[word].file.read_text("utf-8")) + below)
    elif command:
        pages = [f"`crosspost help {name}`" for name in manual.about_command(word)]
        _show(f"{command}\n" + (f"\nMore about it: {', '.join(pages)}\n" if pages else ""))
    else:
        raise click.UsageError(_unknown(word, [*known, *_commands(context).commands]), context)
    return 0


def _commands(context: click.Context) -> click.Group:
    return cast(click.Group, context.find_root().command)


def _command(context: click.Context, words: "Sequence[str]") -> str:
    """The help of a command, or of a part of one such as ``ledger adopt``; "" when there is none."""
    inner, command = context.find_root(), context.find_root().command
    for word in words:
        if not isinstance(command, click.Group) or word not in command.commands:
            return ""
        command = command.commands[word]
        inner = click.Context(command, info_name=word, parent=inner)
    return command.get_help(inner) if words else ""


def _listed(known: "Mapping[str, Topic]") -> str:
    """Every topic with what it is about, group by group."""
    from crosspost.cli.layout import wrapped

    width = max(map(len, known))
    lines, group = ["`crosspost help TOPIC` shows a page of the manual. TOPIC may also be a command."], ""
    for name, topic in known.items():
        if topic.group != group:
            group = topic.group
            lines += ["", f"{group}:"]
        lines += wrapped(topic.about, _width(), first=f"  {name:<{width}}  ")
    return "\n".join([*lines, ""])


def _page(text: str) -> str:
    from crosspost.cli.manual_text import rendered

    return rendered(text, _width(), rich=sys.stdout.isatty())


def _width() -> int:
    from crosspost.cli.layout import columns
    from crosspost.cli.manual_text import WIDTH

    return min(columns() or WIDTH, WIDTH)


def _show(text: str) -> None:
    """Write a text; one that is longer than the screen goes to a pager, where somebody can turn pages."""
    there = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    if there and text.count("\n") >= shutil.get_terminal_size().lines:
        click.echo_via_pager(text)
    else:
        click.echo(text, nl=False)


def _unknown(word: str, known: "Sequence[str]") -> str:
    from crosspost.text.near_names import nearest

    near = nearest(word, known)
    hint = f"did you mean `crosspost help {near}`?" if near else "`crosspost help` lists them"
    return f"the manual has no page “{printable(word)}”; {hint}"
