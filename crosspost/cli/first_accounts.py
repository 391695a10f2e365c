"""The first accounts of a new config: which networks, then one log-in after the other, and what comes next."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli.common import open_app
from crosspost.cli.first_post_question import at_a_terminal
from crosspost.cli.layout import complain, paragraph
from crosspost.cli.terminal_dialog import TerminalDialog
from crosspost.config import registry
from crosspost.config.settings_file import DEFAULT_PLACES
from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App


def connect_first(file: Path, site: Path, networks: Sequence[str], schedule: str | None) -> int:
    """Connect accounts for a config that was just written, show the newest post, and have crosspost called by itself.

    :param networks: the networks that were asked for; () asks, where a person is at a terminal
    :param schedule: what shall call crosspost; None asks, "none" does not
    :returns: the exit code: 1 when an account was wanted and not connected
    """
    wanted = [registry.load(name).key for name in networks]
    if not wanted and at_a_terminal():
        wanted = _asked()
    failed = [name for name in wanted if not _connected(file, site, name)]
    if len(failed) < len(wanted):
        _show_newest(open_app(file, site))
    scheduled = _scheduled(file, schedule, connected=len(failed) < len(wanted))
    _say_next(file, failed, scheduled=scheduled)
    return 1 if failed else 0


def _scheduled(file: Path, kind: str | None, *, connected: bool) -> bool:
    """Whether a schedule calls crosspost now: the one that was asked for, or that a person wants."""
    import os

    from crosspost.app.scheduling import schedulers
    from crosspost.cli import schedule

    if kind == "none" or (kind is None and not (connected and at_a_terminal())):
        return False
    dialog = TerminalDialog({"kind": kind} if kind else {}, flags=schedule.FLAGS)
    try:
        app = open_app(file, None)
        chosen = schedule.choose(app, dialog, kind) if kind else None
        question = "Shall crosspost run by itself every ten minutes, to send what is new or due?"
        if chosen is None and not dialog.confirm("schedule", question, default=True):
            return False
        chosen = chosen or schedule.choose(app, dialog, None)
        schedule.say(schedulers.install(app, chosen, None, None, os.environ, schedule.asking(dialog, yes=False)))
    except CrosspostError as error:
        complain(str(error))
        return False
    return True


def _asked() -> list[str]:
    """The networks a person is on."""
    from crosspost.networks.logins.dialog import Question

    known = ", ".join(registry.names())
    question = Question(
        "networks",
        "Which networks are you on? (names with commas; just Enter: later)",
        f"crosspost knows {known}.",
        default="",
        clean=_names,
    )
    return [name for name in TerminalDialog({}).ask(question).split(",") if name]


def _names(answer: str) -> str:
    """Names of networks, as people separate them.

    :raises ValueError: for one that does not exist, with the nearest
    """
    from crosspost.text.plain_errors import suggestion

    found = [name.casefold() for name in re.split(r"[\s,;]+", answer) if name]
    for name in found:
        if name not in registry.names():
            raise ValueError(f"there is no network called “{name}”; {suggestion(name, registry.names(), mark='')}")
    return ",".join(dict.fromkeys(found))


def _connected(file: Path, site: Path, network: str) -> bool:
    """Whether an account of a network is in the config now."""
    from crosspost.cli.accounts import connect

    paragraph(registry.load(network).name, first="\n── ", rest="   ")
    try:
        return connect(open_app(file, site), network, TerminalDialog({}))
    except CrosspostError as error:
        complain(str(error))
        return False


def _show_newest(app: "App") -> None:
    """What the newest post will say."""
    from crosspost.cli.preview import show

    ready = [entry for entry in app.source().scan() if entry.state == "ready"]
    if ready:
        click.echo("\nYour newest post, as it would go out:\n")
        show(app, [Path(ready[-1].path)], list(app.accounts()), as_json=False)


def _say_next(file: Path, failed: Sequence[str], *, scheduled: bool) -> None:
    more = "" if str(file) in DEFAULT_PLACES else f" --config {shlex.quote(str(file))}"
    for name in failed:
        paragraph(f"{name} is not connected yet: crosspost accounts add {name}{more}")
    paragraph(f"Next: crosspost accounts add NETWORK{more} connects an account.")
    paragraph(f"Then: crosspost doctor{more}, and crosspost preview FILE{more}")
    if not scheduled:
        paragraph(f"Last: crosspost schedule install{more} has it run by itself every ten minutes.")
