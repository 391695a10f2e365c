"""Writes the sentences of ``crosspost/cli/commands.py`` from the commands: part of ``make docs``; a test compares."""

import re
from pathlib import Path

from crosspost.cli import cli, commands

FILE = Path(commands.__file__)
#: no terminal shows more of a sentence beside the name of its command
_MOST = 92


def generated(text: str) -> str:
    """The module's text with every row of its table made anew."""
    for name, command in cli.commands.items():
        said = command.get_short_help_str(_MOST).replace("\\", r"\\").replace('"', r"\"")
        row = re.compile(rf'^(    "{re.escape(name)}": \("[\w.]+", )".*"\),$', re.MULTILINE)
        text = row.sub(lambda found, said=said: f'{found[1]}"{said}"),', text)  # type: ignore[misc]
    return text


def write() -> None:
    """Bring the file and the table of this process up to date."""
    text = generated(FILE.read_text("utf-8"))
    FILE.write_text(text, "utf-8")
    made: dict[str, object] = {}
    exec(compile(text, FILE, "exec"), made)
    commands.TABLE.update(made["TABLE"])  # type: ignore[call-overload]
