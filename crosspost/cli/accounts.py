"""``crosspost accounts``: connect, look at and remove accounts."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import F, json_option, open_app, places, print_json
from crosspost.cli.dialog import TerminalDialog
from crosspost.cli.layout import paragraph
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.accounts.add import Added
    from crosspost.config.secret_places import Place


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
@click.argument("network")
@click.option("--name", default="", help="The account's name in the config.")
@_answers
@json_option
@places
def add(
    network: str,
    name: str,
    given: tuple[str, ...],
    no_browser: bool,
    base_url: str,
    keep: str | None,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Connect an account of NETWORK: asks one thing at a time, tries it out, then writes it.

    Nothing is stored before the network has said who you are there.
    """
    from crosspost.app.accounts.add import add as add_accounts
    from crosspost.app.accounts.add import log_in

    app = open_app(config, site, required=True)
    dialog = TerminalDialog(_parsed(given), browser=not no_browser, quiet=as_json)
    connected = log_in(app, network, dialog, base_url=base_url)
    added = add_accounts(app, connected, dialog, _place(keep, app, dialog), name=name)
    _unused(dialog)
    if as_json:
        print_json({"accounts": [_row(one) for one in added]})
    else:
        _say(added)
    return 0 if added else 1


def _parsed(given: tuple[str, ...]) -> dict[str, str]:
    answers = {}
    for one in given:
        key, found, value = one.partition("=")
        if not found:
            raise ConfigError("write an answer as --answer KEY=VALUE")
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
    take = dialog.ask(Question("store_cmd", "The command that stores it (empty: it is stored)?", default=""))
    return Command(file, show, take)


def _unused(dialog: TerminalDialog) -> None:
    if dialog.unused:
        paragraph(f"Nobody asked for: {', '.join(dialog.unused)}.", first="Warning: ", err=True)


def _say(added: list["Added"]) -> None:
    for one in added:
        paragraph(f"{one.name} is in the config now, its token is {one.kept}.")
        for note in one.notes:
            paragraph(note)
    if added:
        paragraph("Next: crosspost doctor, then crosspost preview FILE.")
    else:
        paragraph("Nothing was changed.")


def _row(added: "Added") -> dict[str, Any]:
    return {"account": added.name, "network": added.network, "handle": added.who, "url": added.url}
