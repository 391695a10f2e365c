"""What the commands share: options, the app, and how results are shown."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from crosspost.cli import completing
from crosspost.cli.layout import speak_of
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery

F = TypeVar("F", bound=Callable[..., Any])
#: where JSON goes that is a part of more
_GATHERED: ContextVar[tuple[dict[str, Any], str] | None] = ContextVar("gathered", default=None)

config_option = click.option(
    "--config", type=click.Path(path_type=Path), metavar="FILE", help="The config file  [config/crosspost.toml]"
)
site_option = click.option(
    "--site", type=click.Path(path_type=Path), metavar="SITE", help="The site's folder, or its name in [sites.NAME]"
)
_ONLY = "Only this account or network (repeatable)."
to_option = click.option("--to", "to", multiple=True, metavar="ACCOUNT", help=_ONLY, shell_complete=completing.accounts)
account_option = click.option(
    "--account", "accounts", multiple=True, metavar="NAME", help=_ONLY, shell_complete=completing.accounts
)
files_argument = click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE...",
    shell_complete=completing.posts,
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask before the first real post of an account.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _log(context: click.Context, _: click.Parameter, wanted: str) -> None:
    """Write JSON from here on, also about mistakes in the other options."""
    if wanted == "json" and not context.resilient_parsing:
        from crosspost.cli import json_log

        json_log.begin(context.info_name or "")


log_option = click.option(
    "--log",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    is_eager=True,
    expose_value=False,
    callback=_log,
    help="With json, each thing that happens is a line of JSON on standard error.",
)


def places(command: F) -> F:
    """``--config`` and ``--site``, which every command takes."""
    return config_option(site_option(command))


def write_file(file: Path, text: str) -> None:
    """Write a file that was named in the command, UTF-8, line breaks as they are.

    :raises ConfigError: when it cannot be written
    """
    from crosspost.errors import ConfigError
    from crosspost.text.disk_space import remedy

    try:
        file.write_text(text, "utf-8", newline="")
    except OSError as error:
        why = error.strerror or error

        todo = remedy(error, "name another file")
        raise ConfigError(f"{printable(str(file))}: cannot be written: {why}; {todo}") from None


def confirmed(question: str) -> bool:
    """Ask a person for a yes; Enter alone is a no.

    :raises ConfigError: when nobody is there to answer
    """
    from crosspost.errors import ConfigError

    def read(answer: str) -> bool:
        if (word := answer.strip().casefold()) in ("y", "yes", "n", "no", ""):
            return word.startswith("y")
        raise click.UsageError("please answer yes or no")

    try:
        return bool(click.prompt(f"{question} [y/N]", default="n", show_default=False, value_proc=read))
    except click.Abort:
        if sys.stdin is not None and sys.stdin.isatty():
            raise  # who ended it knows why
        click.echo()
        raise ConfigError(f"nobody is there to answer “{question}”; give --yes") from None


def say(sentence: str, *, wrong: bool = False, out: TextIO | None = None) -> None:
    """A line of something that runs by itself, with its time; "Error: " or "Warning: " may stand before it.

    :param out: where it is written, instead of standard output as it is just now
    """
    from crosspost.cli.terminal import logs

    if logs():
        click.echo(sentence, file=out, err=wrong)  # its line has a time anyway
    else:
        click.echo(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {sentence}", file=out, err=wrong)


def now() -> datetime:
    """The clock of the commands."""
    return datetime.now(UTC)


def open_app(
    config: Path | None,
    site: Path | None,
    *,
    near: Path | None = None,
    required: bool = False,
    whole: bool = False,
    fetch: bool = False,
) -> "App":
    """Config, site and credentials for a command.

    :raises ConfigError: see :func:`crosspost.app.loading.load`
    """
    from crosspost.app import loading

    found = loading.load(
        config=config,
        site=site,
        environ=os.environ,
        clock=now,
        near=near,
        required=required,
        whole=whole,
        fetch=fetch,
    )
    speak_of(site_name(found))
    if site is not None:
        from crosspost.cli.terminal import only_about

        only_about(site_name(found))
    return found


def begin_traces(app: "App") -> None:
    """Tell OpenTelemetry what is done from now on, where the config wants it.

    :raises ConfigError: when a package is missing
    """
    if app.settings is None or not app.settings.telemetry.traces:
        return
    from crosspost.app.monitoring import traces
    from crosspost.cli.layout import complain

    traces.begin(app.settings, lambda sentence: complain(sentence, "Warning"))


def site_name(app: "App") -> str:
    """What a site of several is called; "" for the only one."""
    if app.settings is None or not app.settings.site_names:
        return ""
    from crosspost.config.sites import MAIN

    return app.settings.name or MAIN


def print_json(value: Any) -> None:
    """One JSON document on standard output, UTF-8 whatever the terminal's locale says."""
    import msgspec

    if (gathered := _GATHERED.get()) is not None:
        said, name = gathered
        said[name] = value
        return
    try:
        data = msgspec.json.encode(value)
    except UnicodeEncodeError:  # the name of a file that is no UTF-8
        data = msgspec.json.encode(_plain(msgspec.to_builtins(value)))
    text = msgspec.json.format(data, indent=2)
    sys.stdout.flush()
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()


def gathers_json() -> bool:
    """Whether what is printed as JSON now becomes a part of more."""
    return _GATHERED.get() is not None


@contextlib.contextmanager
def gathering_json(said: dict[str, Any], name: str) -> Iterator[None]:
    """What is printed as JSON meanwhile becomes a part of ``said``, under ``name``."""
    token = _GATHERED.set((said, name))
    try:
        yield
    finally:
        _GATHERED.reset(token)


def _plain(value: Any) -> Any:
    """The same with every text printable."""
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return printable(value) if isinstance(value, str) else value


def as_row(delivery: "Delivery", people: Sequence[str] = ()) -> dict[str, Any]:
    """A delivery as ``--json`` shows it.

    :param people: who may or may not have it, of those it writes to one by one
    """
    return {
        "delivery": delivery.id,
        "post": delivery.post,
        "account": delivery.account,
        "part": delivery.part,
        "state": delivery.state,
        "url": delivery.url,
        "error": delivery.error,
        "kept_until": delivery.kept_until,
        "warnings": list(delivery.draft.warnings) if delivery.draft is not None else [],
        "people_in_doubt": list(people),
    }
