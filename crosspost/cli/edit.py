"""``crosspost edit``, ``move`` and ``skip``: other words, another time, or not at all, for one account."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from crosspost.cli import completing
from crosspost.cli.common import account_option, confirmed, json_option, open_app, places, print_json
from crosspost.cli.person import as_option, person
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.editing.edit_words import Edit
    from crosspost.app.editing.editable import Editable

file_argument = click.argument("file", metavar="FILE", type=click.Path(path_type=Path), shell_complete=completing.posts)


def _common(command: Callable[..., int]) -> Callable[..., int]:
    """The options of every command here."""
    options: tuple[Callable[..., Any], ...] = (
        places,
        json_option,
        as_option,
        click.option("--yes", is_flag=True, help="Do not ask; only show what changes."),
        click.option("--in-ledger", "where", flag_value="ledger", help="Keep it beside the file, in the ledger."),
        click.option(
            "--in-file",
            "where",
            flag_value="file",
            help="Write it into the post's file, if it can.",
        ),
        account_option,
        file_argument,
    )
    for option in options:
        command = option(command)
    return command


@click.command()
@_common
@click.option("--text", metavar="TEXT", help="What it says there; - reads it from standard input.")
@click.option("--alt", "alts", multiple=True, metavar="[PICTURE=]TEXT", help="Alt text of a picture (repeatable).")
@click.option("--reset", is_flag=True, help="Take away text and alt texts of its own again.")
def edit(file: Path, text: str | None, alts: tuple[str, ...], reset: bool, **common: Any) -> int:
    """Give a post another text on one account, or another alt text.

    FILE is the post's file or id. The change is shown first; `--in-ledger` leaves the file alone.
    """
    from crosspost.app.editing.edit_words import UNSET, Edit

    if reset == bool(text is not None or alts):
        raise click.UsageError("say --text, --alt or both, or --reset alone")
    if text is not None and not common["accounts"]:
        raise click.UsageError("say with --account for which account the text is")
    if text == "-":
        text = sys.stdin.read().strip("\n")

    def wanted(_: "App", now: "Editable") -> Edit:
        if reset:
            return Edit(
                text=None, alt=dict.fromkeys({**now.in_file.alt, **(now.in_ledger.alt if now.in_ledger else {})})
            )
        return Edit(text=UNSET if text is None else text, alt=dict(map(_alt, alts)))

    return _change(file, wanted, **common)


@click.command()
@_common
@click.option("--at", "at", metavar="TIME", help='When: "tomorrow 9:00", "tuesday 18:30", "2026-12-01 09:00".')
@click.option("--reset", is_flag=True, help="Take its own time away again.")
def move(file: Path, at: str | None, reset: bool, **common: Any) -> int:
    """Have a post go out at another time, as long as it waits.

    FILE is the post's file or id. Without --account it is moved on every account.
    """
    from crosspost.app.editing.edit_words import Edit
    from crosspost.app.editing.typed_moment import moment
    from crosspost.app.times import zone_of

    if reset == (at is not None):
        raise click.UsageError("say --at TIME, or --reset")

    def wanted(app: "App", _: "Editable") -> Edit:
        return Edit(at=None if at is None else moment(at, app.clock(), zone_of(app)))

    return _change(file, wanted, waits=True, **common)


@click.command()
@_common
@click.option("--undo", is_flag=True, help="Let it go out there after all.")
def skip(file: Path, undo: bool, **common: Any) -> int:
    """Leave a post out on an account. It stays out for as long as the post or the ledger says so.

    FILE is the post's file or id. Without --account it is left out on every account.
    """
    from crosspost.app.editing.edit_words import Edit

    def wanted(_: "App", now: "Editable") -> Edit:
        if not undo:
            return Edit(skip=True)
        mine = now.in_file.skip or (now.in_ledger is not None and now.in_ledger.skip)
        return Edit(skip=None if mine else False)

    return _change(file, wanted, waits=not undo, **common)


# ── what all do ───────────────────────────────────────────────────────────────────────────────────────────────────


class _How(NamedTuple):
    """How changes are made: where, whether it is asked first, and by whom; ``named`` when accounts were named."""

    where: str | None
    ask: bool
    who: str
    quiet: bool
    waits: bool
    named: bool


def _change(
    file: Path,
    wanted: "Callable[[App, Editable], Edit]",
    *,
    accounts: tuple[str, ...],
    where: str | None,
    yes: bool,
    who: str,
    as_json: bool,
    config: Path | None,
    site: Path | None,
    waits: bool = False,
) -> int:
    """Show each change, ask, and make it, account after account.

    :param waits: whether it makes sense only for what is not out yet
    """
    if as_json and not yes:
        raise click.UsageError("--json cannot ask for confirmation; say --yes")
    app = open_app(config, site, required=True, near=file)
    how = _How(where=where, ask=not yes, who=who, quiet=as_json, waits=waits, named=bool(accounts))
    done = [row for account in app.chosen(accounts) if (row := _one(app, file, account, wanted, how)) is not None]
    if as_json:
        print_json({"changes": done})
    elif not done:
        click.echo("It is out on every account already.")
    return 0


def _one(
    app: "App", file: Path, account: str, wanted: "Callable[[App, Editable], Edit]", how: _How
) -> dict[str, str] | None:
    """The change on one account; None when it is out there already."""
    from crosspost.app.editing import edit_proposal, editable

    now = editable.look(app, file, account)
    if how.waits and now.state == "sent":
        if how.named:
            raise ConfigError(f"{now.post} is out on {account} already; `crosspost unpublish FILE` takes it back")
        return None
    beside = now.in_ledger is not None  # which wins over the file
    to = how.where or ("file" if now.writable and not beside else "ledger")
    proposal = edit_proposal.propose(app, file, account, wanted(app, now), "file" if to == "file" else "ledger")
    if not how.quiet:
        click.echo(proposal.diff or f"{account}: nothing changes; that is what it says.")
    if proposal.diff:
        if how.ask and not confirmed(f"Change this for {account}?"):
            raise click.Abort
        edit_proposal.apply(app, proposal, person(how.who))
        if not how.quiet:
            click.echo(f"{account}: {proposal.words}, {'in the file' if to == 'file' else 'in the ledger'}.")
    return {"post": now.post, "account": account, "where": to, "what": proposal.words, "diff": proposal.diff}


def _alt(said: str) -> tuple[str, str]:
    """The name of a picture's file, "" for the main one, and its text."""
    name, equals, text = said.partition("=")
    named = equals and "." in name and not name.strip().count(" ")
    return (name.strip(), text) if named else ("", said)
