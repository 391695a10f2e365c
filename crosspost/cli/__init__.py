"""The commands. ``crosspost FILE…`` is short for ``crosspost publish FILE…``.

Exit codes: 0 done · 1 something failed · 2 usage or configuration · 3 something waits for a person.
"""

import gc
import logging
import sys
import traceback
from pathlib import Path

import click

from crosspost import __version__
from crosspost.cli import (
    accounts,
    cancel,
    changes,
    count,
    daemon,
    demo,
    doctor,
    help_pages,
    history,
    images,
    init,
    ledger,
    notify,
    plan,
    posts,
    preview,
    publish,
    run,
    sandbox,
    settle,
    status,
)
from crosspost.cli.layout import complain
from crosspost.cli.terminal import quiet_terminal
from crosspost.errors import ConfigError, CrosspostError, SourceError
from crosspost.text.near_names import nearest
from crosspost.text.printable import printable


class _Commands(click.Group):
    """A group whose unknown first word is taken for a file to publish."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0] if args else ""
        if word in self.commands:
            return super().resolve_command(ctx, args)
        if Path(word).exists() or Path(word).suffix or "/" in word:
            return "publish", self.commands["publish"], args
        near = nearest(word, self.commands)
        hint = f"; did you mean `crosspost {near}`?" if near else ""
        raise click.UsageError(f"“{printable(word)}” is neither a command nor a file{hint}", ctx)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="crosspost")
@click.option("--debug", is_flag=True, help="Show tracebacks and what is done, on standard error.")
def cli(debug: bool) -> None:
    """Say once what your website publishes, on every network you are on.

    `crosspost FILE` publishes one post now; `crosspost run` (from cron) publishes what is new. `crosspost help` shows
    the manual.
    """
    if debug:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.getLogger("crosspost").addHandler(handler)
        logging.getLogger("crosspost").setLevel(logging.DEBUG)


for _command in (
    publish.publish,
    run.run,
    cancel.cancel,
    changes.update,
    changes.unpublish,
    daemon.daemon,
    plan.plan,
    preview.preview,
    count.count,
    posts.posts,
    images.images,
    status.status,
    history.history,
    settle.settle,
    settle.retry,
    notify.notify,
    ledger.ledger,
    init.init,
    accounts.accounts,
    sandbox.sandbox,
    demo.demo,
    doctor.doctor,
    help_pages.show_help,
):
    cli.add_command(_command)


def main(args: list[str] | None = None) -> None:
    """Entry point. Whatever a person can cause ends in one sentence on standard error, without a traceback."""
    # thousands of values are made at once and none refers to itself: looking for circles took a seventh of a run
    gc.set_threshold(50_000)
    with quiet_terminal():
        code = _exit_code(args)
    sys.exit(code)


def _exit_code(args: list[str] | None) -> int:
    debug = "--debug" in (sys.argv[1:] if args is None else args)
    try:
        code = cli.main(args=args, standalone_mode=False)
    except click.exceptions.Exit as wanted:
        return wanted.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return 130
    except BrokenPipeError:
        # the reader (head, less) has gone; say nothing more, not even at the interpreter's end
        sys.stdout = None
        return 0
    except CrosspostError as error:
        complain(str(error))
        return 2 if isinstance(error, ConfigError | SourceError) else 1
    except Exception as error:
        if debug:
            traceback.print_exc()  # here, where no secret gets through
        hint = "this is a mistake in crosspost; `crosspost --debug …` shows where"
        complain(f"{type(error).__name__}: {error}; {hint}")
        return 1
    return code if isinstance(code, int) else 0
