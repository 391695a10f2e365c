"""``crosspost init``: a commented config for the site that is there."""

import os
import shlex
from pathlib import Path
from typing import Any

import click

from crosspost.app.scheduling.schedulers import KINDS
from crosspost.cli import completing
from crosspost.cli.common import now, places
from crosspost.config import registry
from crosspost.errors import ConfigError


@click.command()
@click.option("--sandbox", metavar="URL", help="A config for a running `crosspost sandbox`, tokens included.")
@click.option(
    "--account",
    "networks",
    multiple=True,
    metavar="NETWORK",
    help="Connect an account there at once (repeatable).",
    shell_complete=completing.networks,
)
@click.option("--url", default="", metavar="URL", help="Where the site is on the web, when it does not say so itself.")
@click.option("--lang", default="", metavar="TAG", help="The language of the posts, likewise.")
@click.option("--timezone", default="", metavar="ZONE", help="The time zone, likewise.")
@click.option("--schedule", type=click.Choice([*KINDS, "none"]), help="What shall call crosspost; none: do not ask.")
@click.option("--force", is_flag=True, help="Write a new config where there is one; a copy of the old one is kept.")
@places
def init(  # one per option
    sandbox: str | None,
    networks: tuple[str, ...],
    url: str,
    lang: str,
    timezone: str,
    schedule: str | None,
    force: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Find the site, write the config, and connect your accounts. The config is config/crosspost.toml.

    The site is the one around this folder, or a folder in it. At a terminal it asks what the site does not say itself,
    then which networks you are on, and goes on as `crosspost accounts add` does. It ends with a preview of your newest
    post, and offers `crosspost schedule install`. Tokens that are there are never overwritten.

    With --sandbox the config is config/crosspost.sandbox.toml, with an account on every network of the sandbox, and
    with secrets and a ledger of its own.
    """
    from crosspost.cli import first_site
    from crosspost.cli.init_templates import config_text
    from crosspost.cli.layout import paragraph
    from crosspost.config.settings_file import KEPT_BACK

    for name in networks:
        registry.load(name)  # a misspelt one is told before anything is written
    root = first_site.find(site)
    described = _described(sandbox) if sandbox else None
    file = sandbox_file(config) if described else config or first_site.config_file(root)
    secrets = file.with_name("secrets.sandbox.env")
    if file.exists() and not force:
        raise ConfigError(f"{file} exists already; --force writes a new one and keeps a copy of it")
    first_site.show(root)
    chosen = first_site.missing(root, {"url": url, "lang": lang, "timezone": timezone}) if described is None else {}
    known = facts(root) | {"chosen": chosen}
    copy = _write(file, config_text(os.path.relpath(root, file.parent), known, described), secrets, described)
    click.echo(f"Wrote {file} for the site in {first_site.in_words(root)}.")
    if config is None and file.match(KEPT_BACK):
        paragraph("Its folder begins with _, so Jekyll does not copy it onto the web, where all could read the tokens.")
    if copy is not None:
        click.echo(f"What it was before is in {copy}.")
    first_site.keep_out_of_git(file)
    if described:
        _say_sandbox(file, secrets)
        return 0
    from crosspost.cli.first_accounts import connect_first

    first_site.warn_of_publishing(root, file)
    return connect_first(file, root, networks, schedule)


def _write(file: Path, config: str, secrets: Path, sandbox: dict[str, Any] | None) -> Path | None:
    """Write the config, and the secrets of the sandbox; the copy of a config that was there before.

    :raises ConfigError: when they cannot be written
    """
    from crosspost.app.user_files import Kept
    from crosspost.cli.init_templates import secrets_text

    kept = Kept(now())
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if sandbox:
            kept.write(secrets, secrets_text(sandbox), private=True)
        return kept.write(file, config)
    except OSError as error:
        raise ConfigError(f"{error.filename or file} cannot be written: {error.strerror}") from None


def _say_sandbox(file: Path, secrets: Path) -> None:
    click.echo(
        f"The tokens of the sandbox are in {secrets}; it has a ledger of its own. Nothing goes to real networks."
    )
    click.echo(f"Then: crosspost preview FILE --config {shlex.quote(str(file))}")
    click.echo(f"  and crosspost FILE --config {shlex.quote(str(file))}")


def sandbox_file(config: Path | None) -> Path:
    """Where the sandbox's config goes: beside a real one, never over it."""
    from crosspost.cli.init_templates import SANDBOX

    if config is None:
        return Path("config/crosspost.sandbox.toml")
    try:
        rehearsal = not config.exists() or config.read_text("utf-8").startswith(SANDBOX)
    except (OSError, UnicodeDecodeError):
        rehearsal = False
    return config if rehearsal else config.with_name(f"{config.stem}.sandbox.toml")


def facts(root: Path) -> dict[str, Any]:
    """What the site says about itself: title, url, lang; and what kind it is."""
    from crosspost.cli.first_site import source_of
    from crosspost.sources.kinds import kind_of

    source = source_of(root)
    return {"title": source.title, "url": source.url, "lang": source.lang, "kind": kind_of(root)}


def _described(url: str) -> dict[str, Any]:
    """What a running sandbox says about itself: base URLs, tokens."""
    import requests

    try:
        answer = requests.get(f"{url.rstrip('/')}/_sandbox/accounts", timeout=5, allow_redirects=False)
        answer.raise_for_status()
        described = answer.json()
    except (requests.RequestException, ValueError):
        raise ConfigError(f"there is no sandbox at {url}; `crosspost sandbox` starts one") from None
    if not isinstance(described, dict) or "networks" not in described:
        raise ConfigError(f"what answers at {url} is not a crosspost sandbox")
    return described
