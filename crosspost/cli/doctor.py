"""``crosspost doctor``: is everything as it should be, and what to do where it is not."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli.common import json_option, now, places, print_json
from crosspost.cli.layout import columns, padded, paragraph, wrapped
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.doctor import Finding

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


def _findings(config: Path | None, site: Path | None, *, offline: bool) -> Iterator["Finding"]:
    import os

    from crosspost.app import doctor, doctor_schedule, doctor_site, loading
    from crosspost.app.responses import check as replies
    from crosspost.app.write_back import check

    try:
        app = loading.load(config=config, site=site, environ=os.environ, clock=now, required=True)
        found, names = doctor.config(app)
    except ConfigError as error:
        yield doctor.fail("config", str(error))
        return
    yield from found
    if unusable := doctor.secrets_file(app):
        yield unusable
    else:
        yield from doctor.secrets(app, names)
        if not offline:
            yield from doctor.accounts(app, names)
    yield from doctor_site.site(app, offline=offline)
    yield from check.findings(app)
    yield from replies.findings(app)
    yield from doctor_site.ledger(app)
    yield from doctor_schedule.schedule(app, os.environ)


def _print(finding: "Finding") -> None:
    state = click.style(f"{finding.state:<5}", fg=_COLOURS[finding.state])
    lead = f"{state} {padded(finding.about, _ABOUT)} "
    for line in wrapped(finding.said, columns(), first=lead, rest=" " * (_ABOUT + 7)):
        click.echo(line)
    if finding.todo:
        paragraph(finding.todo, first=f"{'':<{_ABOUT + 7}}→ ")
