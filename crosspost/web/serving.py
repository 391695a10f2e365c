"""Serves the pages on a port, by ``crosspost web`` or beside the daemon."""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crosspost.app.monitoring import Metrics, Probes
from crosspost.errors import ConfigError
from crosspost.text import port_errors
from crosspost.web.guard import Address
from crosspost.web.sessions import Sessions
from crosspost.web.signing import folder_beside
from crosspost.web.users import Users
from crosspost.web.visitor import Authenticator, trusted

if TYPE_CHECKING:
    from types import FrameType

    from starlette.types import ASGIApp
    from uvicorn import Server

    from crosspost.app.application import App
    from crosspost.config.installation_settings import Web

#: how long a request in flight may take when the server ends (seconds)
_GRACE = 5


class Drain:
    """Whether a server was told to end, and only answers what still comes."""

    begun = False


class Serving:
    """A server and the socket it listens on.

    :param drain: is told when it is to end
    :param linger: seconds for which it answers on after SIGTERM, so that whoever sends people here learns of it
    """

    def __init__(self, server: "Server", bound: socket.socket, drain: Drain, linger: float) -> None:
        self._server, self._bound, self._drain, self._linger = server, bound, drain, linger

    def run(self) -> None:
        """Answer until told to end; in the main thread also by SIGTERM or Ctrl-C."""
        usual = self._server.handle_exit

        def end(sig: int, frame: "FrameType | None") -> None:
            if sig != signal.SIGTERM:
                usual(sig, frame)
            elif self._drain.begun:
                os._exit(128 + sig)  # the second one
            else:
                self._drain.begun = True
                later = threading.Timer(self._linger, self.end)
                later.daemon = True
                later.start()

        self._server.handle_exit = end  # type: ignore[method-assign]  # uvicorn's own has the process die by the signal
        with contextlib.suppress(KeyboardInterrupt):  # the server has ended by then: it is how a person ends it
            self._server.run(sockets=[self._bound])

    def end(self) -> None:
        """Answer what is in flight, then end."""
        self._drain.begun = True
        self._server.should_exit = True


def users_of(app: "App") -> Users:
    """The people who may log in to this installation, for every site."""
    return Users(folder_beside(app.main_ledger_file()) / "users.json")


def sessions_of(app: "App") -> Sessions:
    """The sessions and links of this installation."""
    return Sessions(folder_beside(app.main_ledger_file()), app.clock)


def place_of(host: str, port: int) -> str:
    """The address under which this machine finds the dashboard, without a slash at its end.

    :param host: where it listens

    >>> place_of("0.0.0.0", 8788), place_of("::1", 8788)
    ('http://127.0.0.1:8788', 'http://[::1]:8788')
    """
    name = "127.0.0.1" if host in ("0.0.0.0", "::", "localhost") else host  # noqa: S104  # nothing is bound here
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def link(app: "App", host: str, port: int) -> str:
    """An address that lets the person at this machine in, once."""
    return f"{place_of(host, port)}/enter?ticket={sessions_of(app).link()}"


@contextmanager
def served(
    load: "Callable[[], App]",
    *,
    host: str,
    port: int,
    load_site: "Callable[[str], App] | None" = None,
    draining: Callable[[], bool] = lambda: False,
    linger: float = 0,
) -> "Iterator[tuple[Serving, int]]":
    """A server that is ready to run, and its port.

    :param load: reads the config and gives the app
    :param port: 0 takes a free one
    :param load_site: gives the app of one site by its name, where the pages are about several; None: about one
    :param draining: whether the process it is in was told to end
    :param linger: see :class:`Serving`
    :raises ConfigError: when the extra is missing, the port is taken, or it would be open to others without a login
    """
    app = load()
    said, _ = _web(app)
    where, authenticator = _authenticator(app, host)
    try:
        import uvicorn

        from crosspost.web.monitoring import Operations

        pages = _pages(load, load_site, authenticator, Address.of(said.address, host))
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "crosspost":
            raise
        from crosspost.config.installer import adding

        raise ConfigError(f"the dashboard needs more packages: {adding('web')}") from None
    drain, apps = Drain(), _apps(load, several=load_site is not None)
    probes = Probes(apps, draining=lambda: drain.begun or draining())
    metrics = Metrics(apps, lambda: probes.ready()[0])
    bound = _bound(host, port, where)
    config = uvicorn.Config(
        Operations(pages, authenticator, probes, metrics), lifespan="off", ws="none", http="h11", log_config=None,
        access_log=False, server_header=False, proxy_headers=False, timeout_graceful_shutdown=_GRACE,
        limit_concurrency=100,
    )  # fmt: skip
    with bound:
        yield Serving(uvicorn.Server(config), bound, drain, linger), bound.getsockname()[1]


