"""``crosspost import``: what another tool has said counts as sent."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import confirmed, json_option, open_app, places, print_json, to_option
from crosspost.cli.layout import beside, columns, complain, padded, paragraph
from crosspost.cli.person import as_option, person
from crosspost.errors import ConfigError
from crosspost.text.numbers import counted

if TYPE_CHECKING:
    from crosspost.app.importing.importing import Found
    from crosspost.app.importing.matching import Match


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE...]")
@to_option
@click.option("--yes", is_flag=True, help="Do not ask; note what is found.")
@click.option("--dry-run", is_flag=True, help="Only show what is found.")
@as_option
@json_option
@places
def import_posts(  # one per option
    files: tuple[Path, ...],
    to: tuple[str, ...],
    yes: bool,
    dry_run: bool,
    who: str,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Take over what another tool has said. So nothing is said twice. Nothing is sent.

    FILE is what that tool kept or exports: JSON, YAML, CSV, SQLite, or one address a line. It shows which of your posts
    it found on which account, and asks. --to says on which accounts they were where the file does not. Without a file
    the accounts themselves are read, as far back as they show.
    """
    from crosspost.app.importing.importing import look, look_at_accounts, note

    app = open_app(config, site, required=True)
    if files:
        found = look(app, files, app.chosen(to) if to else ())
    else:
        found = look_at_accounts(app, app.chosen(to), lambda said: paragraph(said, err=True))
    if not as_json:
        _show(found, accounts=not files)
    if dry_run or not found.matches or not (yes or _agreed(found, as_json=as_json)):
        if as_json:
            print_json({"found": [_row(one) for one in found.matches], "noted": [], "errors": _errors(found)})
        return 1 if found.homeless or found.unread else 0
    sent, told = note(app, found, person(who))
    if as_json:
        noted = [{"delivery": row.id, "post": row.post, "account": row.account, "url": row.url} for row in sent]
        print_json({"found": [_row(one) for one in found.matches], "noted": noted, "errors": [*_errors(found), *told]})
    else:
        for sentence in told:
            complain(sentence, "Warning")
        many = counted(len(sent), "post")
        paragraph(f"{many} noted as sent. Posts of before the first run that were not found count as old.")
    return 1 if told or found.homeless or found.unread else 0


def _agreed(found: "Found", *, as_json: bool) -> bool:
    if as_json:
        raise ConfigError("with --json say --yes, or --dry-run to look only")
    return confirmed(f"Note {counted(len(found.matches), 'post')} as sent?")


def _show(found: "Found", *, accounts: bool) -> None:
    width = max((len(one.account) for one in found.matches), default=0)
    for one in found.matches:
        day = f"{one.at:%Y-%m-%d}" if one.at is not None else " " * 10
        where = one.url or f"(no link; known by its {one.how})"
        for line in beside(f"{day}  {padded(one.account, width)}  ", [one.entry.id, where], columns()):
            click.echo(line)
    if not found.matches and not found.unread:
        where = "there" if accounts else "in there: it names none of their addresses, files or titles"
        click.echo(f"None of your posts was found {where}.")
    if found.unsaid:
        click.echo(f"Left out, as planned only or failed there: {counted(found.unsaid, 'entry', 'entries')}.")
    for sentence in _errors(found):
        complain(sentence, "Warning")


def _errors(found: "Found") -> list[str]:
    if not found.homeless:
        return list(found.unread)
    first = ", ".join(found.homeless[:3])
    more = f" and {len(found.homeless) - 3} more" if len(found.homeless) > 3 else ""
    return [f"the file does not say on which account {first}{more} went out; say it with --to ACCOUNT"]


def _row(one: "Match") -> dict[str, Any]:
    at = one.at.isoformat() if one.at is not None else None
    return {"post": one.entry.id, "account": one.account, "url": one.url, "at": at, "known_by": one.how}
