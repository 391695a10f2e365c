"""The base class of every stand-in: routes, accounts, rate limits, faults."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, TypeVar

from crosspost.sandbox.core.faults import KINDS, Fault
from crosspost.sandbox.core.host import Host
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.store import Account, Post, Store

Route = Callable[..., Reply]
R = TypeVar("R", bound=Route)

NAMES = {"verein": "Verein Beispiel", "zweitkonto": "Zweitkonto"}
"""The accounts every network knows: name → display name."""


def route(method: str, path: str) -> Callable[[R], R]:
    """Mark a method as the answer to ``method path``; ``{name}`` in the path is one segment, passed by that name."""

    def mark(function: R) -> R:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
        routes = getattr(function, "routes", [])
        function.routes = [*routes, (method, re.compile(pattern + "/?"))]  # type: ignore[attr-defined] # kept on it
        return function

    return mark


@cache
def _routes(kind: type["StandIn"]) -> list[tuple[str, re.Pattern[str], str]]:
    """The marked methods of a class, by name; literal paths come before paths with placeholders."""
    marked = [
        (method, pattern, name) for name in dir(kind) for method, pattern in getattr(getattr(kind, name), "routes", [])
    ]
    return sorted(marked, key=lambda entry: entry[1].groups)


class StandIn(ABC):
    """A strict stand-in of one network with a memory.

    ``key`` is the network's name, ``publishes`` the request that publishes ("POST /path", ``*`` for one segment,
    `` | `` between two that both do): the place where a fault strikes unless it is told otherwise. ``own_faults`` are
    further kinds: name → (what it does, where it strikes).
    """

    key: ClassVar[str]
    name: ClassVar[str]
    publishes: ClassVar[str]
    paths: ClassVar[str]
    """A regular expression of the paths this network answers, matched from the beginning."""
    own_faults: ClassVar[dict[str, tuple[str, str]]] = {}
    asked_first: ClassVar[bool] = False
    """Whether it answers some of another network's paths, and so is asked before the others."""
    look: ClassVar[Look] = Look()
    """How the sandbox's pages show the network."""
    options: ClassVar[dict[str, Any]] = {}
    """The options of the sandbox for this network, with defaults."""

    def __init__(self, store: Store, settings: dict[str, Any]) -> None:
        if unknown := settings.keys() - self.options.keys():
            raise ValueError(f"{self.name} has no option {', '.join(sorted(unknown))}; it knows {list(self.options)}.")
        self.store = store
        self.settings = {**self.options, **settings}
        self._routes: list[tuple[str, re.Pattern[str], Route]] = [
            (method, pattern, getattr(self, name)) for method, pattern, name in _routes(type(self))
        ]
        for number, (name, display_name) in enumerate(NAMES.items(), start=1):
            store.accounts[self.key, name] = self.account(number, name, display_name)

    @abstractmethod
    def account(self, number: int, name: str, display_name: str) -> Account:
        """Make the account ``name`` with its tokens; ``number`` distinguishes a network's accounts (from 1)."""

    @abstractmethod
    def refusal(self, status: int, message: str) -> Reply:
        """An error in this network's own form."""

    @abstractmethod
    def rate_limited(self, retry_after: int, now: datetime) -> Reply:
        """This network's response to too many requests, until ``retry_after`` seconds have passed."""

    @abstractmethod
    def expired(self) -> Reply:
        """This network's response to an expired or revoked token."""

    @abstractmethod
    def environment(self, account: Account) -> dict[str, str]:
        """Environment variables with the account's tokens for crosspost."""

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """What a client needs for this account; ``settings`` are those its account in the config must have."""
        return {"base_url": base_url, "handle": account.handle, "credentials": dict(account.credentials)}

    def profiles(self, account: Account) -> tuple[str, ...]:  # noqa: ARG002 - most mail has no page of its own
        """The paths of an account's page, as on the real network."""
        return ()

    def start(self, sandbox: Host, near: int) -> None:  # noqa: B027 - most stand-ins have nothing to start
        """Open what this network listens on besides the sandbox's HTTP port; most have nothing.

        :param near: a good port number, 0 for any
        """

    def stop(self) -> None:  # noqa: B027 - the same
        """Stop listening; called only after :meth:`start`."""

    def answers(self, request: Request) -> bool:
        """Whether ``request`` belongs to this network; checked in the order of the registry."""
        return re.match(self.paths, request.path) is not None

    def path(self, request: Request) -> str:
        """The path as faults and the log name it: without a token, with the procedure where one path has them all."""
        return request.path

    def answer(self, request: Request) -> Reply:
        """Respond to one request; the store's lock is held, so a commit is atomic."""
        with self.store.lock:
            try:
                return self._route(request)
            except Refused as refused:
                return refused.reply
            except Malformed as malformed:
                return self.refusal(400, str(malformed))

    def _route(self, request: Request) -> Reply:
        allowed = False
        for method, pattern, function in self._routes:
            if match := pattern.fullmatch(request.path):
                if method == request.method:
                    return function(request, **match.groupdict())
                allowed = True
        return self.refusal(405 if allowed else 404, "Method not allowed" if allowed else "Record not found")

    def fault(self, kind: str, request: Request, fault: Fault) -> Reply | None:
        """The response of a fault that happens before anything is committed; None to continue."""
        answers: dict[str, Callable[[], Reply]] = {
            "429": lambda: self.rate_limited(fault.retry_after, request.now),
            "500-before": lambda: self.refusal(500, "Something went wrong"),
            "503-before": lambda: self.refusal(503, "Temporarily unavailable"),
            "html-503": lambda: Reply(503, b"<html><body><h1>Service Unavailable</h1></body></html>", "text/html"),
            "cut-before": lambda: Reply(0, dropped=True),
            "redirect": lambda: Reply(307, headers={"Location": f"http://elsewhere.example.org{request.path}"}),
            "expired-token": self.expired,
        }
        return answers[kind]() if kind in answers else None

    def kinds(self) -> dict[str, str]:
        """This network's faults and what they do."""
        return KINDS | {kind: what for kind, (what, _) in self.own_faults.items()}

    def own_posts(self, account: Account) -> list[Post]:
        """The account's posts, newest first."""
        return self.store.timeline(self.key, account.name)[::-1]


def instant(text: str | None) -> datetime | None:
    """Parse an RFC 3339 or Unix time (time zone aware); None when it is missing.

    :raises Malformed: when it is neither
    """
    if not text:
        return None
    try:
        moment = datetime.fromtimestamp(int(text), UTC) if text.isdecimal() else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise Malformed(f"{text} is not a time") from None
    if moment.tzinfo is None:
        raise Malformed(f"{text} has no time zone")
    return moment


def whole(text: str | None, default: int, low: int, high: int, name: str) -> int:
    """A whole number between ``low`` and ``high``.

    :raises Malformed: when it is not
    """
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or not low <= int(text[:9]) <= high:
        raise Malformed(f"The `{name}` query parameter value [{text}] is not between {low} and {high}")
    return int(text)


def only(names: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Those of ``names`` that are not ``allowed``, in order."""
    return sorted(set(names) - set(allowed))
