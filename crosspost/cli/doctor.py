"""``crosspost doctor``: is everything as it should be, and what to do where it is not."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import json_option, now, places, print_json, site_name
from crosspost.cli.layout import columns, of_this_site, padded, paragraph, speak_of, wrapped
from crosspost.errors import ConfigError, CrosspostError, NoSuchSite

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.doctor.checks import Finding

    #: looks at one matter
    Check = Callable[[], Iterable[Finding]]

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
    from crosspost.app import loading
    from crosspost.app.doctor import checks

    try:
        found = loading.load_each(config=config, site=site, environ=os.environ, clock=now, required=True)
    except NoSuchSite:
        raise
    except ConfigError as error:
        return _show([checks.fail("config", str(error))], as_json=as_json)
    if found[0][0] == "":
        if not isinstance(found[0][1], ConfigError):
            speak_of(site_name(found[0][1]))
        return _show(_findings(found[0][1], offline=offline), as_json=as_json)
    from crosspost.cli.common import gathering_json
    from crosspost.cli.each_site import worst
    from crosspost.text.told_alike import FEW

    if len(found) > FEW and not as_json:
        return _of_many(found, offline=offline)
    codes, said = [], dict[str, Any]()
    for number, (name, app) in enumerate(found):
        speak_of(name)
        if not as_json:
            click.secho(f"{chr(10) if number else ''}━━ {name}", bold=True)
        with gathering_json(said, name) if as_json else nullcontext():
            codes.append(_show(_findings(app, offline=offline), as_json=as_json))
    if as_json:
        print_json(said)
    return worst(codes)


def _of_many(found: "Sequence[tuple[str, App | ConfigError]]", *, offline: bool) -> int:
    """Print only what is not well, each finding once with the sites that have it, those first that fail."""
    from msgspec.structs import replace

    from crosspost.text.numbers import listed
    from crosspost.text.told_alike import without_name

    sites: dict[Finding, dict[str, Finding]] = {}
    for name, app in found:
        speak_of(name)
        for one in map(_of_this_site, _findings(app, offline=offline)):
            if one.state != "ok":
                key = replace(one, said=without_name(name, one.said), todo=without_name(name, one.todo))
                sites.setdefault(key, {})[name] = one
    speak_of("")
    failing = {name for one, names in sites.items() if one.state == "fail" for name in names}
    noted = {name for names in sites.values() for name in names} - failing
    well = len(found) - len(failing) - len(noted)
    click.secho(f"{len(found):,} sites: {len(failing):,} fail, {len(noted):,} have warnings, {well:,} are well.\n")
    for finding, own in sorted(sites.items(), key=lambda row: row[0].state == "warn"):
        _print(finding if len(own) > 1 else next(iter(own.values())))
        names = "all of them" if len(own) == len(found) else listed(list(own))
        paragraph(f"({names})", first=f"{'':<{_ABOUT + 7}}")
    click.echo()
    paragraph("`crosspost doctor --site NAME` shows all that was looked at in one of them.")
    return 1 if failing else 0


def _of_this_site(one: "Finding") -> "Finding":
    from msgspec.structs import replace

    return replace(one, said=of_this_site(one.said), todo=of_this_site(one.todo))


def _show(findings: Iterable["Finding"], *, as_json: bool) -> int:
    """Print them as they come; gives the exit code."""
    found = []
    for one in findings:
        finding = _of_this_site(one)
        found.append(finding)
        if not as_json:
            _print(finding)
    failed = [finding for finding in found if finding.state == "fail"]
    if as_json:
        print_json({"ok": not failed, "findings": found})
    return 1 if failed else 0


def _findings(app: "App | ConfigError", *, offline: bool) -> Iterator["Finding"]:
    """What is found out about a site. A mistake is told once, by the check that comes upon it first."""
    from crosspost.text.mistakes import apart

    told: set[str] = set()
    for about, check in _checks(app, offline=offline):
        mistakes = set[str]()
        for one in _whatever_happens(about, check):
            said = set(apart(one.said))
            if not said <= told:
                yield one
            if one.state == "fail" or one.about == "config":
                mistakes |= said
        told |= mistakes


def _whatever_happens(about: str, check: "Check") -> Iterator["Finding"]:
    """The findings of a check; one that cannot go on is a finding, and stops no other check, and no other site."""
    from crosspost.app.doctor import checks

    try:
        yield from check()
    except CrosspostError as error:
        yield checks.fail(about, str(error))


def _checks(app: "App | ConfigError", *, offline: bool) -> Iterator[tuple[str, "Check"]]:
    """What is looked at of a site: what each check is about, and the check."""
    from crosspost.app.doctor import (
        checks,
        hook_check,
        picture_store_check,
        replies_file_check,
        schedule_check,
        site_check,
        token_store_check,
        write_back_check,
    )

    try:
        if isinstance(app, ConfigError):
            raise app
        found, names = checks.config(app)
    except ConfigError as error:
        wrong = [checks.fail("config", str(error))]
        yield "config", lambda: wrong
        return
    yield "config", lambda: found
    if unusable := checks.secrets_file(app):
        yield "secrets", lambda: [unusable]
    else:
        yield "secrets", lambda: checks.secrets(app, names)
        yield "secrets", lambda: token_store_check.findings(app)
        if not offline:
            yield "accounts", lambda: checks.accounts(app, names)
    yield "site", lambda: site_check.site(app, offline=offline)
    if not offline:
        yield "pictures", lambda: picture_store_check.findings(app)
    yield "write back", lambda: write_back_check.findings(app)
    yield "responses", lambda: replies_file_check.findings(app)
    yield "hook", lambda: hook_check.findings(app)
    yield "config", lambda: _of_no_site(app)
    yield "ledger", lambda: site_check.ledger(app)
    yield "schedule", lambda: schedule_check.schedule(app, os.environ)


def _print(finding: "Finding") -> None:
    state = click.style(f"{finding.state:<5}", fg=_COLOURS[finding.state])
    lead = f"{state} {padded(finding.about, _ABOUT)} "
    for line in wrapped(finding.said, columns(), first=lead, rest=" " * (_ABOUT + 7)):
        click.echo(line)
    if finding.todo:
        paragraph(finding.todo, first=f"{'':<{_ABOUT + 7}}→ ")


def _of_no_site(app: "App") -> Iterator["Finding"]:
    """What belongs to no single site; told once, with the first that can be used."""
    from crosspost.app.doctor import checks
    from crosspost.config.sites import MAIN

    said = app.settings
    if said is None:
        return
    names = said.site_names or (MAIN,)
    if (said.name or MAIN) != next(name for name in names if name not in said.wrong_sites):
        return
    told = " ".join(said.wrong_sites.values())
    yield from (checks.fail("config", why) for why in said.wrong_accounts.values() if why not in told)
    yield from _people(app, names)


def _people(app: "App", names: tuple[str, ...]) -> Iterator["Finding"]:
    """Who may see only sites that are not there."""
    from crosspost.app.doctor import checks
    from crosspost.web.serving import users_of
    from crosspost.web.users import lost_sites

    try:
        people = users_of(app).all()
    except ConfigError as error:
        yield checks.fail("dashboard", str(error))
        return
    for one in people.values():
        if lost := lost_sites(one, names):
            why = f"{one.name} may see {', '.join(lost)} in the dashboard, but the config has no such site"
            todo = f"name the sites that are there now: `crosspost web allow {one.name} --site NAME`"
            yield checks.warn("dashboard", why, todo)
