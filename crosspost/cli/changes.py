"""``crosspost update`` and ``crosspost unpublish``: a person changes what is out, or takes it back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.app.ledger_access import lock, no_ledger_yet, open_ledger
from crosspost.app.outcome import exit_code, exit_code_of_changes
from crosspost.app.page_gate import pages
from crosspost.app.post_states import shell_names
from crosspost.app.runner import Networks, check, editor, policies
from crosspost.cli.common import files_argument, json_option, open_app, places, print_json, to_option
from crosspost.cli.format_changes import change_line, change_row
from crosspost.cli.person import noted
from crosspost.cli.reports import Line, view, web
from crosspost.errors import ConfigError, CrosspostError, SourceError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Change, Delivery, Ledger


@click.command()
@files_argument
@to_option
@click.option("--leave", is_flag=True, help="Leave them as they are, and do not ask again.")
@json_option
@places
def update(
    files: tuple[Path, ...], to: tuple[str, ...], leave: bool, as_json: bool, config: Path | None, site: Path | None
) -> int:
    """Change these posts where they are out, so that they say what their files say now.

    Where a network cannot change a post it says so, with the link. Nothing is ever posted a second time.
    """
    app, accounts = prepared(config, site, to)
    with ledger_of(app) as ledger:
        rows = [row for file in files for row in _rows(app, ledger, file, accounts) if row.state == "sent"]
        if leave:
            changes = _left_alone(ledger, rows, "edit")
        else:
            changes = _carried_out(app, ledger, accounts, _compared(app, ledger, files, rows))
        touched = {change.delivery for change in changes}
        noted(ledger, "update", [row for row in rows if row.id in touched], "left as it is" if leave else "")
        if as_json:
            print_json({"changes": [change_row(change) for change in changes]})
        else:
            paths, seen = shell_names(ledger), view(app, ledger)
            same = [row for row in rows if row.id not in touched and row.part == 1]
            seen.show(
                [*(change_line(change, paths) for change in changes), *(_line(row, "nothing to do") for row in same)]
            )
            if not rows:
                click.echo("It is not out anywhere; `crosspost FILE` publishes it.")
    return exit_code_of_changes(changes, left=True)


@click.command()
@files_argument
@to_option
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--leave", is_flag=True, help="Leave them out, and do not ask again.")
@json_option
@places
def unpublish(  # one per option
    files: tuple[Path, ...],
    to: tuple[str, ...],
    yes: bool,
    leave: bool,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Take these posts back: delete them where they are out, and send them nowhere any more.

    FILE may be gone already; the post's id will do too. `crosspost publish --again FILE` sends a post once more.
    """
    if as_json and not (yes or leave):
        raise click.UsageError("--json cannot ask for confirmation; say --yes")
    app, accounts = prepared(config, site, to)
    with ledger_of(app) as ledger:
        rows = [row for file in files for row in _rows(app, ledger, file, accounts)]
        if leave:
            changes = _left_alone(ledger, [row for row in rows if row.state == "sent"], "delete")
            others: list[Delivery] = []
        else:
            changes, others = _taken_back(app, ledger, accounts, rows, sure=yes)
        touched = {*(change.delivery for change in changes), *(row.id for row in others)}
        noted(ledger, "unpublish", [row for row in rows if row.id in touched], "left out" if leave else "")
        if as_json:
            print_json({"changes": [change_row(change) for change in changes]})
        else:
            paths, seen = shell_names(ledger), view(app, ledger)
            seen.show([*(change_line(change, paths) for change in changes), *(seen.line(row) for row in others)])
            if not changes and not others:
                click.echo("Nothing of it is out.")
    return exit_code_of_changes(changes, left=True) or exit_code(others)


# ── what both do ──────────────────────────────────────────────────────────────────────────────────────────────────


def prepared(
    config: Path | None, site: Path | None, to: tuple[str, ...], *, fresh: bool = False
) -> tuple["App", list[str]]:
    """The app and the accounts meant, all of them checked.

    :param fresh: whether it may be that nothing was ever sent
    """
    app = open_app(config, site, required=True)
    accounts = app.chosen(to)
    check(app, accounts)
    if not fresh and no_ledger_yet(app):
        raise ConfigError("nothing has been sent yet: the first `crosspost run` makes the ledger")
    return app, accounts


