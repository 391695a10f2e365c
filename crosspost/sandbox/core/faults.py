"""Faults that can be ordered for the next matching requests between a client and a network."""

import re
from dataclasses import asdict, dataclass
from threading import RLock
from typing import Any

KINDS = {
    "delay": "waits `seconds`, then answers as usual",
    "delay-after": "commits, then waits `seconds` before it answers: what a client sees as a time-out",
    "429": "refuses with the network's own rate-limit answer; `retry_after` seconds until it is over",
    "500-before": "answers 500 and commits nothing",
    "500-after": "commits, then answers 500",
    "503-before": "answers 503 in the network's own form and commits nothing",
    "html-503": "answers 503 with a page of HTML and commits nothing",
    "cut-before": "closes the connection without an answer; nothing is committed",
    "cut-after": "commits, then closes the connection without an answer",
    "half-answer": "commits, sends half of the answer, then closes the connection",
    "bad-json": "commits, then answers 200 with something that is not JSON",
    "redirect": "answers 307 to another host and commits nothing",
    "expired-token": "refuses the token as expired",
}
"""The faults of all networks, and what they do. A stand-in may have more."""

_SYNONYMS = {
    "500-after-committing": "500-after",
    "500-before-committing": "500-before",
    "connection-cut-after-committing": "cut-after",
    "connection-cut-after": "cut-after",
    "connection-cut-before": "cut-before",
    "connection-cut": "cut-after",
    "rate-limit": "429",
    "rate-limited": "429",
    "token-expired": "expired-token",
}

AFTER = frozenset({"delay-after", "500-after", "cut-after", "half-answer", "bad-json"})
"""These happen to requests the network accepted; a refused request leaves them pending."""


@dataclass
class Fault:
    """One order: ``kind`` for the next ``times`` requests to ``network`` whose "METHOD /path" begins with ``match``.

    ``match`` may hold ``*`` for any run of characters but a slash, and alternatives with `` | `` between them.
    ``seconds`` belongs to the delays, ``retry_after`` (seconds) to 429.
    """

    network: str
    kind: str
    match: str
    times: int = 1
    seconds: float = 0.0
    retry_after: int = 60

    def matches(self, network: str, line: str) -> bool:
        """Whether this order concerns the request ``line`` ("METHOD /path")."""
        return self.times > 0 and self.network == network and meant(self.match, line)


def meant(match: str, line: str) -> bool:
    """Whether the request ``line`` ("METHOD /path") matches ``match``."""
    ways = ("[^/]*".join(re.escape(piece) for piece in way.split("*")) for way in match.split(" | "))
    return any(re.match(f"{way}/?$", line) for way in ways)


def normal(kind: str) -> str:
    """The name of a fault, in any of its spellings: ``500 after committing`` → ``500-after``."""
    name = re.sub(r"[\s_]+", "-", str(kind).strip().lower())
    return _SYNONYMS.get(name, name)


class Faults:
    """The pending orders, oldest first."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        with self._lock:
            self._pending.append(fault)

    def take(self, network: str, line: str) -> Fault | None:
        """The fault for this request, if any; each request uses it up once."""
        with self._lock:
            for fault in self._pending:
                if fault.matches(network, line):
                    fault.times -= 1
                    return fault
            return None

    def give_back(self, fault: Fault) -> None:
        """The fault did not happen, so it stays pending."""
        with self._lock:
            fault.times += 1

    def clear(self) -> None:
        """Forget every order."""
        with self._lock:
            self._pending.clear()

    def list(self) -> list[dict[str, Any]]:
        """The orders that are not used up."""
        with self._lock:
            self._pending = [fault for fault in self._pending if fault.times > 0]
            return [asdict(fault) | {"fault": fault.kind} for fault in self._pending]
