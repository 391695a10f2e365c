"""``crosspost run``: what cron calls. It imports what a run needs only when something may have to be done."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.app.running import idle_stamp
from crosspost.cli import common
from crosspost.cli.common import json_option, log_option, places, yes_option
from crosspost.cli.idle_answer import NOTHING_DUE
from crosspost.cli.layout import speak_of

if TYPE_CHECKING:
    from crosspost.app.application import App


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be sent; change nothing, ask nobody.")
@click.option("--backfill", is_flag=True, help="On a first run, send existing posts too.")
@click.option("--quiet", is_flag=True, help="Say nothing unless something was due.")
@click.option(
    "--accept-branch", is_flag=True, help="What git has checked out is the site, also where posts are missing."
)
@click.option("--verbose", is_flag=True, help="List every change of what is out, however many there are.")
@yes_option
@json_option
@log_option
@places
def run(  # one per option
    dry_run: bool,
    backfill: bool,
    quiet: bool,
    accept_branch: bool,
    verbose: bool,
    yes: bool,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Publish every new post once on each account. Safe to call as often as you like.

    On the first run existing posts are noted as old and not sent. When another run is at work this one leaves it alone.
    """
    begun, usual = time.time_ns(), not (dry_run or backfill or accept_branch or as_json)
    stamp = idle_stamp.place(os.environ, config, site) if usual else None
    if idle_stamp.still(stamp, common.now()):
        if not quiet:
            click.echo(NOTHING_DUE)
        return 0
    from crosspost.app import loading
    from crosspost.cli import run_reports
    from crosspost.cli.first_post_question import at_a_terminal
    from crosspost.cli.terminal import logs, only_about

    found = loading.load_each(
        config=config, site=site, environ=os.environ, clock=common.now, required=True, fetch=True, waits=False
    )

    def one(app: "App", stamp: Path | None, **shared: Any) -> int:
        if dry_run:
            return run_reports.dry_run(app, backfill=backfill, as_json=as_json)
        common.begin_traces(app)
        ask = not (yes or as_json or logs()) and at_a_terminal()
        return run_reports.run_and_show(
            app,
            run_reports.printer(app, as_json=as_json, ask=ask, verbose=verbose),
            as_json=as_json,
            quiet=quiet,
            backfill=backfill,
            accept_branch=accept_branch,
            stamp=stamp,
            begun=begun,
            **shared,
        )

    if found[0][0] == "" and not isinstance(found[0][1], Exception):
        speak_of(name := common.site_name(found[0][1]))
        only_about(name)
        if name and stamp is not None and idle_stamp.still(stamp, common.now(), found[0][1].said()):
            if not quiet:
                click.echo(NOTHING_DUE)
            return 0
        return one(found[0][1], stamp)
    from crosspost.cli import run_sites  # few configs have several

    stamps = (lambda name: idle_stamp.place(os.environ, config, Path(name))) if usual else None
    return run_sites.run(found, one, stamps=stamps, quiet=quiet, as_json=as_json, only_looks=dry_run)
