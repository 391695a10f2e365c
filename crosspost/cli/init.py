"""``crosspost init``: a commented config for the site that is there."""

import os
import shlex
from pathlib import Path
from typing import Any

import click

from crosspost.cli.common import now, places
from crosspost.config import registry
from crosspost.errors import ConfigError


@click.command()
@click.option("--sandbox", metavar="URL", help="A config for a running `crosspost sandbox`, tokens included.")
@click.option(
    "--account", "networks", multiple=True, metavar="NETWORK", help="Connect an account there at once (repeatable)."
)
@click.option("--force", is_flag=True, help="Write a new config where there is one; a copy of the old one is kept.")
@places
def init(sandbox: str | None, networks: tuple[str, ...], force: bool, config: Path | None, site: Path | None) -> int:
    """Write config/crosspost.toml for the site that is found, and connect your accounts.

    At a terminal it asks which networks you are on, and goes on as `crosspost accounts add` does. Tokens that are there
    are never overwritten.

    With --sandbox the config is config/crosspost.sandbox.toml, with an account on every network of the sandbox, and
    with secrets and a ledger of its own.
    """
    from crosspost.app.user_files import Kept
    from crosspost.cli.templates import config_text, secrets_text

    for name in networks:
        registry.load(name)  # a misspelt one is told before anything is written
    root = _site(site)
    described = _described(sandbox) if sandbox else None
    file = sandbox_file(config) if described else config or Path("config/crosspost.toml")
    secrets = file.with_name("secrets.sandbox.env")
    if file.exists() and not force:
        raise ConfigError(f"{file} exists already; --force writes a new one and keeps a copy of it")
    kept = Kept(now())
    known = facts(root)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if described:
            kept.write(secrets, secrets_text(described), private=True)
        copy = kept.write(file, config_text(os.path.relpath(root, file.parent), known, described))
    except OSError as error:
        raise ConfigError(f"{error.filename or file} cannot be written: {error.strerror}") from None
    _say_origins(root)
    click.echo(f"Wrote {file} for the site in {root}.")
    if copy is not None:
        click.echo(f"What it was before is in {copy}.")
    if described:
        _say_sandbox(file, secrets)
        return 0
    from crosspost.cli.first_accounts import connect_first

    return connect_first(file, root, networks)


def _say_sandbox(file: Path, secrets: Path) -> None:
    click.echo(
        f"The tokens of the sandbox are in {secrets}; it has a ledger of its own. Nothing goes to real networks."
    )
    click.echo(f"Then: crosspost preview FILE --config {shlex.quote(str(file))}")
    click.echo(f"  and crosspost FILE --config {shlex.quote(str(file))}")


def sandbox_file(config: Path | None) -> Path:
    """Where the sandbox's config goes: beside a real one, never over it."""
    from crosspost.cli.templates import SANDBOX

    if config is None:
        return Path("config/crosspost.sandbox.toml")
    try:
        rehearsal = not config.exists() or config.read_text("utf-8").startswith(SANDBOX)
    except (OSError, UnicodeDecodeError):
        rehearsal = False
    return config if rehearsal else config.with_name(f"{config.stem}.sandbox.toml")


def _site(site: Path | None) -> Path:
    from crosspost.sources.jekyll import find_site

    root = site if site is not None else find_site(Path.cwd())
    if root is None:
        raise ConfigError("this is no site: there is no _config.yml and no folder of dated posts; use --site DIR")
    if not root.is_dir():
        raise ConfigError(f"{root} is not a folder")
    return root


def facts(root: Path) -> dict[str, Any]:
    """What the site says about itself: title, url, lang, and how many posts there are."""
    from crosspost.sources.jekyll import JekyllSource

    source = JekyllSource(root, now=now())
    return {"title": source.title, "url": source.url, "lang": source.lang}


def _say_origins(root: Path) -> None:
    """Where the posts have their pictures and descriptions, and what looks misspelt."""
    from crosspost.app.origins import origins_of, slip_sentences
    from crosspost.sources.jekyll import JekyllSource
    from crosspost.sources.origins import summary

    source = JekyllSource(root, now=now())
    origins = origins_of(source, list(source.paths())).values()
    for said in summary(origins):
        if said:
            click.echo(f"{said[0].upper()}{said[1:]}.")
    for said in slip_sentences(source, origins):
        click.echo(f"Warning: {said}", err=True)


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
