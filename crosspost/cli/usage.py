"""What is wrong with how a command was called, in a plain sentence: click itself says it for those who program."""

import re
from typing import Any

import click

from crosspost.text.near_names import nearest


def show(error: click.UsageError) -> None:
    """Write how the command is called, where to read more, and what is wrong."""
    from crosspost.cli.layout import complain

    if isinstance(error, click.exceptions.NoArgsIsHelpError):  # the help itself
        error.show()
        return
    if error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        click.echo(f"Try `{error.ctx.command_path} --help` for help.\n", err=True)
    complain(sentence(error))


def sentence(error: click.UsageError) -> str:
    """The sentence; click's own where there is nothing to add to it."""
    message = error.format_message()
    command = error.ctx.command_path if error.ctx is not None else "crosspost"
    if isinstance(error, click.NoSuchOption):
        known = error.ctx.command.params if error.ctx is not None else []
        return _unknown(error.option_name, "an option", command, [name for one in known for name in one.opts])
    if isinstance(error, click.MissingParameter) and error.param is not None:
        choices = isinstance(error.param.type, click.Choice)
        return f"a word is missing: {_expected(error.param.type)}" if choices else f"{_name(error.param)} is missing"
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _bad_value(error.param, message)
    if isinstance(error, click.BadOptionUsage):
        switch = "does not take a value" in message
        return (
            f"{error.option_name} has no value; write nothing after it"
            if switch
            else (f"{error.option_name} needs a value after it")
        )
    if said := re.fullmatch(r"No such command '(.*?)'\.(?:.*)", message, re.DOTALL):
        group = error.ctx.command if error.ctx is not None else None
        return _unknown(said[1], "a command", command, list(group.commands) if isinstance(group, click.Group) else [])
    if said := re.fullmatch(r"Got unexpected extra arguments? \((.*)\)", message, re.DOTALL):
        return f"`{command}` does not know what to do with “{said[1]}”"
    return message


def _unknown(word: str, what: str, command: str, known: list[str]) -> str:
    near = nearest(word.lstrip("-"), [name.lstrip("-") for name in known])
    meant = next((name for name in known if name.lstrip("-") == near), "")
    hint = f"did you mean {meant}?" if meant else f"`{command} --help` lists them"
    return f"“{word}” is not {what} of `{command}`; {hint}"


def _name(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else param.make_metavar(_NOWHERE).strip("[]").rstrip(".")


def _bad_value(param: click.Parameter, message: str) -> str:
    found = re.search(r"(?:: |^)'?([^':]*)'? is not ", message)
    expected = _expected(param.type)
    if not found or not expected:
        said = re.fullmatch(r"Invalid value for .*?: (.*)", message, re.DOTALL)
        return f"{_name(param)}: {said[1]}" if said else message
    if isinstance(param.type, click.Choice):
        where = f"{_name(param)}: " if isinstance(param, click.Option) else ""
        return f"{where}“{found[1]}” is not possible here; {expected}"
    return f"{_name(param)}: “{found[1]}” is not {expected}"


def _expected(kind: Any) -> str:
    """What to write; "" for what click describes well."""
    if isinstance(kind, click.Choice):
        *others, last = map(str, kind.choices)
        return f"write {', '.join(others)} or {last}" if others else f"write {last}"
    whole = isinstance(kind, click.types.IntParamType)
    number = "a whole number" if whole else "a number" if isinstance(kind, click.types.FloatParamType) else ""
    if isinstance(kind, click.IntRange | click.FloatRange):
        least, most = kind.min, kind.max
        return f"{number} from {least} to {most}" if most is not None else f"{number} of {least} or more"
    return number


_NOWHERE = click.Context(click.Command("crosspost"))
