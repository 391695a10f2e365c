"""What people changed, for ``crosspost history --changes``."""

from typing import TYPE_CHECKING

import click
import msgspec

from crosspost.cli.common import print_json
from crosspost.cli.layout import paragraph

if TYPE_CHECKING:
    from crosspost.app.application import App


def show_changes(app: "App", post: str, limit: int, *, as_json: bool) -> int:
    """Print who changed what, newest first.

    :param post: only this post's id; "": all
    """
    from crosspost.app.editing import audit_log
    from crosspost.app.times import in_words, zone_of

    found = audit_log.changes(app, post=post, limit=limit)
    if as_json:
        print_json([msgspec.structs.asdict(one) for one in found])
        return 0
    zone, now = zone_of(app), app.clock()
    for one in found:
        where = " on ".join(filter(None, (one.post, one.account)))
        by = one.by if one.origin == "terminal" else f"{one.by} ({one.origin})"
        said = " ".join(filter(None, (f"{in_words(one.at, now, zone)}: {by}: {one.action}", where)))
        paragraph(f"{said}{f': {one.said}' if one.said else ''}", rest="  ")
    if not found:
        click.echo("Nobody has changed anything by hand.")
    return 0
