"""Finds and reads the config, and finds the site: what a command needs before it can do anything."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from crosspost.app.application import App, Clock
from crosspost.config import settings
from crosspost.config.credentials import Credentials
from crosspost.config.settings import Settings
from crosspost.errors import ConfigError


def load(
    *,
    config: Path | None,
    site: Path | None,
    environ: Mapping[str, str],
    clock: Clock,
    near: Path | None = None,
    required: bool = False,
) -> App:
    """Find the config and the site.

    :param config: ``--config``; None looks in the usual places
    :param site: ``--site``; None takes the config's, else the site around ``near``, else the one around the
        current folder
    :param near: a file the command was given
    :param required: whether the command can do nothing without a config
    :raises ConfigError: when there is no usable config or no site
    """
    file = settings.find(config, environ, site)
    if file is None and required:
        places = ", ".join(settings.DEFAULT_PLACES)
        raise ConfigError(
            f"there is no config file ({places}); `crosspost init --site DIR` writes one. See `crosspost help tutorial`"
        )
    read = settings.read(file) if file is not None else None
    keyring = _keyring() if read is not None and read.secrets.keyring else None
    secrets_file = read.beside(read.secrets.file) if read is not None else None
    return App(
        settings=read,
        site=site or _site(read, near),
        credentials=Credentials(environ, secrets_file, keyring, _commands(read)),
        clock=clock,
    )


def _site(read: Settings | None, near: Path | None) -> Path:
    from crosspost.sources.kinds import find_site
    from crosspost.sources.post_paths import missing

    if read is not None:
        return read.beside(read.site.path)
    found = find_site(near if near is not None else Path.cwd())
    if found is None and near is not None and not os.path.lexists(near):
        raise ConfigError(missing(near))
    if found is None:
        raise ConfigError(
            "this is not a site: there is no _config.yml, no hugo.toml, no built pages and no folder of dated posts; "
            "name it with --site DIR"
        )
    return found


def _commands(read: Settings | None) -> dict[str, str | dict[str, str]]:
    """Account → the command that prints its token."""
    return {name: account.token_cmd for name, account in (read.accounts if read else {}).items() if account.token_cmd}


def _keyring() -> Callable[[str, str], str | None]:
    try:
        import keyring  # an extra
    except ImportError:
        from crosspost.config.installation import adding

        raise ConfigError(f"[secrets] keyring = true needs one more package: {adding('keyring')}") from None
    get: Callable[[str, str], str | None] = keyring.get_password
    return get
