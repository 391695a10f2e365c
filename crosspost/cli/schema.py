"""``crosspost schema``: what editors need to check and complete the config and a post's front matter."""

import json
from pathlib import Path
from typing import Any

import click

from crosspost.cli.common import open_app, places


@click.command()
@click.argument("file", metavar="config|front-matter", type=click.Choice(["config", "front-matter"]))
@places
def schema(file: str, config: Path | None, site: Path | None) -> int:
    """Print a JSON Schema, with which an editor checks your files. See `crosspost help editors`.

    `config` is for crosspost.toml, `front-matter` for a post; the latter knows the accounts of your config.
    """
    from crosspost.app.schemas.config_schema import config_schema
    from crosspost.app.schemas.front_matter_schema import front_matter_schema

    found = config_schema() if file == "config" else front_matter_schema(_accounts(config, site))
    click.echo(written(found), nl=False)
    return 0


def written(schema: dict[str, Any]) -> str:
    """A schema as a file has it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _accounts(config: Path | None, site: Path | None) -> dict[str, str] | None:
    """Account → network; None without a config."""
    import os

    from crosspost.config import settings_file

    if settings_file.find(config, os.environ, site) is None:
        return None
    app = open_app(config, site, required=True, whole=True)
    return {name: account.network for name, account in (app.settings.accounts if app.settings else {}).items()}
