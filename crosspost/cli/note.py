"""``crosspost note``: say something short that is no article."""

import sys
from pathlib import Path

import click

from crosspost.cli.common import json_option, open_app, places, print_json
from crosspost.cli.person import as_option, person
from crosspost.errors import ConfigError


@click.command()
@click.argument("text", metavar="TEXT")
@click.option("--title", default="", help="A title of its own; without it the first words.")
@click.option("--link", default="", metavar="URL", help="An address to add.")
@click.option("--picture", type=click.Path(path_type=Path), metavar="FILE", help="A picture; it needs --alt.")
@click.option("--alt", default="", metavar="TEXT", help="What people read who cannot see the picture.")
@click.option("--account", "accounts", multiple=True, metavar="NAME", help="Only this account or network (repeatable).")
@click.option("--at", default="", metavar="TIME", help='When: "tomorrow 9:00"; without it the next run.')
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
    at: str,
    who: str,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Write a short post: a Markdown file in the site's folder of posts, which the next run publishes.

    TEXT is what it says, word for word; - reads it from standard input.
    """
    from crosspost.app.editing import compose
    from crosspost.app.editing.when import moment
    from crosspost.app.times import zone_of
    from crosspost.config.small_file import read_small

    app = open_app(config, site, required=True)
    words = sys.stdin.read() if text == "-" else text
    try:
        data = read_small(picture, compose.MOST_BYTES) if picture is not None else b""
    except OSError as error:
        raise ConfigError(f"{picture}: cannot be read: {error.strerror}") from None
    when = moment(at, app.clock(), zone_of(app)) if at else None
    wanted = compose.Note(text=words, title=title, link=link, picture=data, alt=alt, accounts=accounts, at=when)
    file = compose.new(app, wanted, person(who))
    if as_json:
        print_json({"path": str(file)})
    else:
        click.echo(f"Wrote {file}. The next `crosspost run` publishes it, or `crosspost {file}` does it now.")
    return 0
