"""Who sits at the terminal, for the record of what people changed."""

import getpass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from crosspost.ledger import Person

as_option = click.option("--as", "who", default="", metavar="NAME", help="Who decides  [the name of your login].")


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
