"""A command about every site of a config that has several, site after site; a mistake in one stops no other."""

import contextlib
import gc
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli import common, terminal
from crosspost.cli.layout import complain, each_warning_once, speak_of
from crosspost.errors import ConfigError, CrosspostError, SourceError

if TYPE_CHECKING:
    from crosspost.app.application import App

#: does what the command does for one site; gives its exit code
Body = Callable[..., int]
#: says of many sites what is to be seen at once; gives the exit code
Brief = Callable[["Sequence[tuple[str, App | ConfigError]]"], int]


def each_site(
    *, required: bool = True, alone: Sequence[str] = (), brief: "Brief | None" = None
) -> Callable[[Body], Body]:
    """Make a command of what is to be done with the app of one site.

    With ``--site NAME``, or where the config has one site only, it is as if there were no others. Else each site's part
    stands below a line with its name; JSON is one mapping, name → what the site has.

    :param required: whether it can do nothing without a config
    :param alone: the options with which it can be about one site only
    :param brief: what it says of so many sites that nobody reads a screenful of each
    """

    def made(body: Body) -> Body:
        @wraps(body)
        def command(*, config: Path | None, site: Path | None, **options: Any) -> int:
            from crosspost.app import loading

            found = loading.load_each(config=config, site=site, environ=os.environ, clock=common.now, required=required)
            if found[0][0] == "" and not isinstance(found[0][1], ConfigError):
                speak_of(common.site_name(found[0][1]))
                return body(found[0][1], **options)
            if one := next((name for name in alone if options.get(name)), ""):
                from crosspost.text.numbers import listed

                names = listed([name for name, _ in found])
                what = "" if one in ("wanted", "files") else f"--{one.removeprefix('as_')}: "
                raise ConfigError(f"{what}the config has several sites: name one with `--site NAME` ({names})")
            from crosspost.text.told_alike import FEW  # only a config with several sites needs it

            as_json, many = bool(options.get("as_json")), len(found) > FEW
            if brief is not None and many and not as_json:
                return brief(found)
            return one_by_one(*_with_their_accounts(found, body, options), as_json=as_json, many=many)

        return command

    return made


def _with_their_accounts(
    found: "list[tuple[str, App | ConfigError]]", body: Body, options: dict[str, Any]
) -> "tuple[list[tuple[str, App | ConfigError]], Callable[[App], int]]":
    """The sites that have the accounts which are named, and what is done for one of them with those it has."""
    key = next((name for name in ("to", "accounts") if options.get(name)), "")
    wanted: Sequence[str] = options.get(key, ())

    def mine(app: "App | ConfigError") -> tuple[str, ...]:
        if isinstance(app, ConfigError):
            return ()
        known = {name for account in app.accounts().values() for name in (account.name, account.network)}
        return tuple(name for name in wanted if name in known)

    kept = [(name, app) for name, app in found if mine(app)] if wanted else []

    def work(app: "App") -> int:
        return body(app, **(options | ({key: mine(app) or wanted} if key else {})))

    return kept or found, work


def of_files(
    files: Sequence[Path],
    work: "Callable[[App, tuple[Path, ...]], int]",
    *,
    config: Path | None,
    site: Path | None,
    required: bool = False,
    as_json: bool = False,
) -> int:
    """Do something with files, for each site the files that are in it; one that is in none stops no other.

    :param required: whether the command can do nothing without a config
    :returns: the exit code of all
    :raises ConfigError: when there is no usable config, or there is one site only and something is wrong with it
    """
    from crosspost.app import loading

    found = loading.load_for(files, config=config, site=site, environ=os.environ, clock=common.now, required=required)
    if len(found) == 1 and not isinstance(found[0][0], ConfigError):
        speak_of(common.site_name(found[0][0]))
        return work(found[0][0], tuple(files))
    codes, said = [], dict[str, Any]()
    for number, (app, some) in enumerate(found):
        with common.gathering_json(said, str(number)) if as_json else contextlib.nullcontext():
            codes.append(_told(app) if isinstance(app, ConfigError) else work(app, some))
    if as_json:
        common.print_json(_joined(list(said.values())))
    return worst(codes)


def _told(error: ConfigError) -> int:
    complain(str(error))
    return 2


