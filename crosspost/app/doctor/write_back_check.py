"""What can be known beforehand of writing back: the file, the templates, the repository. Changes nothing."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosspost.app.doctor.checks import Finding, fail, ok
from crosspost.app.write_back import data_file, syndication_keys
from crosspost.app.write_back.repository import Repository
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.config.settings import SiteSettings

_ABOUT = "write-back"


def findings(app: "App") -> Iterator[Finding]:
    """Whether the next run could write where the posts went; nothing when that is not asked for."""
    if app.settings is None or (said := app.settings.site).write_back == "none":
        return
    if app.on_trial():
        yield ok(_ABOUT, "nothing is written into the site while every account is in the sandbox")
        return
    try:
        where = _where(app, said)
        git = ""
        if said.write_back_git:
            repository = Repository(app.site)
            if said.write_back == "data":
                repository.refuse_ignored(data_file.place(app.site, said.write_back_file))
            upstream = repository.upstream() if said.write_back_git == "push" else ""
            git = f", committed and pushed to {upstream}" if upstream else ", and committed"
    except CrosspostError as error:
        yield fail(_ABOUT, str(error), "see `crosspost help write-back`")
        return
    yield ok(_ABOUT, f"where posts went is written into {where}{git}")


def _where(app: "App", said: "SiteSettings") -> str:
    """:raises CrosspostError: when nothing can be written there"""
    if said.write_back == "front-matter":
        syndication_keys.check(said.write_back_fields)
        if not app.source().front_matter:
            raise ConfigError('write_back = "front-matter": this site\'s posts have none; `"data"` writes a file')
        return "each post's front matter"
    file = data_file.place(app.site, said.write_back_file)
    there = next(one for one in (file, *file.parents) if one.exists())
    if not os.access(there, os.W_OK):
        raise ConfigError(f"{there}: cannot be written; make it writable for this user")
    if file.exists() and not data_file.is_ours(file.read_bytes()):
        raise ConfigError(f"{file}: crosspost did not write it; move it away, or name another one in write_back_file")
    return str(file)
