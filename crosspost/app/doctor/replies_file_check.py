"""What can be known beforehand of the file of replies: whether it can be written, and whether anybody would read it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.doctor.checks import Finding, fail, ok, warn
from crosspost.app.responses import replies_file
from crosspost.app.write_back import data_file
from crosspost.app.write_back.repository import Repository
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App

_ABOUT = "responses"


def findings(app: "App") -> Iterator[Finding]:
    """Whether replies can get onto the site's pages; nothing when that is not asked for."""
    if app.settings is None or not app.settings.responses.file:
        return
    try:
        if (file := replies_file.place(app)) is None:
            yield ok(_ABOUT, "no replies are written into the site while every account is in the sandbox")
            return
        _writable(file)
        if app.settings.site.write_back_git:
            Repository(app.site).refuse_ignored(file)
        folder = _data_folder(app)
    except CrosspostError as error:
        yield fail(_ABOUT, str(error), "see `crosspost help responses`")
        return
    if folder is not None and not file.resolve().is_relative_to(folder.resolve()):
        said = f"{file} is outside of {folder}, where the site's generator looks for data: no page would show a reply"
        yield warn(_ABOUT, said, f"set [responses] file to {folder.relative_to(app.site) / file.name}")
        return
    yield ok(_ABOUT, f"replies are written into {file}")


def _writable(file: Path) -> None:
    """:raises ConfigError: when the file cannot be written, or somebody else wrote it"""
    there = next(one for one in (file, *file.parents) if one.exists())
    if there.is_dir() == (there == file):
        raise ConfigError(f"{there}: is not a {'file' if there == file else 'folder'}; name another place in file")
    if not os.access(there, os.W_OK):
        raise ConfigError(f"{there}: cannot be written; make it writable for this user")
    if there == file and not replies_file.is_ours(file.read_bytes()):
        raise ConfigError(f"{file}: crosspost did not write it, so it is left alone; name another one in file")


def _data_folder(app: "App") -> Path | None:
    """Where the site's generator looks for data; None where that is not known."""
    from crosspost.sources.jekyll import JekyllSource

    source = app.source()
    config: object = source.site.config if isinstance(source, JekyllSource) else None
    if isinstance(config, dict) and isinstance(named := config.get("data_dir"), str) and named:
        return app.site / named
    try:
        return data_file.place(app.site, "").parent
    except ConfigError:
        return None
