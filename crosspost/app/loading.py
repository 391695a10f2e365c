"""Finds and reads the config, and finds the site: what a command needs before it can do anything."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from crosspost.app.application import App, Clock
from crosspost.config import settings_file
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
    whole: bool = False,
) -> App:
    """Find the config and the site.

    :param config: ``--config``; None looks in the usual places
    :param site: ``--site``, a folder or the name of one of several sites; None takes the config's, else the site around
        ``near``, else the one around the current folder
    :param near: a file the command was given
    :param required: whether the command can do nothing without a config
    :param whole: whether it is about the installation: then of several sites it is the first, with every account
    :raises ConfigError: when there is no usable config or no site, or it is not said which of several
    """
    read, credentials = _config(config, site, environ, required=required)
    if read is not None and read.site_names:
        from crosspost.app import site_choice

        if whole and site is None:
            return _whole(read, credentials, clock)
        return _one_of(read, site_choice.chosen(read, site, near), credentials, clock)
    return App(settings=read, site=site or _site(read, near), credentials=credentials, clock=clock)


def load_each(
    *, config: Path | None, site: Path | None, environ: Mapping[str, str], clock: Clock, required: bool = False
) -> "list[tuple[str, App | ConfigError]]":
    """The site that is named, else every site of the config, in its order: its name, and the app or what is wrong.

    The name of the only site is "".

    :raises ConfigError: when there is no usable config at all
    """
    read, credentials = _config(config, site, environ, required=required)
    if read is None or not read.site_names:
        return [("", App(settings=read, site=site or _site(read, None), credentials=credentials, clock=clock))]
    if site is not None:
        from crosspost.app import site_choice

        return [("", _one_of(read, site_choice.chosen(read, site, None), credentials, clock))]
    found: list[tuple[str, App | ConfigError]] = []
    for name in read.site_names:
        try:
            found.append((name, _one_of(read, name, credentials, clock)))
        except ConfigError as error:
            found.append((name, error))
    return found


def load_for(
    files: Sequence[Path],
    *,
    config: Path | None,
    site: Path | None,
    environ: Mapping[str, str],
    clock: Clock,
    required: bool = False,
) -> "list[tuple[App | ConfigError, tuple[Path, ...]]]":
    """The files by the site they are in, or why one is in none that can be used.

    :param required: whether the command can do nothing without a config
    :raises ConfigError: when there is no usable config, or there is one site only and something is wrong with it
    """
    read, credentials = _config(config, site, environ, required=required)
    if read is None or not read.site_names:
        app = App(settings=read, site=site or _site(read, files[0]), credentials=credentials, clock=clock)
        return [(app, tuple(files))]
    from crosspost.app import site_choice

    if site is not None:
        return [(_one_of(read, site_choice.chosen(read, site, None), credentials, clock), tuple(files))]

    by_site: dict[str, list[Path]] = {}
    wrong: list[tuple[App | ConfigError, tuple[Path, ...]]] = []
    for file in files:
        try:
            name = site_choice.chosen(read, None, file)
            read.of_site(name)
            by_site.setdefault(name, []).append(file)
        except ConfigError as error:
            wrong.append((error, (file,)))
    return [*((_one_of(read, name, credentials, clock), tuple(some)) for name, some in by_site.items()), *wrong]


def _one_of(read: Settings, name: str, credentials: Credentials, clock: Clock) -> App:
    """The app of one site of several.

    :raises ConfigError: when something is wrong with it
    """
    mine = read.of_site(name)
    return App(settings=mine, site=mine.beside(mine.site.path), credentials=credentials, clock=clock)


def _whole(read: Settings, credentials: Credentials, clock: Clock) -> App:
    """The first site that can be used, with the accounts of all.

    :raises ConfigError: when something is wrong with each
    """
    usable = [name for name in read.site_names if name not in read.wrong_sites]
    mine = read.of_site((usable or list(read.site_names))[0])
    mine = msgspec.structs.replace(mine, site=msgspec.structs.replace(mine.site, accounts=None))
    return App(settings=mine, site=mine.beside(mine.site.path), credentials=credentials, clock=clock)


def _config(
    config: Path | None, site: Path | None, environ: Mapping[str, str], *, required: bool
) -> tuple[Settings | None, Credentials]:
    """The config and the credentials.

    :raises ConfigError: when there is no usable config
    """
    file = settings_file.find(config, environ, site)
    if file is None and required:
        places = ", ".join(settings_file.DEFAULT_PLACES)
        raise ConfigError(
            f"there is no config file ({places}); `crosspost init --site DIR` writes one. See `crosspost help tutorial`"
        )
    read = settings_file.read(file) if file is not None else None
    keyring = _keyring() if read is not None and read.secrets.keyring else None
    secrets_file = read.beside(read.secrets.file) if read is not None else None
    return read, Credentials(environ, secrets_file, keyring, _commands(read))


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
    """Account → the command that prints its token; and the one that prints the key of renewed tokens."""
    if read is None:
        return {}
    found = {name: account.token_cmd for name, account in read.accounts.items() if account.token_cmd}
    return found | ({"tokens": {"key": read.secrets.key_cmd}} if read.secrets.key_cmd else {})


def _keyring() -> Callable[[str, str], str | None]:
    try:
        import keyring  # an extra
    except ImportError:
        from crosspost.config.installation import adding

        raise ConfigError(f"[secrets] keyring = true needs one more package: {adding('keyring')}") from None
    get: Callable[[str, str], str | None] = keyring.get_password
    return get
