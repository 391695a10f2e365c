"""Warnings of drafts that were sent, shown where cron and systemd keep them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from crosspost.app.post_warnings import remarks

if TYPE_CHECKING:
    from crosspost.ledger import Delivery


def say_remarks(deliveries: Iterable["Delivery"]) -> None:
    """Tell them, where cron and systemd keep it."""
    for said in remarks(deliveries):
        click.secho(f"Warning: {said}", fg="yellow", err=True)


def say_doubt(deliveries: Iterable["Delivery"]) -> None:
    """Where to read what a person does about deliveries that wait for them."""
    if any(row.state == "held" for row in deliveries):
        click.echo("\n`crosspost help doubt` explains what to do about a post that waits for you.")
