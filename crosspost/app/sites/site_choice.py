"""Several sites under one config: which of them a command is about."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from crosspost.app.application import App
from crosspost.app.sites.site_folder import site_folder
from crosspost.config.settings import Settings
from crosspost.config.sites import MAIN, PAGES
from crosspost.errors import ConfigError, FileOfNoSite, NoSuchSite
from crosspost.text.near_names import nearest
from crosspost.text.numbers import listed
from crosspost.text.printable import printable


def chosen(read: Settings, site: Path | None, near: Path | None) -> str:
    """The name of the site that is meant: the one that is named, that a file is in, or the only one.

    :param site: ``--site``: a name, or the folder of one
    :param near: a file, or in a feed an address, the command was given
    :raises ConfigError: when it is open which, or a file is in none of them
    """
    names = read.site_names
    if site is not None:
        return _named(read, names, site)
    if len(names) == 1:
        return names[0]
    if near is not None and (found := of_file(read, near)):
        return found
    known = listed(names)
    if near is not None:
        raise FileOfNoSite(f"{printable(str(near))} is in none of the sites of {read.file} ({known})")
    raise ConfigError(f"{read.file} has several sites: say which is meant, with `--site NAME` ({known})")


def every_site(app: App) -> Iterator[App]:
    """The app of each site that can be used; the app itself where there is one site only."""
    said = app.settings
    if said is None or not said.site_names:
        yield app
        return
    for name in said.site_names:
        if name not in said.wrong_sites:
            yield _of_site(app, said, name)


def with_mistakes(app: App) -> "list[tuple[str, App | ConfigError]]":
    """Each site's name, and its app or what is wrong; the app itself with the name "" where there is one site only.

    Fetches no posts, and reads the config of a thousand sites no more than once.
    """
    said, found = app.settings, list[tuple[str, App | ConfigError]]()
    if said is None or not said.site_names:
        return [("", app)]
    for name in said.site_names:
        try:
            found.append((name, _of_site(app, said, name)))
        except ConfigError as error:
            error.site = name
            found.append((name, error))
    return found


def _of_site(app: App, said: Settings, name: str) -> App:
    mine = said.of_site(name)
    return App(mine, site_folder(mine), app.credentials, app.clock)


def pages(read: Settings) -> str:
    """The address of the dashboard's pages about a site, without a slash at the end; "" when the config names none."""
    address = read.web.address.rstrip("/")
    return f"{address}{PAGES}{read.name or MAIN}" if address and read.site_names else address


def of_file(read: Settings, file: Path) -> str:
    """The site that a file is in, or an address; of two folders, the inner one. "" when it is in none."""
    address, best, depth = str(file), "", -1
    if address.startswith(("https:/", "http:/")):
        host = urlsplit(address.replace(":/", "://", 1).replace(":///", "://")).hostname
        return next((name for name, hosts in _hosts(read).items() if host in hosts), "")
    here = Path(os.path.realpath(file))
    for name, folders in _with_short_posts(read).items():
        for folder in folders:
            top = Path(os.path.realpath(folder))
            if here.is_relative_to(top) and len(top.parts) > depth:
                best, depth = name, len(top.parts)
    return best


def _named(read: Settings, names: tuple[str, ...], site: Path) -> str:
    if str(site) in names:
        return str(site)
    if site.is_dir():
        wanted = os.path.realpath(site)
        if found := [name for name, folder in _folders(read).items() if os.path.realpath(folder) == wanted]:
            return found[0]
    near = nearest(str(site), names)
    hint = f"did you mean `{near}`?" if near else f"known: {listed(sorted(names))}"
    raise NoSuchSite(f"{read.file} has no site “{printable(str(site))}”; {hint}")


def _folders(read: Settings) -> dict[str, Path]:
    """Name → folder; a site whose config is wrong has none."""
    names = [name for name in read.site_names if name not in read.wrong_sites]
    return {name: site_folder(read.of_site(name)) for name in names}


def _with_short_posts(read: Settings) -> dict[str, tuple[Path, Path]]:
    """Name → its folder, and that of its short posts."""
    return {name: (folder, read.of_site(name).short_posts()) for name, folder in _folders(read).items()}


def _hosts(read: Settings) -> dict[str, set[str]]:
    """Name → the hosts that its config names."""
    every = ({MAIN: read.site} if MAIN in read.site_names else {}) | read.sites
    return {
        name: {host for address in (one.feed, one.url) if (host := urlsplit(address).hostname)}
        for name, one in every.items()
    }
