"""``crosspost schedule``: have `crosspost run` called again and again."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.app.scheduling.schedulers import KINDS
from crosspost.cli.common import json_option, open_app, places, print_json
from crosspost.cli.layout import complain, paragraph
from crosspost.cli.terminal_dialog import TerminalDialog

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.scheduling.base import Ask, Change, Installed, Scheduler
    from crosspost.app.scheduling.schedulers import Status

#: how each question of these commands is answered beforehand
FLAGS = {"kind": "--kind KIND", "changed": "--yes"}
_kind = click.option("--kind", type=click.Choice(KINDS), help="What calls it.")
_yes = click.option("--yes", is_flag=True, help="Do not ask before what you changed is replaced or taken away.")


@click.group()
def schedule() -> None:
    """Have `crosspost run` called by itself. By a line for cron, a systemd timer, or a GitHub workflow."""


@schedule.command()
@_kind
@click.option("--every", type=click.IntRange(1, 1440), metavar="MINUTES", help="Minutes between two runs  [10]")
@_yes
@json_option
@places
def install(
    kind: str | None, every: int | None, yes: bool, as_json: bool, config: Path | None, site: Path | None
) -> int:
    """Have `crosspost run` called every ten minutes, and say what was done. Run again it changes nothing.

    Takes cron or systemd, whichever this machine has, and asks when it has both. What else stands in your crontab stays
    as it is.
    """
    from crosspost.app.scheduling import schedulers

    app = open_app(config, site, required=True, whole=True)
    dialog = TerminalDialog({"kind": kind} if kind else {}, quiet=as_json, flags=FLAGS)
    chosen = choose(app, dialog, kind)
    done = schedulers.install(app, chosen, every, site, os.environ, asking(dialog, yes=yes))
    if as_json:
        print_json(done)
    else:
        say(done)
        paragraph("`crosspost schedule status` says when it runs, and whether it did.")
    return 0


@schedule.command()
@_kind
@_yes
@json_option
@places
def remove(kind: str | None, yes: bool, as_json: bool, config: Path | None, site: Path | None) -> int:
    """Take away what `crosspost schedule install` wrote for this config, and nothing else."""
    from crosspost.app.scheduling import schedulers

    app = open_app(config, site, required=True, whole=True)
    done = schedulers.remove(
        app, os.environ, asking(TerminalDialog({}, quiet=as_json, flags=FLAGS), yes=yes), kind or ""
    )
    if as_json:
        print_json({"removed": done})
        return 0
    for one in done:
        say(one)
    if not done:
        paragraph("No schedule is installed for this config, so nothing was removed.")
    return 0


@schedule.command()
@json_option
@places
def status(as_json: bool, config: Path | None, site: Path | None) -> int:
    """Say what calls crosspost, when it does next, and when a run last happened.

    Ends with 1 when the two disagree: it is installed, and nothing runs.
    """
    from crosspost.app.scheduling import schedulers

    app = open_app(config, site, required=True, whole=True)
    found = schedulers.status(app, os.environ)
    if as_json:
        print_json(found)
    else:
        _show(app, found)
    return 1 if found.wrong else 0


def choose(app: "App", dialog: TerminalDialog, kind: str | None) -> "Scheduler":
    """The kind that is meant, or that the machine has, or that a person names.

    :raises ConfigError: when nobody is there to name it
    """
    from crosspost.app.scheduling import schedulers
    from crosspost.networks.logins.dialog import Choice

    kinds = schedulers.schedulers(app, os.environ)
    if kind is not None:
        return kinds[kind]
    owner = schedulers.owner_of(app)
    found = [one for one in schedulers.possible(kinds) if one.find(owner) is not None] or schedulers.possible(kinds)
    if len(found) == 1:
        return found[0]
    return kinds[dialog.choose("kind", "What shall call crosspost?", [Choice(one.key, one.label) for one in found])]


def asking(dialog: TerminalDialog, *, yes: bool) -> "Ask":
    """Asks before what a person changed is touched.

    :param yes: it was answered beforehand
    """

    def ask(text: str) -> bool:
        question, _, shown = text.partition("\n")
        if yes:
            return True
        if shown:
            dialog.say(shown)
        return dialog.confirm("changed", question, default=False)

    return ask


def say(done: "Change") -> None:
    """What was done, and what else a person should know."""
    paragraph(done.said)
    for note in done.notes:
        paragraph(note)


def _show(app: "App", found: "Status") -> None:
    from crosspost.app.scheduling import schedulers
    from crosspost.app.times import in_words, zone_of

    zone, now = zone_of(app), app.clock()
    for one in found.installed:
        paragraph(_installed(one))
        if one.next is not None:
            paragraph(f"Next run: {in_words(one.next, now, zone)}.")
    if not found.installed:
        paragraph("No schedule is installed for this config: `crosspost schedule install` does that.")
        for line in schedulers.own_lines(app, os.environ):
            paragraph(f"Your crontab has a line of your own: {line}")
    if all(not one.elsewhere for one in found.installed):
        paragraph(f"Last run: {in_words(found.last, now, zone)}." if found.last else "Nothing has run here yet.")
    else:
        paragraph("It runs on GitHub, with a ledger of its own: the page Actions of your repository shows its runs.")
    if found.wrong:
        complain(f"{found.wrong}.", "Warning")


def _installed(one: "Installed") -> str:
    from crosspost.app.scheduling.job import minutes

    often = minutes(one.every) if one.every is not None else f"at {one.line}" if one.line else "never"
    return f"{one.where} calls crosspost {often}{'; you changed it since' if one.changed else ''}."
