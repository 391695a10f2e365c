"""Finds and reads the config, and finds the site: what a command needs before it can do anything."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from crosspost.app.application import App
from crosspost.app.installation import Clock
from crosspost.config import settings_file
from crosspost.config.credentials import Credentials
from crosspost.config.settings import Settings
from crosspost.errors import ConfigError, SourceError


def load(
    *,
    config: Path | None,
    site: Path | None,
    environ: Mapping[str, str],
    clock: Clock,
    near: Path | None = None,
    required: bool = False,
    whole: bool = False,
    fetch: bool = False,
) -> App:
    """Find the config and the site.

    :param config: ``--config``; None looks in the usual places
    :param site: ``--site``, a folder or the name of one of several sites; None takes the config's, else the site around
        ``near``, else the one around the current folder
    :param near: a file the command was given
    :param required: whether the command can do nothing without a config
    :param whole: whether it is about the installation: then of several sites it is the first, with every account
    :param fetch: whether posts that come from a git address are fetched anew; else they are where none are there yet
    :raises ConfigError: when there is no usable config or no site, or it is not said which of several
    """
    read, credentials = _config(config, site, environ, required=required)
    ways = _Ways(credentials, environ, clock, fetch=fetch)
    if read is not None and read.site_names:
        from crosspost.app.sites import site_choice

        if whole and site is None:
            return _whole(read, ways)
        return _one_of(read, site_choice.chosen(read, site, near), ways)
    return App(settings=read, site=site or _site(read, near, ways), credentials=credentials, clock=clock)


def load_each(
    *,
    config: Path | None,
    site: Path | None,
    environ: Mapping[str, str],
    clock: Clock,
    required: bool = False,
    fetch: bool = False,
    waits: bool = True,
) -> "list[tuple[str, App | ConfigError]]":
    """The site that is named, else every site of the config, in its order: its name, and the app or what is wrong.

    The name of the only site is "".

    :param fetch: see :func:`load`
    :param waits: whether the posts of several sites are waited for; else each is as it was fetched last, and
        :func:`crosspost.app.sites.arrivals.arriving` has the newest
    :raises ConfigError: when there is no usable config at all
    """
    read, credentials = _config(config, site, environ, required=required)
    ways = _Ways(credentials, environ, clock, fetch=fetch)
    if read is None or not read.site_names:
        return [("", App(settings=read, site=site or _site(read, None, ways), credentials=credentials, clock=clock))]
    if site is not None:
        from crosspost.app.sites import site_choice

        return [("", _one_of(read, site_choice.chosen(read, site, None), ways))]
    ways.waits = waits
    if waits:
        ways.go(read)
    found: list[tuple[str, App | ConfigError]] = []
    for name in read.site_names:
        try:
            found.append((name, _one_of(read, name, ways)))
        except ConfigError as error:
            found.append((name, error))
    return found


def with_newest_posts(app: App, environ: Mapping[str, str]) -> App:
    """The same site with the newest posts, where they come from a git address.

    :raises ConfigError: when none could be fetched yet
    """
    said = app.settings
    if said is None or not said.site.git:
        return app
    ways = _Ways(app.credentials, environ, app.clock, fetch=True)
    return App(settings=said, site=ways.folder(said), credentials=app.credentials, clock=app.clock)


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
    ways = _Ways(credentials, environ, clock, fetch=False)
    if read is None or not read.site_names:
        app = App(settings=read, site=site or _site(read, files[0], ways), credentials=credentials, clock=clock)
        return [(app, tuple(files))]
    from crosspost.app.sites import site_choice

    if site is not None:
        return [(_one_of(read, site_choice.chosen(read, site, None), ways), tuple(files))]

    by_site: dict[str, list[Path]] = {}
    wrong: list[tuple[App | ConfigError, tuple[Path, ...]]] = []
    for file in files:
        try:
            name = site_choice.chosen(read, None, file)
            read.of_site(name)
            by_site.setdefault(name, []).append(file)
        except ConfigError as error:
            wrong.append((error, (file,)))
    return [*((_one_of(read, name, ways), tuple(some)) for name, some in by_site.items()), *wrong]


class _Ways:
    """How the folder of a site is found, whose posts may have to be fetched first."""

    def __init__(self, credentials: Credentials, environ: Mapping[str, str], clock: Clock, *, fetch: bool) -> None:
        self.credentials, self.clock, self.waits = credentials, clock, True
        self._environ, self._fetch = environ, fetch

    def folder(self, said: Settings) -> Path:
        """The folder of a site.

        :raises ConfigError: when the config names no valid path, or no posts could be fetched yet
        """
        if not said.site.git:
            return said.beside(said.site.path)
        from crosspost.app.sites.site_folder import fetched_site

        found = fetched_site(said, self.credentials, self._environ)
        if not self.waits:
            return found.folder
        try:
            found.fetch(self.clock(), needed=not self._fetch, told=self._told(said))
        except SourceError as error:
            raise ConfigError(str(error)) from None
        return found.folder

    def _told(self, said: Settings) -> datetime | None:
        """When somebody last said that there is something new."""
        from crosspost.app import wake_file
        from crosspost.app.installation import Installation

        installation = Installation(said, said.file.parent, self.credentials, self.clock)
        return wake_file.woken(installation.main_ledger_file())

    def go(self, read: Settings) -> None:
        """Find the folders of all sites, those at the same time that may take long; what fails is told later."""
        said = [read.of_site(name) for name in read.site_names if name not in read.wrong_sites]
        if slow := [one for one in said if one.site.git]:
            from concurrent.futures import ThreadPoolExecutor

            from crosspost import tracing
            from crosspost.config.sites import MAIN

            with ThreadPoolExecutor(max_workers=8, thread_name_prefix="fetch") as pool:
                of_each = [pool.submit(tracing.carried(self.folder, site=one.name or MAIN), one) for one in slow]
                for done in of_each:
                    done.exception()


def _one_of(read: Settings, name: str, ways: _Ways) -> App:
    """The app of one site of several.

    :raises ConfigError: when something is wrong with it
    """
    try:
        mine = read.of_site(name)
        return App(settings=mine, site=ways.folder(mine), credentials=ways.credentials, clock=ways.clock)
    except ConfigError as error:
        error.site = name
        raise


def _whole(read: Settings, ways: _Ways) -> App:
    """The first site that can be used, with the accounts of all.

    :raises ConfigError: when something is wrong with each
    """
    usable = [name for name in read.site_names if name not in read.wrong_sites]
    ways.waits = False  # it is not about posts
    mine = read.of_site((usable or list(read.site_names))[0])
    mine = msgspec.structs.replace(mine, site=msgspec.structs.replace(mine.site, accounts=None))
    return App(settings=mine, site=ways.folder(mine), credentials=ways.credentials, clock=ways.clock)


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


def _site(read: Settings | None, near: Path | None, ways: _Ways) -> Path:
    from crosspost.sources.kinds import find_site, known
    from crosspost.sources.post_paths import missing

    if read is not None:
        folder = ways.folder(read)
        if not known(folder) and all(line[:1] in ("", "#") for line in map(str.strip, read.text.splitlines())):
            raise ConfigError(f"{read.file} says nothing yet; `crosspost init --force` writes it anew")
        return folder
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
        from crosspost.config.installer import adding

        raise ConfigError(f"[secrets] keyring = true needs one more package: {adding('keyring')}") from None
    get: Callable[[str, str], str | None] = keyring.get_password
    return get
