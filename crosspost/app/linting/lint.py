"""Looks at a config and at posts as `crosspost doctor` and `crosspost preview` would; asks nobody, changes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from crosspost.app import loading
from crosspost.app.linting.findings import Finding, found, merged
from crosspost.app.origin_report import origins_of
from crosspost.app.page_gate import pages
from crosspost.app.preview_model import AccountPreview, look, with_repetitions
from crosspost.app.runner import check
from crosspost.config import settings_file
from crosspost.errors import ConfigError, CrosspostError, FileOfNoSite, LedgerError, NoSuchSite, SourceError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.installation import Clock
    from crosspost.model import Entry
    from crosspost.networks.base import Network
    from crosspost.sources.base import Source


def lint(
    files: Sequence[Path], *, config: Path | None, site: Path | None, environ: Mapping[str, str], clock: "Clock"
) -> list[Finding]:
    """Everything that would be refused or lost.

    :param files: posts, and the config; () for the config and every post that is not out yet
    :param config: ``--config``
    :param site: ``--site``
    :raises ConfigError: when there is neither a config nor a site to look at, or no site has the name that is given
    :raises SourceError: when the site cannot be read, and there is no config to blame
    """
    toml = [file for file in files if file.suffix == ".toml"]
    posts = [file for file in files if file.suffix != ".toml"]
    file = config or next(iter(toml), None) or settings_file.find(None, environ, site)
    try:
        apps: Sequence[tuple[App | ConfigError, Sequence[Path]]]
        if posts:
            apps = loading.load_for(posts, config=file, site=site, environ=environ, clock=clock)
        else:
            apps = [(app, ()) for _, app in loading.load_each(config=file, site=site, environ=environ, clock=clock)]
    except ConfigError as error:
        if file is None or isinstance(error, NoSuchSite):
            raise
        return found("error", "config", file, str(error))
    shown = [finding for app, mine in apps for finding in _of_site(app, file, mine, toml=bool(toml))]
    return merged(list(dict.fromkeys(shown)))  # what two sites share is told once


def _of_site(app: "App | ConfigError", file: Path | None, posts: Sequence[Path], *, toml: bool) -> Iterator[Finding]:
    """What is to be said of one site, and of the config as it has it.

    :param toml: whether the config is among the files that are asked for
    """
    if isinstance(app, FileOfNoSite):
        yield from (one for post in posts for one in found("error", "post", post, str(app)))
        return
    try:
        if isinstance(app, ConfigError):
            raise app
        findings = [*_config(app)]
    except ConfigError as error:
        if file is None:
            raise
        yield from found("error", "config", file, str(error))
        return
    if toml or not posts:
        yield from findings
    try:
        yield from [*_posts(app, posts, every=not posts and not toml)]
    except (ConfigError, SourceError) as error:  # the site cannot be read at all
        if file is None:
            raise
        yield from found("error", "config", file, str(error))


def _config(app: "App") -> Iterator[Finding]:
    if app.settings is None:
        return
    for part in (lambda: check(app, list(app.accounts())), app.schedules):
        try:
            part()
        except CrosspostError as error:
            yield from found("error", "config", app.settings.file, str(error))


def _posts(app: "App", files: Sequence[Path], *, every: bool) -> Iterator[Finding]:
    if not files and not every:
        return
    source = app.source()
    usable = [network for name in app.accounts() if (network := _usable(app, name)) is not None]
    entries = _to_go_out(app, source) if every else _named(source, files)
    seen: list[Entry] = []
    yield from _of_the_site(app, source)
    for file, entry in entries:
        if isinstance(entry, CrosspostError):
            yield from found("error", "post", file, str(entry))
            continue
        seen.append(entry)
        if entry.state == "refused":
            yield from found("error", "post", file, entry.reason)
        else:
            yield from (one for one in _drafts(app, source, file, entry, usable) if one.said not in source.warnings)
    yield from _misspelt(source, seen)


def _of_the_site(app: "App", source: "Source") -> Iterator[Finding]:
    """What is wrong with the site as a whole: each of its posts has it among its warnings, here it is told once."""
    for said in source.warnings:
        file = Path(said.partition(": ")[0])
        yield from found("warning", "loss", file if file.is_file() else app.site, said)


def _usable(app: "App", name: str) -> "Network | None":
    """The adapter; None for an account the config cannot describe, which is told there."""
    try:
        return app.network(name)
    except ConfigError:
        return None


def _named(source: "Source", files: Iterable[Path]) -> Iterator[tuple[Path, "Entry | CrosspostError"]]:
    for file in files:
        try:
            yield file, source.entry(file)
        except CrosspostError as error:
            yield file, error


def _to_go_out(app: "App", source: "Source") -> Iterator[tuple[Path, "Entry"]]:
    """Every post that is neither out nor older than the first run nor kept back by the site."""
    from crosspost.app.post_states import deliveries_of, state_of

    entries = list(source.scan())
    try:
        known = deliveries_of(app, entries)
    except LedgerError:  # such as in a build service, which has none
        known = {}
    for entry in entries:
        if state_of(entry, known.get(entry.id, ())) in ("ready", "refused"):
            yield Path(entry.path), entry


def _drafts(
    app: "App", source: "Source", file: Path, entry: "Entry", networks: Sequence["Network"]
) -> Iterator[Finding]:
    try:
        post = pages(app, None, source.load, asks=False).load(entry)
    except CrosspostError as error:
        yield from found("error", "post", file, str(error))
        return
    for shown in with_repetitions([look(one, post, entry, drawn=False) for one in networks]):
        if not shown.skipped:
            yield from _said(file, shown)


def _said(file: Path, shown: AccountPreview) -> Iterator[Finding]:
    account = shown.network.account
    for level, rule, message in (
        *((("error", "refused", shown.error),) if shown.error else ()),
        *(("warning", "loss", warning) for warning in shown.warnings),
    ):
        for one in found(level, rule, file, message.removeprefix(f"{account}: ")):
            yield msgspec.structs.replace(one, accounts=(account,))


def _misspelt(source: "Source", entries: Sequence["Entry"]) -> Iterator[Finding]:
    from crosspost.sources.field_origins import slips

    for slip in slips(origins_of(source, list(entries), ("ready", "refused")).values(), source.keys):
        for path in slip.paths:
            said = f"nothing reads the key “{slip.key}”; did you mean `{slip.meant}`?"
            yield from found("warning", "misspelt", Path(path), said)