def _joined(parts: Sequence[Any]) -> Any:
    """The JSON of several sites as one of them has it: lists one after the other."""
    if all(isinstance(part, list) for part in parts):
        return [row for part in parts for row in part]
    keys = dict.fromkeys(key for part in parts for key in part)
    return {key: [row for part in parts for row in part.get(key, ())] for key in keys}


def one_by_one(
    sites: "Iterable[tuple[str, App | ConfigError]]",
    work: "Callable[[App], int | None]",
    *,
    as_json: bool = False,
    quiet: bool = False,
    many: bool = False,
    told: dict[str, str] | None = None,
) -> int:
    """Do it for each site.

    :param work: gives the exit code; None when there was nothing to do, so that nothing was tried
    :param quiet: whether a site's name stands above its part only where something is said
    :param many: whether there are so many that what they say alike is said once
    :param told: for who does it again and again: name → what was last told to be wrong, which is not told again
    :returns: the exit code of all: that something failed goes before that something waits
    """
    codes: list[int] = []
    said: dict[str, Any] = {}
    from crosspost.cli import many_sites  # only a config with several sites needs it
    from crosspost.text.numbers import listed

    in_parts = many and not (as_json or quiet or terminal.logs())
    alike: dict[str, list[str]] | None = {} if many and not terminal.logs() else None
    with each_warning_once(), many_sites.parts() if in_parts else contextlib.nullcontext() as parts:
        for number, (name, app) in enumerate(sites):
            head = "" if as_json else f"{chr(10) if number and not quiet else ''}━━ {name}"
            headed = contextlib.nullcontext() if terminal.logs() else _below(head, quiet=quiet)
            with common.gathering_json(said, name) if as_json else parts.of(name) if parts is not None else headed:
                codes.append(_of_one(name, app, work, told if told is not None else {}, alike))
            gc.collect(1)  # what is left of a site may be half a megabyte, and a thousand of them may follow
        for text, names in (alike or {}).items():
            if names[1:]:
                complain(f"{listed(names[1:])}, too: {text}")
    if as_json:
        common.print_json(said)
    return worst(codes)


@contextlib.contextmanager
def _below(head: str, *, quiet: bool) -> Iterator[None]:
    """What is said meanwhile stands below a heading; with ``quiet`` there is none where nothing is said."""
    if not quiet:
        click.secho(head, bold=True)
        yield
        return
    kept = io.StringIO()
    try:
        with contextlib.redirect_stdout(kept):
            yield
    finally:
        if said := kept.getvalue():
            click.echo(f"{head}\n{said}", nl=False)


def _of_one(
    name: str,
    app: "App | ConfigError",
    work: "Callable[[App], int | None]",
    told: dict[str, str],
    alike: dict[str, list[str]] | None,
) -> int:
    """:param alike: where one sentence for several sites is written once: it → the sites that have had it"""
    from crosspost import tracing  # a config with one site has no use for it

    speak_of(name)
    try:
        with tracing.about(site=name):
            if isinstance(app, ConfigError):
                raise app
            code = work(app)
            if code is None:  # what was wrong may be wrong still
                return 0
            if told.pop(name, ""):
                click.echo(f"{name} works again.")
            return code
    except CrosspostError as error:
        if told.get(name) != str(error):
            from crosspost.text.told_alike import without_name

            before = [] if alike is None else alike.setdefault(without_name(name, str(error)), [])
            before.append(name)
            if len(before) == 1:
                complain_of(name, str(error))
        told[name] = str(error)
        if common.gathers_json():
            common.print_json({"error": str(error)})
        return 2 if isinstance(error, ConfigError | SourceError) else 1


def complain_of(name: str, text: str) -> None:
    """Write what went wrong with a site: its name stands before the sentence, and in a log in a field of its own."""
    from crosspost import tracing  # the same

    with tracing.about(site=name):
        complain(text if terminal.logs() else f"{name}: {text}")


def worst(codes: Iterable[int]) -> int:
    """The exit code of several: 1 (something failed), 2 (a config or site), 3 (something waits), 0."""
    every = set(codes)
    return next((code for code in (1, 2, 3) if code in every), max(every, default=0))
