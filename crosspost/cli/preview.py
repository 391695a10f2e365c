"""``crosspost preview FILE…``: what would be said, on every account."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import json_option, open_house, open_ledger, places, print_json
from crosspost.errors import CrosspostError, LedgerError, MediaError, SourceError

if TYPE_CHECKING:
    from crosspost.assemble import House
    from crosspost.model import Draft, Entry, Post


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--to", "to", multiple=True, metavar="ACCOUNT", help="Only this account or network (repeatable).")
@json_option
@places
def preview(files: tuple[Path, ...], to: tuple[str, ...], as_json: bool, config: Path | None, site: Path | None) -> int:
    """Show what would be said on each account, exactly as it would be sent.

    Without a config it shows every known network with its defaults.
    """
    house = open_house(config, site, near=files[0])
    return show(house, files, house.chosen(to), as_json=as_json)


def show(house: "House", files: Sequence[Path], accounts: Sequence[str], *, as_json: bool) -> int:
    """Show the drafts of these files on these accounts; asks no network and changes nothing."""
    source = house.source()
    networks = _networks(house, accounts)
    shown, failed = [], False
    for file in files:
        try:
            entry: Entry = source.entry(file)
            if entry.state == "refused":
                raise SourceError(entry.reason)
            post = source.load(entry)
        except CrosspostError as error:
            failed = True
            click.echo(f"Error: {error}", err=True)
            continue
        drafts = [_account(network, post) for network in networks]
        _warn_of_repetitions(entry, networks, drafts)
        failed = failed or any(draft["error"] for draft in drafts)
        shown.append({"post": post.id, "path": post.path, "url": post.url, "accounts": drafts})
        if not as_json:
            _print(post, entry, drafts)
    if as_json:
        print_json(shown)
    return 1 if failed else 0


def _warn_of_repetitions(entry: "Entry", networks: Sequence[Any], drafts: Sequence[dict[str, Any]]) -> None:
    """Say where an account would be refused for saying what one before it says (see ``same_text_once``)."""
    from crosspost.compose.same import repetition, same_words

    heard: list[tuple[Any, str]] = []
    for network, draft in zip(networks, drafts, strict=True):
        skip = entry.overrides.for_account(network.account, network.key).skip
        if not network.able.same_text_once or draft["error"] or skip:
            continue
        same = [before for before, text in heard if before.key == network.key and same_words(text, draft["text"])]
        if same:
            draft["warnings"].append(repetition(network.name, network.account, same[0].account))
        else:
            heard.append((network, draft["text"]))


def _networks(house: "House", accounts: Sequence[str]) -> list[Any]:
    """Adapters that know what their servers allow, as far as the ledger has it from an earlier run."""
    networks = [house.network(name) for name in accounts]
    if house.settings is None or not house.ledger_path().exists():
        return networks
    try:
        ledger = open_ledger(house, read_only=True)
    except LedgerError:  # a preview needs no ledger; the standard limits do
        return networks
    for network in networks:
        network.identity = ledger.account(network.account).identity
    ledger.close()
    return networks


def _account(network: Any, post: "Post") -> dict[str, Any]:
    """One account's draft as ``--json`` shows it."""
    try:
        draft: Draft = network.draft(post)
    except CrosspostError as error:
        return _row(network, error=str(error))
    card = draft.card
    return _row(
        network,
        text=draft.text,
        length=draft.length,
        limit=draft.limit,
        unit=draft.unit,
        link=draft.link,
        card=None
        if card is None
        else {
            "url": card.url,
            "title": card.title,
            "description": card.description,
            "image": None if card.image is None else card.image.path or card.image.url,
        },
        images=[_picture(network, picture) for picture in draft.images],
        language=draft.language,
        lost=list(draft.lost),
        warnings=list(draft.warnings),
    )


def _row(network: Any, **known: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "text": "", "length": 0, "limit": network.allowed.text, "unit": network.allowed.unit, "link": "", "card": None,
        "images": [], "language": "", "lost": [], "warnings": [], "error": "",
    }  # fmt: skip
    return {"account": network.account, "network": network.key} | empty | known


def _picture(network: Any, picture: Any) -> dict[str, Any]:
    try:
        fitted = network.fitted(picture)
    except MediaError:
        return {"path": picture.path, "alt": picture.alt, "bytes": 0, "width": 0, "height": 0, "format": ""}
    return {
        "path": picture.path,
        "alt": picture.alt,
        "bytes": len(fitted.data),
        "width": fitted.width,
        "height": fitted.height,
        "format": fitted.format,
    }


def _print(post: "Post", entry: "Entry", drafts: list[dict[str, Any]]) -> None:
    click.secho(f"{post.title}", bold=True)
    click.echo(f"{post.path} → {post.url}")
    if entry.state == "skipped":
        click.secho(f"would not be sent: {entry.reason}", fg="yellow")
    for draft in drafts:
        click.echo()
        count = f"{draft['length']} of {draft['limit']} ({draft['unit']})"
        click.echo(f"── {click.style(draft['account'], bold=True)} ── {count} ".ljust(70, "─"))
        if draft["error"]:
            click.secho(f"✗ {draft['error']}", fg="red")
            continue
        click.echo(draft["text"])
        for image in draft["images"]:
            size = f"{image['width']}×{image['height']} {image['format']}, {image['bytes'] / 1000:.0f} kB"
            click.secho(f"[picture {Path(image['path']).name}, {size}] {image['alt'] or '(no alt text)'}", dim=True)
        for lost in draft["lost"]:
            click.secho(f"lost: {lost}", fg="yellow")
        for warning in draft["warnings"]:
            click.secho(f"warning: {warning}", fg="yellow")
    click.echo()
