"""``crosspost images``: fitted copies of pictures for networks that fetch them from the site."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.sites.site_folder import refuse_writing
from crosspost.cli import completing
from crosspost.cli.common import json_option, open_app, places, print_json, to_option
from crosspost.cli.layout import beside, columns, complain
from crosspost.errors import ConfigError, CrosspostError, SourceError, Unsupported

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.media import Variant
    from crosspost.model import Entry, Post


@click.command()
@click.argument(
    "files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...", shell_complete=completing.posts
)
@click.option("--all", "everything", is_flag=True, help="All posts that may still go out, instead of files.")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 when a picture is missing.")
@to_option
@json_option
@places
def images(  # one per option
    files: tuple[Path, ...],
    everything: bool,
    check: bool,
    to: tuple[str, ...],
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Write pictures for Instagram and Threads into the site. These networks fetch them from there.

    Run it before the site is built and deployed; `crosspost run` comes after. A picture that fits as it is stays alone.
    """
    if bool(files) == everything:
        raise ConfigError("say which posts (their files), or --all for those that may still go out")
    app = open_app(config, site, near=files[0] if files else None)
    if not check:
        refuse_writing(app, "pictures")
    networks = [app.network(name) for name in app.chosen(to)]
    rows, errors = _work(app, files, networks, check=check)
    if as_json:
        print_json({"pictures": rows, "errors": errors})
    for row in [] if as_json else rows:
        for line in beside(f"{row['state']:<8} {row['account']:<12} ", [row["path"]], columns()):
            click.echo(line)
    for error in [] if as_json else errors:
        complain(error)
    if not rows and not errors and not as_json:
        click.echo("No account needs a picture from the site for these posts.")
    return 1 if errors or any(row["state"] == "missing" for row in rows) else 0


def _work(
    app: "App", files: Sequence[Path], networks: Sequence[Any], *, check: bool
) -> tuple[list[dict[str, str]], list[str]]:
    """What was done for each picture, and what went wrong; one post never stops the others."""
    rows: list[dict[str, str]] = []
    errors: list[str] = []
    source = app.source()
    done = _done(app) if not files else set()
    for entry in _entries(source, files, errors):
        try:
            post: Post | None = None
            for network in networks:
                if (entry.id, network.account) in done or _skips(entry, network):
                    continue
                post = post or source.load(entry)
                rows += [_row(network, variant, check=check) for variant in _variants(network, post)]
        except CrosspostError as error:
            errors.append(str(error))
    return rows, errors


def _entries(source: Any, files: Sequence[Path], errors: list[str]) -> Iterator["Entry"]:
    if not files:
        yield from (entry for entry in source.scan() if entry.state == "ready")
    for file in files:
        try:
            entry: Entry = source.entry(file)
        except SourceError as error:
            errors.append(str(error))
            continue
        if entry.state == "refused":
            errors.append(entry.reason)
        else:  # a post for tomorrow needs its pictures today
            yield entry


def _skips(entry: "Entry", network: Any) -> bool:
    from crosspost.delivery.planner import skipped

    return skipped(entry, network.account, network.key)


def _variants(network: Any, post: "Post") -> tuple["Variant", ...]:
    """The pictures a post needs on the site for one account; none when it cannot go there anyway."""
    try:
        variants: tuple[Variant, ...] = network.variants(network.draft(post))
    except Unsupported:
        return ()
    return variants


def _row(network: Any, variant: "Variant", *, check: bool) -> dict[str, str]:
    state = "own" if variant.own else "there"
    if variant.missing:
        state = "missing" if check else "written"
        if not check:
            variant.write()
    return {"state": state, "account": network.account, "path": variant.path, "url": variant.url}


def _done(app: "App") -> set[tuple[str, str]]:
    """(post, account) pairs that need nothing more: out already, or older than the account."""
    if app.settings is None or no_ledger_yet(app):
        return set()
    ledger = open_ledger(app, read_only=True)
    try:
        return {(row.post, row.account) for row in ledger.deliveries(states=["sent", "before", "skipped"])}
    finally:
        ledger.close()
