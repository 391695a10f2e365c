"""``crosspost approve``: yes to what waits for it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli import completing
from crosspost.cli.common import account_option, confirmed, json_option, places, print_json
from crosspost.cli.each_site import each_site
from crosspost.cli.layout import paragraph
from crosspost.cli.person import as_option, person
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.editing.approval import Waiting


@click.command()
@click.argument("wanted", nargs=-1, metavar="[FILE|ID]...", shell_complete=completing.posts)
@account_option
@click.option("--list", "only_list", is_flag=True, help="Only show what waits.")
@click.option("--no", "decline", is_flag=True, help="Say no: leave it out, as `crosspost cancel` does.")
@click.option("--yes", is_flag=True, help="Do not ask for each; what is shown is approved.")
@as_option
@json_option
@places
@each_site(alone=("wanted",))
def approve(  # one per option
    app: "App",
    wanted: tuple[str, ...],
    accounts: tuple[str, ...],
    only_list: bool,
    decline: bool,
    yes: bool,
    who: str,
    as_json: bool,
) -> int:
    """Say yes to what waits for it, where `approve = true` is set.

    Each text is shown first; what is approved is that text and no other. Name posts by file or id, or deliveries by
    number; without any, everything that waits is asked about.
    """
    from crosspost.app.editing import approval

    if as_json and not (yes or only_list):
        raise click.UsageError("--json cannot ask; say --yes or --list")
    chosen = app.chosen(accounts)
    found = [one for one in approval.waiting(app, fetch=not only_list) if one.delivery.account in chosen]
    found = _named(found, wanted) if wanted else found
    done = []
    for number, one in enumerate(found):
        if not as_json:
            _show(app, one, first=not number)
        if only_list or one.error:
            continue
        if decline and (yes or confirmed("Leave it out?")):
            done.append(approval.decline(app, one.number, person(who)))
        elif not decline and (yes or confirmed("Say yes to this?")):
            done.append(approval.approve(app, one.number, one.seen, person(who)))
    if as_json:
        print_json({"waiting": [_row(one) for one in found], "decided": [row.id for row in done]})
    elif not found:
        click.echo("Nothing waits for approval.")
    elif done:
        what = "left out" if decline else "approved; the next run sends what is due"
        click.echo(f"{len(done)} {'delivery' if len(done) == 1 else 'deliveries'} {what}.")
    return 3 if only_list and found else 0


def _named(found: Sequence["Waiting"], wanted: Sequence[str]) -> list["Waiting"]:
    """Those of a file, a post's id or a delivery's number.

    :raises ConfigError: when nothing waits under a name
    """
    chosen: list[Waiting] = []
    for name in wanted:
        number, file = name.lstrip("#"), Path(name).name
        mine = [
            one
            for one in found
            if (number.isdecimal() and one.number == int(number)) or name == one.delivery.post or file == one.file
        ]
        if not mine:
            raise ConfigError(f"{name}: nothing of it waits for approval; `crosspost approve --list` shows what does")
        chosen += [one for one in mine if one not in chosen]
    return chosen


def _show(app: "App", one: "Waiting", *, first: bool) -> None:
    from crosspost.app.times import in_words, zone_of

    due = in_words(one.delivery.due_at, app.clock(), zone_of(app))
    lead = "" if first else "\n"
    click.echo(f"{lead}#{one.number} {click.style(one.title, bold=True)} on {app.label(one.delivery.account)}, {due}")
    if one.before:
        paragraph(f"{one.before} approved it, and it says something else since.", rest="  ", colour="yellow")
    if one.draft is None:
        paragraph(f"It cannot be shown: {one.error}", rest="  ", colour="red")
        return
    for part in (one.draft, *one.draft.parts):
        click.echo("\n".join(f"  │ {line}" for line in part.text.splitlines()))
    for picture in one.draft.images:
        click.echo(f"  picture: {(picture.path or picture.url).rpartition('/')[2] or 'title card'} ({picture.alt})")


def _row(one: "Waiting") -> dict[str, Any]:
    row = one.delivery
    texts = [part.text for part in (one.draft, *one.draft.parts)] if one.draft is not None else []
    return {
        "id": row.id,
        "post": row.post,
        "account": row.account,
        "due_at": row.due_at.isoformat(),
        "texts": texts,
        "seen": one.seen,
        "error": one.error,
        "before": one.before,
    }
