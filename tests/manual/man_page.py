"""``man crosspost``, made from the commands (groff_man(7)). ``make docs`` writes it; the wheel installs it."""

import re
from collections.abc import Iterator

import click

from crosspost import __version__
from crosspost.cli.program import cli
from tests.manual.pages import MANUAL

FILE = MANUAL / "crosspost.1"
_EXIT = re.compile(r"^\| (\d+) \| (.+?) \|", re.MULTILINE)
_FILES = {
    "config/crosspost.toml": "the config, if neither --config nor CROSSPOST_CONFIG names another",
    "config/secrets.env": "tokens, one NAME=value a line, readable by its owner only",
    "config/state/ledger.sqlite3": "what went out; keep it. Copies of a week are beside it in backups",
}


def man_page() -> str:
    """The whole page."""
    context = cli.make_context("crosspost", [], resilient_parsing=True)
    lines = [
        f'.TH CROSSPOST 1 "" "crosspost {__version__}" "User Commands"',
        *_section("NAME", ["crosspost \\- say once what your website publishes, on every network you are on"]),
        *_section("SYNOPSIS", [".B crosspost", "[OPTIONS] COMMAND [ARGS]...", ".br", ".B crosspost", "FILE..."]),
        *_section("DESCRIPTION", _paragraphs(cli.help or "")),
        *_section("OPTIONS", list(_options(cli, context))),
        ".SH COMMANDS",
    ]
    for name, command in sorted(cli.commands.items()):
        inner = click.Context(command, info_name=name, parent=context)
        lines += _command(name, command, inner)
        for sub, part in command.commands.items() if isinstance(command, click.Group) else ():
            lines += _command(f"{name} {sub}", part, click.Context(part, info_name=sub, parent=inner))
    codes = _EXIT.findall((MANUAL / "cli.md").read_text("utf-8").partition("## Exit codes")[2].partition("\n## ")[0])
    lines += _section("EXIT STATUS", [line for code, what in codes for line in _tagged(code, what)])
    lines += _section("FILES", [line for file, what in _FILES.items() for line in _tagged(file, what)])
    lines += _section("SEE ALSO", [_text("The manual: `crosspost help`, `crosspost help TOPIC`.")])
    return "\n".join(lines) + "\n"


def _command(name: str, command: click.Command, context: click.Context) -> list[str]:
    usage = _text(" ".join(command.collect_usage_pieces(context)))
    head = [f".SS {_text(name)}", f".B crosspost {_text(name)}", usage, ".PP"]
    return [*head, *_paragraphs(command.help or ""), *_options(command, context)]


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None:
            yield from _tagged(*record)


def _tagged(tag: str, what: str) -> list[str]:
    return [".TP", f".B {_text(tag)}", _text(what)]


def _section(name: str, lines: list[str]) -> list[str]:
    return [f".SH {name}", *lines]


def _paragraphs(text: str) -> list[str]:
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return [line for part in parts if part.strip("\b ") for line in (_text(part.strip("\b ")), ".PP")][:-1]


def _text(text: str) -> str:
    """A text that is no command for roff, whose dashes stay those of a keyboard."""
    text = " ".join(text.replace("`", "").split())
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def write() -> None:
    """Write it anew."""
    FILE.write_text(man_page(), "utf-8")
