"""``crosspost note``: a short post that is not an article, written into the site as a file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.app.ledger_access import no_ledger_yet
from crosspost.cli.common import account_option, json_option, open_app, places, print_json
from crosspost.cli.layout import paragraph
from crosspost.cli.person import as_option, person
from crosspost.errors import ConfigError
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from datetime import datetime

    from crosspost.app.application import App


@click.command()
@click.argument("text", required=False, default="-", metavar="[TEXT]")
@click.option("--title", default="", help="The title of its page  [the beginning of the text].")
@click.option("--link", default="", metavar="URL", help="An address, added to the text.")
@click.option("--picture", type=click.Path(path_type=Path), metavar="FILE", help="A picture; it needs --alt.")
@click.option("--alt", default="", metavar="TEXT", help="What the picture shows, for those who cannot see it.")
@account_option
@click.option("--at", "at", metavar="TIME", help='When: "tomorrow 9:00", "tuesday 18:30", "2026-12-01 09:00".')
@as_option
@json_option
@places
def note(  # one per option
    text: str,
    title: str,
    link: str,
    picture: Path | None,
    alt: str,
    accounts: tuple[str, ...],
    at: str | None,
    who: str,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Write a short post into the site, as a file of its own. For what is not an article.

    Without TEXT it is read from standard input. Nothing is sent: the next run sends it, as every new post. Where the
    site's posts are not files (it is read as built, or by its feed), the file goes into the folder short-posts beside
    the config.
    """
    from crosspost.app.editing.new_note import Note, new

    app = open_app(config, site, required=True)
    if text == "-":
        text = _typed()
    made = new(
        app,
        Note(
            text=text, title=title, link=link, picture=_bytes(picture), alt=alt, accounts=accounts,
            at=_moment(app, at),
        ),
        person(who),
    )  # fmt: skip
    first = no_ledger_yet(app)
    if as_json:
        print_json({"path": str(made)})
        return 0
    shown = printable(str(made))
    paragraph(f"Written: {shown}")
    if first:
        paragraph(f"Nothing has been sent here yet, and a first run sends no old posts: `crosspost {shown}` sends it.")
    else:
        there = ", once its page is there" if app.source().entry(made).url else ""
        paragraph(f"`crosspost preview {shown}` shows it; the next `crosspost run` sends it{there}.")
    return 0


def _typed() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"the text is not UTF-8: byte {error.start + 1} cannot be read") from None


def _bytes(picture: Path | None) -> bytes:
    """The picture's bytes; a few more than are taken, if it has them."""
    if picture is None:
        return b""
    from crosspost.app.editing.note_picture import MOST_BYTES

    try:
        with picture.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{printable(str(picture))}: cannot be read: {error.strerror}") from None
    if not data:
        raise ConfigError(f"{printable(str(picture))}: the file is empty")
    return data


def _moment(app: "App", at: str | None) -> "datetime | None":
    if at is None:
        return None
    from crosspost.app.editing.typed_moment import moment
    from crosspost.app.times import zone_of

    return moment(at, app.clock(), zone_of(app))
