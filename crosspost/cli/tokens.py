"""``crosspost tokens``: care of renewed tokens that several machines share."""

from pathlib import Path

import click

from crosspost.cli import completing
from crosspost.cli.common import confirmed, json_option, open_app, places, print_json
from crosspost.cli.layout import paragraph, table


@click.group()
def tokens() -> None:
    """Care for the key of renewed tokens that machines share."""


@tokens.command("list")
@json_option
@places
def list_tokens(as_json: bool, config: Path | None, site: Path | None) -> int:
    """Show whose renewed tokens are in the database, and which key opens them. Shows no token."""
    from crosspost.app.stored_tokens import listed

    first, found = listed(open_app(config, site, required=True, whole=True))
    if as_json:
        print_json({"key": first, "tokens": found})
        return 0 if all(row.opens for row in found) else 1
    if not found:
        paragraph(f"None is in the database yet. This machine's key is {first}.")
        return 0
    table(
        [
            ("account", "key", "written", "opens here"),
            *(
                (row.account, row.key, f"{row.at:%Y-%m-%d %H:%M}" if row.at else "", "yes" if row.opens else "no")
                for row in found
            ),
        ]
    )
    return 0 if all(row.opens for row in found) else 1


@tokens.command()
def key() -> int:
    """Make a key, and print it: for CROSSPOST_TOKENS_KEY on each machine. Keeps it nowhere."""
    from crosspost.config.encryption import new_key

    click.echo(new_key())
    return 0


@tokens.command()
@places
def rekey(config: Path | None, site: Path | None) -> int:
    """Encrypt all again with the first of two keys, NEW,OLD, while workers go on."""
    from crosspost.app.stored_tokens import rekeyed, table_and_keys
    from crosspost.text.numbers import counted

    logins, keys = table_and_keys(open_app(config, site, required=True, whole=True))
    done = rekeyed(logins, keys)
    paragraph(
        f"Encrypted {counted(done, 'login')} again; all of them now need the key {keys.first}. When every machine has "
        "it, take the old one away."
    )
    return 0


@tokens.command()
@click.argument("account", shell_complete=completing.accounts)
@click.option("--yes", is_flag=True, help="Do not ask.")
@places
def forget(account: str, yes: bool, config: Path | None, site: Path | None) -> int:
    """Forget the renewed tokens of ACCOUNT; then those that were set up count again."""
    from crosspost.app.stored_tokens import refuse_unknown

    app = open_app(config, site, required=True, whole=True)
    refuse_unknown(app, account)
    paragraph(
        f"The tokens with which {account} was set up count again. Networks that take each only once refuse those: then "
        f"`crosspost accounts renew {account}` logs in anew."
    )
    if not yes and not confirmed(f"Forget the renewed tokens of {account}?"):
        return 1
    app.vault().remove(account)
    paragraph("Forgotten.")
    return 0
