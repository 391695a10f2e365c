"""The group of all commands, and how an error is told. ``crosspost FILE…`` is ``crosspost publish FILE…``."""

import errno
import sys

import click

from crosspost import __version__
from crosspost.cli.commands import Group
from crosspost.cli.layout import HELP_WIDTH, complain, speak_of, terminal_width
from crosspost.cli.terminal import only_about, quiet_logs, quiet_terminal
from crosspost.text.printable import printable


class _Commands(Group):
    """A group whose unknown first word is taken for a file to publish."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if sorted(args) == ["--json", "--version"]:  # either may stand first
            args = ["--json", "--version"]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0] if args else ""
        if word in self.commands:
            return super().resolve_command(ctx, args)
        from pathlib import Path

        from crosspost.text.near_names import nearest

        if Path(word).exists() or Path(word).suffix or "/" in word:
            return "publish", self.commands["publish"], args
        near = nearest(word, self.commands)
        hint = f"; did you mean `crosspost {near}`?" if near else "; `crosspost --help` lists the commands"
        raise click.UsageError(f"“{printable(word)}” is neither a command nor a file{hint}", ctx)


_VERSION_HELP = "Show the version and exit; with --json also Python, the system and the networks."


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version."""
    if not wanted or context.resilient_parsing:
        return
    if context.params.get("as_json"):
        from crosspost.cli.version import as_json

        click.echo(as_json())
    else:
        click.echo(f"crosspost, version {__version__}")
    context.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": HELP_WIDTH})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help=_VERSION_HELP)
@click.option("--json", "as_json", is_flag=True, is_eager=True, hidden=True)  # with --version
@click.option("--debug", is_flag=True, help="Show tracebacks and what is done, on standard error.")
def cli(debug: bool, as_json: bool) -> None:
    """Say once what your website publishes, on every network you are on.

    `crosspost FILE` publishes one post now; `crosspost run` (from cron) publishes what is new. `crosspost help` shows
    the manual.
    """
    if as_json:
        raise click.UsageError("--json goes after a command, or together with --version")
    click.get_current_context().with_resource(quiet_logs())
    if debug:
        import logging

        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.getLogger("crosspost").addHandler(handler)
        logging.getLogger("crosspost").setLevel(logging.DEBUG)


#: what the disk may refuse anywhere, without a mistake of anybody's: what it is, and what to do
_OF_THE_DISK = {
    errno.ENOSPC: "the disk is full; free some space, then call this again",
    errno.EDQUOT: "the disk has no room left for this user; free some space, then call this again",
    errno.EROFS: "the disk can only be read; make it writable, then call this again",
}


def exit_code(args: list[str] | None) -> int:
    """Run a command and give its exit code, see :func:`crosspost.cli.main`."""
    speak_of("")
    only_about("")
    with quiet_terminal():
        return _exit_code(args)


def _exit_code(args: list[str] | None) -> int:
    debug = "--debug" in (sys.argv[1:] if args is None else args)
    width = max(min(terminal_width(), HELP_WIDTH) - 2, 50)  # as click computes it
    try:
        code = cli.main(args=args, prog_name="crosspost", standalone_mode=False, terminal_width=width)
    except click.exceptions.Exit as wanted:
        return wanted.exit_code
    except click.UsageError as error:
        from crosspost.cli import usage

        usage.show(error)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt) as error:
        click.echo("stopped", err=True)
        return getattr(error.__cause__ or error, "exit_code", 130)
    except BrokenPipeError:
        # the reader (head, less) has gone; say nothing more, not even at the interpreter's end
        sys.stdout = None
        return 0
    except Exception as error:
        return _failed(error, debug)
    return code if isinstance(code, int) else 0


def _failed(error: Exception, debug: bool) -> int:
    """Say what went wrong: a sentence made for it, or that nobody thought of it."""
    from crosspost import tracing
    from crosspost.errors import ConfigError, CrosspostError, SourceError

    if isinstance(error, CrosspostError):
        with tracing.about(site=error.site):
            complain(str(error))
        return 2 if isinstance(error, ConfigError | SourceError) else 1
    if debug:
        import traceback

        traceback.print_exception(error)  # here, where no secret gets through
    complain(_unforeseen(error))
    return 1


def _unforeseen(error: Exception) -> str:
    """What to say about an error that nobody explained on its way; the disk may refuse anything anywhere."""
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        return f"{f'{error.filename}: ' if error.filename else ''}{_OF_THE_DISK[error.errno]}"
    return f"{type(error).__name__}: {error}; this is a mistake in crosspost; `crosspost --debug …` shows where"
