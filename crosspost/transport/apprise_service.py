"""Any service Apprise knows, by one of its addresses.

Apprise talks to the network on its own, for as long as it likes, and its log knows the addresses with their tokens. So
it works in a process of its own, which gets the address on standard input, no other secret, and a deadline.

Sources: github.com/caronc/apprise, its 2.2.0 read and run; appriseit.com; checked 2026-11-27.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec

from crosspost.model.value import ready
from crosspost.text.lazy_pattern import lazy
from crosspost.transport.exchange import Exchange

#: seconds for starting a Python that imports Apprise
START = 15
_SCHEMA = lazy(r"([a-z][a-z0-9+.-]{0,20})://", re.IGNORECASE)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request of Apprise's. ``status`` is None when no complete response arrived."""

    method: str
    sent: bool
    status: int | None
    body: str = ""
    retry_after: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the library knows of a service, and what came of a message.

    ``service`` is its name, "" when the address is none; ``why`` a complaint in the library's words, without anything
    of the address. ``body`` and ``title`` are the most characters it takes, ``receivers`` whom the address names,
    ``retries`` how often the library would try again, ``splits`` whether it would send a long text in pieces.
    ``asked`` are connections that were asked for, ``connections`` those of them that may have been made.
    """

    service: str
    why: str = ""
    body: int = 0
    title: int = 0
    retries: int = 0
    receivers: int = 1
    splits: bool = False
    taken: bool = False
    asked: int = 0
    connections: int = 0
    requests: tuple[Request, ...] = ()

    def exchange(self) -> Exchange:
        """The exchange that decides whether the message is out, when it was not taken.

        With a single request that is this one. Of several, each of which may have sent something, all must have been
        refused, or never left; otherwise nobody knows. Where Apprise used something else than HTTP, only that every
        connection failed is certain.
        """
        never = not any(one.sent for one in self.requests) if self.requests else self.asked and not self.connections
        if never:
            return Exchange(method="SEND", url="", sent=False, failure=self.why)
        sent = [one for one in self.requests if one.sent]
        if not sent or (len(sent) > 1 and not all(_refused(one) for one in sent)):
            return Exchange(method="SEND", url="", sent=True, failure=self.why)
        last = sent[-1]
        headers = {"retry-after": last.retry_after} if last.retry_after else {}
        body = last.body.encode()
        return Exchange(
            method=last.method, url="", sent=True, status=last.status, headers=headers, body=body, failure=self.why
        )


def _refused(request: Request) -> bool:
    return request.status is not None and 400 <= request.status < 500 and request.status != 408


def schema(url: str) -> str:
    """The beginning of an Apprise address, which says which service it is; "" when it has none."""
    found = _SCHEMA.match(url)
    return found[1].lower() if found else ""


def ask(url: str, *, deadline: float, read: float, connect: float = 10, **message: str) -> Report:
    """Ask about an address; with ``title``, ``text`` and ``whole`` send a message by it, once.

    :param deadline: seconds for all of it, with :data:`START`
    :param read: seconds without a byte of an answer; ``connect``: seconds until a connection is established
    :raises TimeoutError: when the deadline has passed: the message may be out
    :raises ChildProcessError: when the program dies: the message may be out
    :raises OSError: when it cannot be started
    """
    order = {"url": url, "connect": connect, "read": read} | message
    try:
        done = subprocess.run(  # noqa: S603  # our own program, by this interpreter; the address is on its input
            # -P: our file names must not shadow what Apprise imports
            [sys.executable, "-P", str(Path(__file__).with_name("apprise_process.py"))],
            input=msgspec.json.encode(order),
            capture_output=True,
            timeout=deadline,
            env={name: value for name, value in os.environ.items() if not name.startswith("CROSSPOST_")},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"no answer within {deadline:g} seconds") from None
    return report(done.stdout, url)


def report(output: bytes, url: str) -> Report:
    """What the process printed, without anything that stands in the address.

    :raises ChildProcessError: when it printed nothing that can be read: it has died
    """
    try:
        told = msgspec.json.decode(output, type=ready(Report))
    except msgspec.DecodeError:  # also when a field is missing
        raise ChildProcessError("the program that talks to Apprise has died") from None
    requests = tuple(msgspec.structs.replace(one, body=redacted(one.body, url)) for one in told.requests)
    return msgspec.structs.replace(told, why=" ".join(redacted(told.why, url).split())[:300], requests=requests)


def redacted(text: str, url: str) -> str:
    """A text without anything that stands in an Apprise address."""
    _, *parts = re.split(r"[/:?&=@,#%\s]+", url)  # the first is the schema, which is not secret
    for part in (url, *sorted({part for part in parts if len(part) >= 4}, key=len, reverse=True)):
        text = text.replace(part, "***")
    return text


def unusual(told: Report) -> str:
    """Why an address cannot be used to say a post exactly once, with what to do; "" when it can."""
    if told.retries:
        return "the address has retry=, with which Apprise may send a message twice; leave retry= out"
    if told.receivers > 1:
        return (
            f"the address names {told.receivers} receivers, and when one of them fails nobody knows which; make an "
            "account for each"
        )
    if told.splits:
        return "the address has overflow=split, which sends one post as several messages; leave overflow= out"
    return ""
