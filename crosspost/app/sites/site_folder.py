"""The folder a site's posts are in: the one its config names, or what was fetched from its git address."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.fetched.fetched_site import Failed, FetchedSite
    from crosspost.config.credentials import Credentials
    from crosspost.config.settings import Settings


def site_folder(said: "Settings") -> Path:
    """Where the posts of a site are now.

    :param said: the config, as this site has it
    :raises ConfigError: when the config names no valid path
    """
    if not said.site.git:
        return said.beside(said.site.path)
    return fetched_site(said).folder


def missing_folder(app: "App") -> str:
    """That a site's posts have no folder, with its line; "" when it is there, or they come from elsewhere."""
    said = app.settings
    if said is None or said.site.feed or said.site.git or app.site.is_dir():
        return ""
    from crosspost.app.sources import no_folder

    return f"{said.place('site', 'path')}: `path`: {no_folder(app.site)}"


def unfetched(app: "App") -> "Failed | None":
    """Why the newest posts of a git address are not here, and since when; None when they are, or come from a folder."""
    return fetched_site(app.settings).failed if app.settings is not None and app.settings.site.git else None


def refuse_writing(app: "App", what: str) -> None:
    """Refuse what would be written into a site that is only fetched: the next commit would take it away.

    :param what: what cannot be written, the beginning of a sentence
    :raises ConfigError: when the posts come from a git address
    """
    said = app.settings
    if said is not None and said.site.git:
        raise ConfigError(
            f"{what} cannot be written into the site: {said.place('site', 'git')} has its posts fetched from "
            f"{said.site.git}, and crosspost changes nothing there. Clone it yourself and name the folder as `path`"
        )


def fetched_site(
    said: "Settings", credentials: "Credentials | None" = None, environ: Mapping[str, str] = os.environ
) -> "FetchedSite":
    """The site as it was fetched."""
    from crosspost.app.fetched.fetched_site import FetchedSite

    ledger = said.beside(said.state.ledger or "state/ledger.sqlite3")
    return FetchedSite(said, ledger.parent, credentials, environ)
