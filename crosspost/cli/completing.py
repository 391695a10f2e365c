"""What the Tab key offers: accounts, networks, posts, deliveries, topics. With a mistake in the config it is nothing.

Asked by a shell at every press of the key, so nothing is imported before it is needed, and nothing ever fails.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from crosspost.app.application import App

#: how many posts are offered at most, newest first
_POSTS = 50
Offers = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def _quiet(offer: Callable[[click.Context, str], Iterator["CompletionItem"]]) -> Offers:
    """For click; what a person has still to mend is told by the command, not here."""

    @wraps(offer)
    def offered(context: click.Context, _: click.Parameter, begun: str) -> "list[CompletionItem]":
        found: list[CompletionItem] = []
        with suppress(CrosspostError, OSError):
            found.extend(offer(context, begun))
        return found

    return offered


@_quiet
def accounts(context: click.Context, begun: str) -> Iterator["CompletionItem"]:
    """The accounts of the config, and the networks they are on."""
    known = _app(context).accounts()
    networks = {one.network: f"every account on {one.network}" for one in known.values()}
    yield from _beginning(begun, networks | {name: one.network for name, one in known.items()})


@_quiet
def networks(_: click.Context, begun: str) -> Iterator["CompletionItem"]:
    """Every network that is installed."""
    from crosspost.config import registry

    yield from _beginning(begun, dict.fromkeys(registry.names(), ""))


@_quiet
def topics(_: click.Context, begun: str) -> Iterator["CompletionItem"]:
    """The pages of the manual."""
    from crosspost.app import manual

    yield from _beginning(begun, {topic.name: topic.about for topic in manual.topics().values()})


@_quiet
def posts(context: click.Context, begun: str) -> Iterator["CompletionItem"]:
    """The site's posts by any part of their names, newest first; else files, as the shell completes them."""
    from click.shell_completion import CompletionItem

    folder = Path(begun).parent
    if not (os.sep in begun and folder.is_dir()):
        source = _app(context).source()
        paths = sorted((entry.path for entry in source.paths()), key=_name, reverse=True)
        found = [path for path in paths if begun.casefold() in _name(path).casefold()]
        yield from (CompletionItem(os.path.relpath(path)) for path in found[:_POSTS])
        if found:
            return
    yield CompletionItem(begun, type="file")


@_quiet
def waiting(context: click.Context, begun: str) -> Iterator["CompletionItem"]:
    """The numbers of deliveries that wait for a person."""
    yield from _deliveries(context, begun, "held", "unknown")


@_quiet
def failed(context: click.Context, begun: str) -> Iterator["CompletionItem"]:
    """The numbers of deliveries that failed."""
    yield from _deliveries(context, begun, "failed")


def _deliveries(context: click.Context, begun: str, *states: Any) -> Iterator["CompletionItem"]:
    from crosspost.app.ledger_access import ledger_to_look_at

    ledger = ledger_to_look_at(_app(context))
    if ledger is None:
        return
    try:
        rows = {str(row.id): f"{row.account}: {row.post}" for row in ledger.deliveries(states=[*states])}
    finally:
        ledger.close()
    yield from _beginning(begun, rows)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _app(context: click.Context) -> "App":
    """The config and the site that the line names so far, or that are found here."""
    from crosspost.app import loading

    config, site = context.params.get("config"), context.params.get("site")
    return loading.load(config=config, site=site, environ=os.environ, clock=lambda: datetime.now(UTC))


def _beginning(begun: str, known: dict[str, str]) -> Iterator["CompletionItem"]:
    from click.shell_completion import CompletionItem

    yield from (CompletionItem(name, help=about or None) for name, about in known.items() if name.startswith(begun))