def _authenticator(app: "App", host: str) -> tuple[str, Authenticator]:
    """What names the host, a line of the config or an option; and who may come in.

    :raises ConfigError: when this machine does not have the host, or it would be open to others without a login
    """
    said, place = _web(app)
    where = f"{place('web', 'host')}: `host`" if host == said.host else "--host"
    _bound(host, 0, where).close()  # before anything else is said of a host that this machine does not have
    networks = trusted(said.proxy_networks, said.proxy_header, lambda key: place("web", key))
    users = users_of(app)
    if host not in ("127.0.0.1", "localhost", "::1") and not users.all():
        raise ConfigError(
            f"{host} can be reached from other machines, and nobody has a login yet: "
            "`crosspost web allow NAME` makes one"
        )
    return where, Authenticator(sessions_of(app), users, said.proxy_header, networks)


def _pages(
    load: "Callable[[], App]", load_site: "Callable[[str], App] | None", authenticator: Authenticator, address: Address
) -> "ASGIApp":
    """The pages of one site, or of several and about all of them."""
    from crosspost.web.all_sites import Everything
    from crosspost.web.asgi_app import every_site, site
    from crosspost.web.current_site import Current
    from crosspost.web.glances import Glances
    from crosspost.web.site_prefix import Pages, Sites

    if load_site is None:
        return site(Current(load), authenticator, address)

    def pages_of(name: str) -> Pages[Current]:
        current = Current(lambda: load_site(name))
        return Pages(site(current, authenticator, address), current, current.rest)

    def names() -> tuple[str, ...]:
        return settings.site_names if (settings := load().settings) is not None else ()

    def pages_of_all(current_of: "Callable[[str], Current]") -> "ASGIApp":
        glances = Glances(_apps(load, several=True))
        return every_site(Everything(names, current_of, glances), authenticator, address)

    return Sites(names, pages_of, pages_of_all, authenticator)


@contextmanager
def beside(
    load: "Callable[[], App]",
    *,
    host: str,
    port: int,
    load_site: "Callable[[str], App] | None" = None,
    draining: Callable[[], bool] = lambda: False,
) -> Iterator[int]:
    """Serve in a thread meanwhile, and give the port."""
    with served(load, host=host, port=port, load_site=load_site, draining=draining) as (server, real):
        thread = threading.Thread(target=server.run, name="web")
        thread.start()
        try:
            yield real
        finally:
            server.end()
            thread.join(_GRACE + 5)


def _apps(load: "Callable[[], App]", *, several: bool) -> "Callable[[], list[tuple[str, App | ConfigError]]]":
    """Gives every site as it is now: its name, and its app or what is wrong."""
    from crosspost.app.sites.site_choice import with_mistakes

    return (lambda: with_mistakes(load())) if several else (lambda: [("", load())])


def _web(app: "App") -> "tuple[Web, Callable[..., str]]":
    settings = app.settings
    if settings is None:
        raise ConfigError("there is no config file; `crosspost init` writes one")
    return settings.web, settings.place


def _bound(host: str, port: int, where: str) -> socket.socket:
    """A socket that listens; done here, so that a taken port is a sentence.

    :param where: the line or option that names the host
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        other = "--port (0 for a free one), or `port` under [web]"
        raise ConfigError(port_errors.sentence(host, port, error, instead=other, where=where)) from None
    return bound
