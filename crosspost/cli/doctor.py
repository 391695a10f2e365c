"""``crosspost doctor``: is everything as it should be, and what to do where it is not."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli.common import json_option, now, places, print_json
from crosspost.cli.layout import columns, padded, paragraph, wrapped
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.doctor.checks import Finding

#: width of the column of rooms and accounts
_ABOUT = 12
_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
@click.option("--offline", is_flag=True, help="Ask nobody: no network, no web site.")
@json_option
@places
def doctor(offline: bool, as_json: bool, config: Path | None, site: Path | None) -> int:
    """Check config, tokens, site, ledger, clock and schedule.

    Each line says ok, warn or fail and what to do. Nothing is sent. Ends with 1 when something failed.
    """
    found = []
    for finding in _findings(config, site, offline=offline):
        found.append(finding)
        if not as_json:
            _print(finding)
    failed = [finding for finding in found if finding.state == "fail"]
    if as_json:
        print_json({"ok": not failed, "findings": found})
    return 1 if failed else 0


def _findings(config: Path | None, folder: Path | None, *, offline: bool) -> Iterator["Finding"]:
    import os

    from crosspost.app import loading
    from crosspost.app.doctor import checks, responses, schedule, site, write_back

    try:
        app = loading.load(config=config, site=folder, environ=os.environ, clock=now, required=True)
        found, names = checks.config(app)
    except ConfigError as error:
        yield checks.fail("config", str(error))
        return
    yield from found
    if unusable := checks.secrets_file(app):
        yield unusable
    else:
        yield from checks.secrets(app, names)
        if not offline:
            yield from checks.accounts(app, names)
    yield from site.site(app, offline=offline)
    yield from write_back.findings(app)
    yield from responses.findings(app)
    yield from site.ledger(app)
    yield from schedule.schedule(app, os.environ)


def _print(finding: "Finding") -> None:
    state = click.style(f"{finding.state:<5}", fg=_COLOURS[finding.state])
    lead = f"{state} {padded(finding.about, _ABOUT)} "
    for line in wrapped(finding.said, columns(), first=lead, rest=" " * (_ABOUT + 7)):
        click.echo(line)
    if finding.todo:
        paragraph(finding.todo, first=f"{'':<{_ABOUT + 7}}→ ")
