"""``crosspost accounts``: connect, look at and remove accounts."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli import completing
from crosspost.cli.common import F, json_option, now, open_app, places, print_json
from crosspost.cli.layout import complain, paragraph, table
from crosspost.cli.person import as_option, noted_accounts
from crosspost.cli.terminal_dialog import TerminalDialog
from crosspost.errors import ConfigError
from crosspost.transport.sandbox_mark import MARK

if TYPE_CHECKING:
    from crosspost.app.accounts.add import Added
    from crosspost.app.accounts.manage import AccountRow
    from crosspost.app.application import App
    from crosspost.config.secret_places import Place
    from crosspost.networks.logins.base import Connected


@click.group()
def accounts() -> None:
    """Connect, look at and remove accounts."""


def _answers(command: F) -> F:
    """The options of a conversation."""
    options: tuple[Callable[[F], F], ...] = (
        click.option("--answer", "given", multiple=True, metavar="KEY=VALUE", help="An answer (repeatable)."),
        click.option("--no-browser", is_flag=True, help="Print the address of a page instead of opening it."),
        click.option("--base-url", default="", metavar="URL", help="Another server, such as a sandbox."),
        click.option(
            "--keep",
            type=click.Choice(["file", "keyring", "files", "command", "systemd"]),
            help="Where the token is kept  [file]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@accounts.command()
@click.argument("network", shell_complete=completing.networks)
@click.option("--name", default="", help="The account's name in the config.")
@click.option("--elsewhere", is_flag=True, help="Log in on another computer, which has a browser.")
@click.option("--print", "printed", is_flag=True, help="On that computer: print the login as one line, write nothing.")
@_answers
@as_option
@json_option
@places
def add(  # noqa: PLR0913, PLR0917  # one per option
    network: str,
    name: str,
    elsewhere: bool,
    printed: bool,
    given: tuple[str, ...],
    no_browser: bool,
    base_url: str,
    keep: str | None,
    who: str,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Connect an account of NETWORK: asks one thing at a time, tries it out, then writes it.

    Nothing is stored before the network has said who you are there.
    """
    from crosspost.app.accounts.add import add as add_accounts
    from crosspost.app.accounts.add import log_in

    dialog = TerminalDialog(_parsed(given), browser=not no_browser, quiet=as_json or printed)
    if printed:
        return _print(network, dialog, base_url)
    app = open_app(config, site, required=True, whole=True)
    if elsewhere:
        connected = _from_elsewhere(network, dialog, base_url)
    else:
        connected = log_in(app, network, dialog, base_url=base_url)
    added = add_accounts(app, connected, dialog, _place(keep, app, dialog), name=name)
    noted_accounts(app, "account add", [one.name for one in added], who)
    _unused(dialog)
    if as_json:
        print_json({"accounts": [_row(one) for one in added]})
    else:
        _say(added)
    return 0 if added else 1


@accounts.command("list")
@json_option
@places
def list_accounts(as_json: bool, config: Path | None, site: Path | None) -> int:
    """Show the accounts of the config: who each is, where its token is, and when that ends. Asks nobody."""
    from crosspost.app.accounts.manage import rows

    found = rows(open_app(config, site, required=True, whole=True))
    if as_json:
        print_json({"accounts": found})
        return 0
    if not found:
        paragraph("There is no account yet: `crosspost accounts add NETWORK`.")
        return 0
    lines = [(_named(row), f"{row.until:%Y-%m-%d}" if row.until else "", row.token, row.who) for row in found]
    if any(until for _, until, *_ in lines):
        table([("account", "until", "token", "who"), *lines])
    else:
        table([("account", "token", "who"), *((name, token, who) for name, _, token, who in lines)])
    return 0


@accounts.command("test")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=completing.accounts)
@json_option
@places
def test_accounts(names: tuple[str, ...], as_json: bool, config: Path | None, site: Path | None) -> int:
    """Ask each account's network who we are there. Changes nothing."""
    from crosspost.app.accounts.manage import tested

    app = open_app(config, site, required=True, whole=True)
    results = {name: tested(app, name) for name in app.chosen(names)}
    if as_json:
        print_json({"accounts": [{"account": n, "works": works, "said": why} for n, (works, why) in results.items()]})
    else:
        for works, why in results.values():
            paragraph(why) if works else complain(why)
    return 0 if all(works for works, _ in results.values()) else 1


