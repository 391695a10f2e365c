"""``crosspost init``: a commented config for the site that is there."""

import os
from pathlib import Path
from typing import Any

import click

from crosspost.cli.common import now, places
from crosspost.errors import ConfigError


@click.command()
@click.option("--sandbox", metavar="URL", help="Point every account at a running `crosspost sandbox`, tokens included.")
@click.option("--force", is_flag=True, help="Overwrite an existing config and secrets file.")
@places
def init(sandbox: str | None, force: bool, config: Path | None, site: Path | None) -> int:
    """Write config/crosspost.toml and config/secrets.env for the site that is found.

    Both are full of comments; fill in the tokens, delete the accounts you do not have, then `crosspost preview FILE`.
    """
    file = config or Path("config/crosspost.toml")
    secrets = file.with_name("secrets.env")
    for path in (file, secrets):
        if path.exists() and not force:
            raise ConfigError(f"{path} exists already; --force overwrites it")
    root = _site(site)
    described = _described(sandbox) if sandbox else None
    from crosspost.cli.templates import config_text, secrets_text

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(config_text(os.path.relpath(root, file.parent), facts(root), described), "utf-8")
        secrets.unlink(missing_ok=True)
        with os.fdopen(os.open(secrets, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
            out.write(secrets_text(described))
    except OSError as error:
        raise ConfigError(f"{error.filename or file} cannot be written: {error.strerror}") from None
    _say_origins(root)
    click.echo(f"Wrote {file} for the site in {root}, and {secrets} (only you can read it).")
    if not described:
        click.echo(f"Next: write your tokens into {secrets}, remove accounts you do not have from {file}.")
    click.echo("Then: crosspost preview FILE")
    return 0


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
    from crosspost.cli.posts import origins_of, slip_sentences
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
