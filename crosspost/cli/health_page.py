"""``--health``: the addresses at which a daemon or a worker says how it is."""

import contextlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli.common import now, site_name
from crosspost.errors import ConfigError
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.daemon import Health


#: a host, in brackets where it is a number of IPv6, and a port
_WHERE = lazy(r"(?:(?P<host>\[[0-9a-f:.]+\]|[^\[\]:]+):)?(?P<port>[0-9]{1,5})", re.IGNORECASE | re.ASCII)


class Where(click.ParamType[tuple[str, int]]):
    """``PORT`` on this machine alone, or ``HOST:PORT``."""

    name = "[HOST:]PORT"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """The host and the port."""
        found = _WHERE.fullmatch(value)
        if found is None or int(found["port"]) > 65535:
            self.fail(f"“{value}” is neither a port, such as 8787, nor an address, such as 0.0.0.0:8787", param, ctx)
        return (found["host"] or "127.0.0.1").strip("[]"), int(found["port"])


health_option = click.option(
    "--health",
    type=Where(),
    metavar="[HOST:]PORT",
    help="Say at http://127.0.0.1:PORT/health how it is, and how ready.",
)


@contextlib.contextmanager
def served(
    asked: tuple[str, int] | None,
    said: int,
    health: "Health",
    *,
    apps: "Callable[[], Sequence[tuple[str, App | ConfigError]]]",
    draining: Callable[[], bool],
    alive: Callable[[], bool],
) -> Iterator[None]:
    """Meanwhile say over HTTP how it is, when somebody wants to know.

    :param asked: host and port of the command
    :param said: the port of the config; 0: none
    :param apps: gives every site as it is now
    :param draining: whether it was told to end
    :param alive: whether its loop turns
    """
    if asked is None and not said:
        yield
        return
    from crosspost.app.monitoring import Metrics, Probes
    from crosspost.daemon.health_server import pages, serve

    host, port = asked or ("127.0.0.1", said)
    apps = named(apps)
    probes = Probes(apps, draining=draining, alive=alive)
    with contextlib.ExitStack() as stack:
        try:
            answers = pages(health, probes, Metrics(apps, lambda: probes.ready()[0]))
            real = stack.enter_context(serve(port, answers, host=host))
        except OSError as error:
            from crosspost.text.port_errors import sentence

            other = "--health PORT, or for a daemon `health` under [daemon]"
            raise ConfigError(sentence(host, port, error, instead=other)) from None
        click.echo(f"http://{f'[{host}]' if ':' in host else host}:{real}/health says how it is.")
        yield


def named(
    apps: "Callable[[], Sequence[tuple[str, App | ConfigError]]]",
) -> "Callable[[], Sequence[tuple[str, App | ConfigError]]]":
    """The same sites, each by its name in the config: figures of one that runs alone must not mix with another's."""
    return lambda: [(name if isinstance(app, ConfigError) else name or site_name(app), app) for name, app in apps()]


def every_site(config: Path | None, site: Path | None) -> "Callable[[], Sequence[tuple[str, App | ConfigError]]]":
    """Gives every site of the config as it is now; the one that is named, where one is."""
    from crosspost.app import loading

    return lambda: loading.load_each(
        config=config, site=site, environ=os.environ, clock=now, required=True, waits=False
    )