@contextmanager
def ledger_of(app: "App") -> Iterator["Ledger"]:
    """The ledger, while no other run is at work.

    :raises CrosspostError: when one still is after two minutes
    """
    from crosspost.ledger import Busy

    try:
        with lock(app, wait=120):
            ledger = open_ledger(app)
            try:
                yield ledger
            finally:
                ledger.close()
    except Busy as busy:
        raise CrosspostError(f"another run is still at work ({busy}); nothing was changed, try again later") from None


def _rows(app: "App", ledger: "Ledger", file: Path, accounts: Sequence[str]) -> list["Delivery"]:
    post = post_of(app, ledger, file)
    return [row for row in ledger.deliveries(post=post) if row.account in accounts]


def post_of(app: "App", ledger: "Ledger", file: Path) -> str:
    """The post a person means: a file of the site, one that was there, or an id.

    :raises ConfigError: when nobody knows it
    """
    from crosspost.delivery.plan import known_as

    source = app.source()
    try:
        entry = source.entry(file)
        if entry.state != "skipped":
            return known_as(ledger, [entry], source.scan)[entry.id]
    except SourceError:
        pass  # it may be gone
    known = list(ledger.posts.known().values())
    here = file.absolute()
    for found in (
        [post.id for post in known if Path(post.path).absolute() == here],
        [post.id for post in known if str(file) in (post.id, post.name)],
        [post.id for post in known if Path(post.path).name == file.name],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise ConfigError(f"{file}: several posts are called so; say which: {', '.join(found)}")
    raise ConfigError(f"{file}: crosspost knows no such post, neither by its file nor by its id")


def _compared(app: "App", ledger: "Ledger", files: Sequence[Path], rows: Sequence["Delivery"]) -> list["Change"]:
    """What is to be changed so that what is out says what the files say.

    :raises CrosspostError: when a file cannot be read, or an account cannot be asked what it allows
    """
    from crosspost.delivery.changes import ChangeDetector
    from crosspost.delivery.renames import renamed

    source = app.source()
    complete = pages(app, ledger, source.load).complete
    watch = ChangeDetector(ledger=ledger, networks=Networks(app), load=complete, policies=policies(app))
    found = []
    for file in files:
        mine = post_of(app, ledger, file)
        post = complete(renamed(source.entry(file), mine))
        for row in rows:
            if row.post == mine and row.part == 1:
                ledger.changes.drop(row.id)  # what was decided before does not count: a person asks now
                found.append(watch.compare(post, row, "update"))
    return [change for change in found if change is not None]


def _taken_back(
    app: "App", ledger: "Ledger", accounts: list[str], rows: Sequence["Delivery"], *, sure: bool
) -> tuple[list["Change"], list["Delivery"]]:
    """Delete what is out, or may be, and give up what is not."""
    waiting = [row for row in rows if row.state in ("planned", "held") and row.publishing_at is None]
    open_states = ("planned", "sending", "unknown", "held", "sent")
    out = [row for row in rows if row.state in open_states and row.part == 1 and row not in waiting]
    if not sure and (out or waiting):
        seen = view(app, ledger)
        seen.show([*(_line(row, "out") for row in out), *(_line(row, "not out yet") for row in waiting)])
        click.confirm("Take this back?", abort=True)
    from crosspost.delivery.keys import anew
    from crosspost.ledger.facts import ID

    for row in waiting:
        ledger.changes.taken_back(row.id, anew(row, ledger.fact(ID)))
    changes = _carried_out(app, ledger, accounts, [ledger.changes.put(row.id, "delete", "planned") for row in out])
    return changes, [ledger.get(row.id) for row in waiting]


def _line(row: "Delivery", word: str) -> Line:
    return Line(post=row.post, account=row.account, word=word, link=web(row.url))


def _carried_out(app: "App", ledger: "Ledger", accounts: list[str], changes: Sequence["Change"]) -> list["Change"]:
    """Every change as it stands once the editor has worked on those that are planned."""
    editor(app, ledger).run(accounts, only=[change.delivery for change in changes])
    return [one for one in (ledger.changes.of(change.delivery) for change in changes) if one is not None]


def _left_alone(ledger: "Ledger", rows: Sequence["Delivery"], kind: str) -> list["Change"]:
    """Nobody is asked about these any more."""
    open_now = [ledger.changes.of(row.id) for row in rows]
    return [
        ledger.changes.settle(change, "ignored")
        for change in open_now
        if change is not None and change.kind == kind and change.state in ("asked", "planned", "failed")
    ]
