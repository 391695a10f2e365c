"""The list of commands in ``--help`` is read from a table, and says what the commands say."""

from importlib import import_module
from pathlib import Path

import click
import pytest

from crosspost.cli.commands import Commands
from crosspost.cli.program import cli
from tests import command_table


def test_the_table_is_up_to_date() -> None:
    text = command_table.FILE.read_text("utf-8")
    assert command_table.generated(text) == text, "run `make docs`"


def test_the_list_of_commands_says_each_sentence_to_its_end() -> None:
    assert [name for name, sentence in command_table.commands.SENTENCES.items() if not sentence.endswith(".")] == []
    assert [name for name, sentence in command_table.commands.SENTENCES.items() if sentence.endswith("...")] == []


def test_every_command_of_a_module_is_in_the_table() -> None:
    folder = Path(command_table.FILE).parent
    modules = [import_module(f"crosspost.cli.{file.stem}") for file in sorted(folder.glob("[!_]*.py"))]
    defined = {
        id(value): value.name
        for module in modules
        for value in vars(module).values()
        if isinstance(value, click.Command) and value is not cli
    }
    grouped = {id(part) for command in cli.commands.values() if isinstance(command, click.Group)
               for part in command.commands.values()}  # fmt: skip
    assert {name for place, name in defined.items() if place not in grouped} == set(cli.commands)


@pytest.mark.parametrize("width", [50, 61, 77, 90, 98, 100])
def test_the_list_is_clicks_own(width: int) -> None:
    theirs, ours = click.HelpFormatter(width=width), click.HelpFormatter(width=width)
    context = click.Context(cli, info_name="crosspost")
    click.Group.format_commands(cli, context, theirs)
    cli.format_commands(context, ours)
    assert ours.getvalue() == theirs.getvalue()


def test_a_command_is_imported_when_it_is_asked_for() -> None:
    commands = Commands()
    assert "run" in commands
    assert not commands._commands
    assert commands["run"].name == "run"
    assert commands.get("rum") is None
    commands["mine"] = click.Command("mine")
    assert commands["mine"].name == "mine"
    del commands["run"], commands["mine"]
    assert "run" not in commands
    assert len(commands) == len(list(commands)) == len(cli.commands) - 1
