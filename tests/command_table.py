"""Writes the sentences of ``crosspost/cli/commands.py`` from the commands: part of ``make docs``; a test compares."""

import re
from pathlib import Path

from crosspost.cli import commands
from crosspost.cli.program import cli

FILE = Path(commands.__file__)
#: so many characters fit into 80 columns beside the longest name of a command
_MOST = 80 - 2 - 6 - max(map(len, commands.PLACES))


def generated(text: str) -> str:
    """The module's text with its sentences made anew."""
    said = {name: command.get_short_help_str(_MOST) for name, command in cli.commands.items()}
    quoted = {name: sentence.replace("\\", r"\\").replace('"', r"\"") for name, sentence in said.items()}
    rows = "".join(f'    "{name}": "{sentence}",\n' for name, sentence in quoted.items())
    return re.sub(r"(?<=^SENTENCES = \{\n).*?(?=^\}$)", lambda _: rows, text, flags=re.DOTALL | re.MULTILINE)


def write() -> None:
    """Bring the file and the sentences of this process up to date."""
    text = generated(FILE.read_text("utf-8"))
    FILE.write_text(text, "utf-8")
    made: dict[str, dict[str, str]] = {}
    exec(compile(text, FILE, "exec"), made)
    commands.SENTENCES.update(made["SENTENCES"])
