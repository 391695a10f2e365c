"""The sandbox: one port on 127.0.0.1 on which every stand-in responds."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import unquote

from crosspost.sandbox import registry
from crosspost.sandbox.core.faults import AFTER, Fault, Faults, normal
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.http_server import Server
from crosspost.sandbox.core.standin import StandIn
from crosspost.sandbox.core.store import Clock, Store, as_json, utc_now
from crosspost.sandbox.pages import console

Log = Callable[[dict[str, Any]], None]


class Sandbox:
    """Strict stand-ins of the networks on 127.0.0.1, with a memory that lasts as long as they run.

    :param port: port to listen on; 0 takes a free one
    :param clock: gives the sandbox's time (with a zone), so that a test can let an hour pass
    :param tokens: ``random`` makes new tokens at every start, ``fixed`` always the same
    :param options: per network what its stand-in can be told, such as ``{"mastodon": {"flavour": "gotosocial"}}``
    :param pictures: a store of pictures whose folder ``public`` is served, for networks that fetch pictures; None: none
    :param log: called with every request (as in :attr:`requests`); tokens are never in it
    :raises ValueError: on an unknown network or option
    """

    def __init__(
        self,
        port: int = 0,
        *,
        clock: Clock = utc_now,
        tokens: Literal["random", "fixed"] = "random",
        options: Mapping[str, dict[str, Any]] | None = None,
        log: Log | None = None,
        pictures: Path | None = None,
    ) -> None:
        self._port = port
        self._log = log
        self._server: Server | None = None
        self._stopped = threading.Event()
        self._pauses = 0
        self.store = Store(clock, fixed_tokens=tokens == "fixed")
        self.store.shared = pictures
        self.networks: dict[str, StandIn] = registry.make(self.store, options or {})
        self.faults = Faults()
        self.requests: list[dict[str, Any]] = []
        """Every request to a network: method, path (without query), network, account, status, answered, fault, time."""
        self.errors: list[BaseException] = []
        """Bugs in the sandbox itself; a test may check that there are none."""

    # ── running ───────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> Self:
        """Listen and answer in the background.

        :raises OSError: when the port is taken
        """
        if self._server is None:
            self._stopped.clear()
            self._server = Server(self._port, self.answer, self.store.clock, self.errors.append)
            self._server.start()
            for network in self.networks.values():
                network.start(self, self._port + 1 if self._port else 0)
        return self

    def stop(self) -> None:
        """Close every connection and stop; what was posted can still be read from this object."""
        self._stopped.set()
        if self._server is not None:
            self._port = self._server.port
            for network in self.networks.values():
                network.stop()
            self._server.stop()
            self._server = None

    def pause(self, seconds: float) -> None:
        """Wait ``seconds``, or until the sandbox is stopped."""
        with self.store.lock:
            self._pauses += 1
        try:
            self._stopped.wait(seconds)
        finally:
            with self.store.lock:
                self._pauses -= 1

    def wait_idle(self, seconds: float = 30) -> bool:
        """Wait until what was asked so far has been answered, also when nobody is there any more to hear it.

        For tests that let hours pass by their clock: a request on its way is not one that takes hours.

        :returns: False when something is still under way after ``seconds``, such as a client that keeps its connection
        """
        until = time.monotonic() + seconds
        idle = self._server is None or self._server.wait_idle(seconds)
        while self._pauses and time.monotonic() < until:
            time.sleep(0.01)
        return idle and not self._pauses

    def note(self, entry: dict[str, Any]) -> None:
        """Add a request to :attr:`requests`, and log it."""
        with self.store.lock:
            self.requests.append(entry)
        if self._log is not None:
            self._log(entry)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until :meth:`stop` is called, at most ``seconds``; return whether it was."""
        return self._stopped.wait(seconds)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    # ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def url(self) -> str:
        """The base URL of every network: ``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._server.port if self._server else self._port}"

    def posts(self, network: str = "", *, deleted: bool = False) -> list[dict[str, Any]]:
        """The posts as ``GET /_sandbox/posts`` returns them, oldest first; deleted ones only when asked for."""
        with self.store.lock:
            posts = [p for p in self.store.posts if network in ("", p.network) and (deleted or not p.deleted)]
            return [as_json(post, self.url) for post in posts]

    def accounts(self, account: str = "verein") -> dict[str, dict[str, Any]]:
        """Per network: base URL, handle and credentials of ``account`` (``verein`` or ``zweitkonto``)."""
        return {key: n.access(self.store.accounts[key, account], self.url) for key, n in self.networks.items()}

    def describe(self) -> dict[str, Any]:
        """What ``crosspost sandbox --json`` prints: base URLs, tokens, and the environment variables for them."""
        environment: dict[str, str] = {}
        for key, network in self.networks.items():
            environment |= network.environment(self.store.accounts[key, "verein"])
        shared = self.store.shared
        pictures = {"store": str(shared), "public": f"{self.url}/_sandbox/public"} if shared is not None else {}
        return {
            "url": self.url,
            "page": f"{self.url}/",
            "networks": self.accounts(),
            "second_accounts": self.accounts("zweitkonto"),
            "env": environment,
            "pictures": pictures,
        }

    def requests_to(self, network: str, line: str = "") -> list[dict[str, Any]]:
        """The requests a network received, optionally only those whose "METHOD /path" is ``line``."""
        return [r for r in self.requests if r["network"] == network and line in ("", f"{r['method']} {r['path']}")]

    # ── disturbing ────────────────────────────────────────────────────────────────────────────────────────────────

    def fault(
        self,
        network: str,
        kind: str,
        times: int = 1,
        match: str = "",
        *,
        seconds: float = 1.0,
        retry_after: int = 60,
    ) -> Fault:
        """Order a fault for the next ``times`` requests that match (default: the network's publishing request).

        :param match: "METHOD /path" the request must have; ``*`` stands for one path segment
        :param seconds: how long the delays last
        :param retry_after: seconds after which a 429 says it is over
        :raises ValueError: on an unknown network or kind, or a number that makes no sense
        """
        if network not in self.networks:
            raise ValueError(f"There is no network {network!r} here; there are {', '.join(self.networks)}.")
        stand_in, kind = self.networks[network], normal(kind)
        if kind not in stand_in.kinds():
            raise ValueError(f"There is no fault {kind!r}; there are {', '.join(stand_in.kinds())}.")
        if times < 1 or not 0 <= seconds <= 3600 or retry_after < 0:
            raise ValueError("times must be at least 1, seconds between 0 and 3600, retry_after not negative.")
        place = match or stand_in.own_faults.get(kind, ("", stand_in.publishes))[1]
        order = Fault(network, kind, place, times, seconds, retry_after)
        self.faults.add(order)
        return order

    def reset(self) -> None:
        """Forget posts, pictures, faults, rate limits and the request log; the tokens stay valid."""
        with self.store.lock:
            self.store.clear()
            self.faults.clear()
            self.requests.clear()

    # ── answering ─────────────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, request: Request) -> Reply:
        """Answer one request: the sandbox's own pages, or the network the path belongs to with its pending faults."""
        page = console.answer(self, request)
        if page is not None:
            return page
        network = next((n for n in self.networks.values() if n.answers(request)), None)
        if network is None:
            return Reply.json({"error": "No network of the sandbox answers this path"}, 404)
        path = unquote(network.path(request))
        fault = self.faults.take(network.key, f"{request.method} {path}")
        reply = self._answer(network, request, fault)
        self.note(
            {
                "method": request.method,
                "path": path,
                "network": network.key,
                "account": request.account,
                "status": reply.status,
                "answered": not (reply.dropped or reply.half),
                "fault": fault.kind if fault else "",
                "time": request.now.isoformat(),
            }
        )
        return reply

    def _answer(self, network: StandIn, request: Request, fault: Fault | None) -> Reply:
        if fault is None:
            return network.answer(request)
        if fault.kind == "delay":
            self.pause(fault.seconds)
            return network.answer(request)
        try:
            instead = network.fault(fault.kind, request, fault)
        except Refused as refused:
            instead = refused.reply
        if instead is not None:
            return instead
        request.fault = fault.kind
        reply = network.answer(request)
        if fault.kind not in AFTER:
            return reply
        if reply.status >= 400:
            self.faults.give_back(fault)
            return reply
        return self._spoil(network, reply, fault)

    def _spoil(self, network: StandIn, reply: Reply, fault: Fault) -> Reply:
        """Apply a fault to the response of an accepted request."""
        if fault.kind == "500-after":
            return network.refusal(500, "Something went wrong")
        if fault.kind == "bad-json":
            return Reply(200, b'{"id": "11', headers=reply.headers)
        if fault.kind == "delay-after":
            self.pause(fault.seconds)
        reply.dropped = fault.kind == "cut-after"
        reply.half = fault.kind == "half-answer"
        return reply
