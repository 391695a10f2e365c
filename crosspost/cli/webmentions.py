"""``crosspost webmentions``: which pages were told that an article links to them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.times import in_words, zone_of
from crosspost.cli import completing
from crosspost.cli.common import json_option, open_app, places, print_json
from crosspost.cli.layout import of_this_site, paragraph, table
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger.sent_webmentions import Webmention

_OFF = "No webmentions are sent; `webmentions = true` under [site] does it. See `crosspost help webmentions`."
_NONE = "No webmention was sent yet: they go out when the page of a new article is on the web."


@click.command()
@click.argument(
    "files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...", shell_complete=completing.posts
)
@click.option("--limit", type=click.IntRange(0), default=50, show_default=True, help="At most this many; 0: all.")
@json_option
@places
def webmentions(files: tuple[Path, ...], limit: int, as_json: bool, config: Path | None, site: Path | None) -> int:
    """Show whom your articles link to, and whether they were told. Changes nothing, and asks nobody."""
    from crosspost.app.deciding.update_unpublish import need_known, post_of
    from crosspost.app.webmentions import sends

    app = open_app(config, site, required=True)
    found: list[Webmention] = []
    titles: Mapping[str, str] = {}
    if no_ledger_yet(app):
        need_known(app, files)
    else:
        ledger = open_ledger(app, read_only=True)
        try:
            posts = list(dict.fromkeys(post_of(app, ledger, file) for file in files))
            found = ledger.webmentions.all(posts, limit)
            titles = ledger.history.titles(list({one.post for one in found}))
        finally:
            ledger.close()
    if as_json:
        print_json(found)
    elif found:
        _print(app, found, titles)
    else:
        paragraph(_NONE if sends(app) else of_this_site(_OFF))
    return 0


def _print(app: "App", found: "Sequence[Webmention]", titles: Mapping[str, str]) -> None:
    for number, post in enumerate(dict.fromkeys(one.post for one in found)):
        if number:
            click.echo()
        paragraph(click.style(printable(titles.get(post) or post), bold=True))
        table([(f"  {printable(one.target)}", _words(app, one)) for one in found if one.post == post])


def _words(app: "App", one: "Webmention") -> str:
    """How it ended."""
    now, zone = app.clock(), zone_of(app)
    when = in_words(one.sent_at, now, zone) if one.sent_at is not None else ""
    why = printable(one.error)
    if one.state == "sent":
        seen = f", see {printable(one.status_url)}" if one.status_url else ""
        return f"told {when}{seen}" if one.linked else f"told {when} that the link is gone"
    if one.state == "due":
        again = f"again {in_words(one.due_at, now, zone)}" if one.due_at > now else "waits for the next run"
        return ": ".join(filter(None, (again, why)))
    word = {"none": "not told", "refused": "refused", "failed": "given up"}[one.state]
    return ": ".join(filter(None, (word, why)))
