"""``crosspost preview FILE…``: what would be said, on every account."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import json_option, open_app, places, print_json
from crosspost.errors import ConfigError, CrosspostError, SourceError
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.preview_model import AccountPreview
    from crosspost.ledger import Delivery, Ledger
    from crosspost.model import Entry, Post


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--to", "to", multiple=True, metavar="ACCOUNT", help="Only this account or network (repeatable).")
@click.option(
    "--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write one page that shows each post."
)
@click.option("--diff", is_flag=True, help="Compare with what was sent.")
@json_option
@places
def preview(
    files: tuple[Path, ...],
    to: tuple[str, ...],
    page: Path | None,
    diff: bool,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Show what would be said on each account, exactly as it would be sent.

    Without a config it shows every known network with its defaults.
    """
    app = open_app(config, site, near=files[0])
    return show(app, files, app.chosen(to), as_json=as_json, page=page, diff=diff)


def show(
    app: "App",
    files: Sequence[Path],
    accounts: Sequence[str],
    *,
    as_json: bool,
    page: Path | None = None,
    diff: bool = False,
) -> int:
    """Show the drafts of these files on these accounts; asks no network and changes nothing.

    :param page: write an HTML page to this file, instead of showing the drafts here
    :param diff: compare with what was sent
    """
    from crosspost.app.preview_model import ledger_to_read, row
    from crosspost.cli.preview_text import write

    ledger = ledger_to_read(app)
    try:
        seen, failed = _look(app, files, accounts, ledger)
    finally:
        if ledger is not None:
            ledger.close()
    if page is not None and seen:
        _write_page(page, seen, diff=diff)
        if not as_json:
            click.echo(f"{page} shows {len(seen)} post{'s' if len(seen) != 1 else ''}; open it in a browser")
    if as_json:
        print_json(
            [
                {
                    "post": post.id,
                    "path": post.path,
                    "url": post.url,
                    "accounts": [row(shown, diff=diff) for shown in found],
                }
                for post, _, found in seen
            ]
        )
    elif page is None:
        for post, entry, found in seen:
            write(post, entry, found, diff=diff)
    return 1 if failed else 0


def _look(
    app: "App", files: Sequence[Path], accounts: Sequence[str], ledger: "Ledger | None"
) -> tuple[list[tuple["Post", "Entry", list["AccountPreview"]]], bool]:
    """Each post with all its accounts, and whether anything could not be shown."""
    from crosspost.app.page_gate import pages
    from crosspost.app.preview_model import look, networks, with_repetitions

    source, adapters = app.source(), networks(app, accounts, ledger)
    load = pages(app, ledger, source.load, asks=False).load
    seen, failed = [], False
    for file in files:
        try:
            entry: Entry = source.entry(file)
            if entry.state == "refused":
                raise SourceError(entry.reason)
            post: Post = load(entry)
        except CrosspostError as error:
            failed = True
            click.echo(f"Error: {printable(str(error))}", err=True)
            continue
        rows = _deliveries(ledger, source, entry)
        before = {delivery.account: delivery for delivery in rows if delivery.part == 1}
        found = with_repetitions([look(one, post, entry, before.get(one.account)) for one in adapters])
        failed = failed or any(shown.error and not shown.skipped for shown in found)
        seen.append((post, entry, found))
    return seen, failed


def _deliveries(ledger: "Ledger | None", source: Any, entry: "Entry") -> Iterator["Delivery"]:
    """What the ledger has of a post that is out, or may be."""
    if ledger is not None:
        from crosspost.delivery.plan import known_as

        for delivery in ledger.deliveries(post=known_as(ledger, [entry], source.scan)[entry.id]):
            if delivery.state in ("sent", "unknown", "held", "sending"):
                yield delivery


def _write_page(page: Path, seen: Sequence[tuple["Post", "Entry", list["AccountPreview"]]], *, diff: bool) -> None:
    from crosspost.app.pages.preview import document

    try:
        page.write_text(document(seen, diff=diff), "utf-8")
    except OSError as error:
        raise ConfigError(f"{page} cannot be written: {error.strerror}") from None
