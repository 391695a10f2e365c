"""``crosspost mcp``: for assistants."""

from pathlib import Path

import click

from crosspost.cli.common import open_app, places
from crosspost.errors import ConfigError


@click.command()
@places
def mcp(config: Path | None, site: Path | None) -> int:
    """Serve an assistant (Model Context Protocol), which proposes. It asks and answers over standard input and output.

    It can list, preview and plan, and propose a text, which a person approves. It publishes only what a person has
    approved, unless the config says otherwise. Assistants start this command: see `crosspost help assistants`.
    """
    try:
        from crosspost.mcp.server import make
    except ImportError:
        from crosspost.config.installer import adding

        raise ConfigError(f"`crosspost mcp` needs one more package: {adding('mcp')}") from None
    open_app(config, site, required=True)  # a mistake in the config is told here, where a person sees it
    make(lambda: open_app(config, site, required=True)).run("stdio")
    return 0
