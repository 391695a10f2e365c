"""``crosspost ledger pull`` and ``push``: the ledger on a branch, for machines that begin empty each time."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli.common import open_app, places
from crosspost.cli.layout import complain

if TYPE_CHECKING:
    from crosspost.app.ledger_branches.branch import LedgerBranch

_branch_option = click.option("--branch", default="crosspost-ledger", show_default=True, help="The ledger's branch.")


@click.command()
@_branch_option
@click.option("--by", metavar="TEXT", help="How a person finds this run  [the build service's address of it]")
@click.option("--looked", is_flag=True, help="You have looked what the run that died has sent; go on.")
@click.option(
    "--wait", type=click.FloatRange(min=0), default=0, metavar="SECONDS", help="Wait for a run that is at work."
)
@places
def pull(branch: str, by: str | None, looked: bool, wait: float, config: Path | None, site: Path | None) -> int:
    """Take the ledger from its branch in the site's git repository, for one run of a build service.

    Of several runs at once one gets it. Ends with 3, and takes nothing, while another run has it, when one died with
    it, and when the branch does not hold the newest ledger.
    """
    from crosspost.app.ledger_branches.branch import Held

    try:
        said = _carried(config, site, branch).pull(by or _this_run(), looked=looked, wait=wait)
    except Held as held:
        complain(str(held))
        return 3
    click.echo(said)
    return 0


@click.command()
@_branch_option
@places
def push(branch: str, config: Path | None, site: Path | None) -> int:
    """Bring the ledger back to its branch, also after a run that failed. May be called again.

    Ends with 3 when somebody changed the branch meanwhile: then what was sent is on a branch of its own.
    """
    from crosspost.app.ledger_branches.branch import Held

    try:
        said = _carried(config, site, branch).push()
    except Held as held:
        complain(str(held))
        return 3
    click.echo(said)
    return 0


def _carried(config: Path | None, site: Path | None, branch: str) -> "LedgerBranch":
    from crosspost.app.ledger_access import refuse_in_database
    from crosspost.app.ledger_branches.branch import LedgerBranch

    app = open_app(config, site, required=True)
    refuse_in_database(app, "which every machine reaches, so it need not be carried: leave this step out")
    assert app.settings is not None and app.settings.file is not None  # noqa: S101, PT018  # for the type checker
    return LedgerBranch(app.ledger_path(), app.settings.file.parent.absolute(), os.environ, branch=branch)


def _this_run() -> str:
    """The address of the build service's job; else this machine and process."""
    known = os.environ.get
    if address := known("CI_JOB_URL"):
        return address
    if known("GITHUB_RUN_ID"):
        # Forgejo counts the runs of a repository in their addresses, GitHub has an id
        run = known("GITHUB_RUN_NUMBER") if known("FORGEJO_ACTIONS") else known("GITHUB_RUN_ID")
        return f"{known('GITHUB_SERVER_URL')}/{known('GITHUB_REPOSITORY')}/actions/runs/{run}"
    from crosspost.app.ledger_access import machine

    return machine()
