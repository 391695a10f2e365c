"""``crosspost preview FILE…``: what would be said, on every account."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import files_argument, json_option, places, print_json, to_option, write_file
from crosspost.cli.each_site import of_files
from crosspost.cli.layout import complain
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.preview import PostPreview


@click.command()
@files_argument
@to_option
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
    """Show what would be said on each account, as it would be sent.

    Without a config it shows every known network with its defaults.
    """

    def work(app: "App", some: tuple[Path, ...]) -> int:
        if page is not None and len(some) < len(files):
            raise ConfigError("one page shows posts of one site; write a page for each site")
        return show(app, some, app.chosen(to), as_json=as_json, page=page, diff=diff)

    return of_files(files, work, config=config, site=site, as_json=as_json)


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
    from crosspost.app.preview import preview as preview_files
    from crosspost.cli.preview_text import write

    seen, wrong = preview_files(app, files, accounts, drawn=as_json or page is not None)
    for error in wrong:
        complain(error.error)
    failed = bool(wrong) or any(shown.error and not shown.skipped for one in seen for shown in one.accounts)
    if page is not None and seen:
        _write_page(page, seen, diff=diff)
        if not as_json:
            click.echo(f"{page} shows {len(seen)} post{'s' if len(seen) != 1 else ''}; open it in a browser")
    if as_json:
        print_json([_row(one, diff=diff) for one in seen])
    elif page is None:
        for post, entry, found in seen:
            write(post, entry, found, diff=diff)
    return 1 if failed else 0


def _row(seen: "PostPreview", *, diff: bool) -> dict[str, Any]:
    from crosspost.app.preview_model import row

    post, _, found = seen
    accounts = [row(shown, diff=diff) for shown in found]
    return {"post": post.id, "path": post.path, "url": post.url, "accounts": accounts}


def _write_page(page: Path, seen: Sequence["PostPreview"], *, diff: bool) -> None:
    from crosspost.app.pages.preview_page import document

    write_file(page, document(seen, diff=diff))