@accounts.command()
@click.argument("name", shell_complete=completing.accounts)
@_answers
@as_option
@json_option
@places
def renew(
    name: str,
    given: tuple[str, ...],
    no_browser: bool,
    base_url: str,
    keep: str | None,
    who: str,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Log an account in again, when its token ended or was taken back."""
    from crosspost.app.accounts.manage import RENEWING, renewed

    app = open_app(config, site, required=True, whole=True)
    dialog = TerminalDialog(RENEWING | _parsed(given), browser=not no_browser, quiet=as_json)
    added = renewed(app, name, dialog, lambda: _place(keep, app, dialog), base_url=base_url)
    noted_accounts(app, "account renew", [one.name for one in added], who)
    if as_json:
        print_json({"accounts": [_row(one) for one in added]})
    else:
        _say(added)
    return 0 if added else 1


@accounts.command()
@click.argument("name", shell_complete=completing.accounts)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_option
@places
def remove(name: str, yes: bool, who: str, config: Path | None, site: Path | None) -> int:
    """Take an account out of the config, with its token. What is out on it stays there."""
    from crosspost.app.accounts.manage import known_account, removed

    app = open_app(config, site, required=True, whole=True)
    known_account(app, name)
    dialog = TerminalDialog({"remove": "yes"} if yes else {}, flags={"remove": "--yes"})
    if not dialog.confirm("remove", f"Remove {name} and its token? What is out on it stays there.", default=False):
        paragraph("Nothing was changed.")
        return 1
    gone = removed(app, name)
    noted_accounts(app, "account remove", [name], who)
    paragraph(f"Removed: {', '.join(gone)}.")
    paragraph("The token still works at the network: revoke it there, where it was made.")
    return 0


def _print(network: str, dialog: TerminalDialog, base_url: str) -> int:
    """Log in here for another computer: nothing is written."""
    from crosspost.app.accounts.add import log_in
    from crosspost.app.accounts.candidate import tried
    from crosspost.app.accounts.login_transfer import written
    from crosspost.app.application import App
    from crosspost.config.credentials import Credentials

    app = App(settings=None, site=Path.cwd(), credentials=Credentials({}), clock=now)
    connected = log_in(app, network, dialog, base_url=base_url)
    for one in connected:
        me = tried(app, one, one.name or network, "").me
        dialog.say(f"Connected: {me.handle or me.id}. Paste this line on the other computer, and show it to nobody:")
    sys.stdout.flush()
    sys.stdout.buffer.write(f"{written(connected)}\n".encode())  # past the stream that hides tokens
    sys.stdout.buffer.flush()
    return 0


def _from_elsewhere(network: str, dialog: TerminalDialog, base_url: str) -> "list[Connected]":
    """What another computer printed."""
    from crosspost.app.accounts.login_transfer import read
    from crosspost.networks.logins.dialog import Question

    more = f" --base-url {shlex.quote(base_url)}" if base_url else ""
    dialog.say(f"On a computer with a browser run: crosspost accounts add {shlex.quote(network)} --print{more}")
    found: list[Connected] = []

    def kept(line: str) -> str:
        found[:] = read(line, network)
        return line

    dialog.ask(Question("line", "The line it printed?", secret=True, clean=kept))
    return found


def connect(app: "App", network: str, dialog: TerminalDialog) -> bool:
    """Connect an account of a network, its token in the file beside the config: whether one was."""
    from crosspost.app.accounts.add import add as add_accounts
    from crosspost.app.accounts.add import log_in

    connected = log_in(app, network, dialog)
    added = add_accounts(app, connected, dialog, _place(None, app, dialog))
    noted_accounts(app, "account add", [one.name for one in added])
    for one in added:
        _say_one(one)
    return bool(added)


def _parsed(given: tuple[str, ...]) -> dict[str, str]:
    answers = {}
    for one in given:
        key, found, value = one.partition("=")
        if not found:
            raise ConfigError("an answer has no name; write it as --answer KEY=VALUE, such as --answer name=garden")
        answers[key] = value
    return answers


def _place(keep: str | None, app: Any, dialog: TerminalDialog) -> "Place":
    """Where secrets go."""
    from crosspost.config.secret_places import PLACES, Command
    from crosspost.networks.logins.dialog import Question

    file = app.settings.beside(app.settings.secrets.file)
    kind = PLACES[keep or "file"]
    if kind is not Command:
        return kind(file)
    show = dialog.ask(Question("token_cmd", "The command that prints it?", default="pass show crosspost/{name}"))
    take = dialog.ask(
        Question("store_cmd", "The command that stores it (just Enter: it is stored already)?", default="")
    )
    return Command(file, show, take)


def _unused(dialog: TerminalDialog) -> None:
    if dialog.unused:
        what = f"no question is called {' or '.join(dialog.unused)} here, so what --answer gave for it was not used"
        paragraph(f"{what}. `crosspost help NETWORK` names the questions.", first="Warning: ", err=True)


def _say_one(one: "Added") -> None:
    token = f"its token is {one.kept}" if one.kept else "it needs no token"
    paragraph(f"{one.name} is in the config now, {token}.")
    for note in one.notes:
        paragraph(note)


def _say(added: list["Added"]) -> None:
    for one in added:
        _say_one(one)
    if added:
        paragraph("Next: crosspost doctor, then crosspost preview FILE.")
    else:
        paragraph("Nothing was changed.")


def _named(row: "AccountRow") -> str:
    """An account's name, with its network where the name does not say it."""
    where = "" if row.network in row.name else f" on {row.network}"
    return f"{row.name}{where}{'' if row.enabled else ' (off)'}{f' {MARK}' if row.sandbox else ''}"


def _row(added: "Added") -> dict[str, Any]:
    return {"account": added.name, "network": added.network, "handle": added.who, "url": added.url}
