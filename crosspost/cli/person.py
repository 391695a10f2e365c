"""Who sits at the terminal, for the record of what people changed."""

import getpass
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger, Person

#: of every command with which a person decides about a post
as_option = click.option("--as", "who", default="", metavar="NAME", help="Who does it  [the name of your login].")


def person(who: str = "") -> "Person":
    """The person at the terminal.

    :param who: the name of ``--as``; "" for that of the login
    """
    from crosspost.ledger import Person
    from crosspost.text.printable import printable

    try:
        name = who.strip() or getpass.getuser()
    except (OSError, KeyError):  # a container without names
        name = "somebody"
    return Person(name=printable(name)[:100], origin="terminal")


def noted(ledger: "Ledger", by: "Person", action: str, rows: "Iterable[Delivery]", said: str = "") -> None:
    """Write down that a person did this to each of these deliveries."""
    for row in rows:
        ledger.audit.note(by, action, post=row.post, account=row.account, said=said)


def noted_accounts(app: "App", action: str, names: "Iterable[str]", who: str = "") -> None:
    """The same for accounts; before the first run there is no ledger to write it into.

    :param who: as for :func:`person`
    """
    from crosspost.app.editing.audit_log import note

    for name in names:
        note(app, person(who), action, account=name)
