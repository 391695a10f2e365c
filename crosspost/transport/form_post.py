"""Sends a form to an address that a page or a feed names, and so to nothing in a private network."""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from crosspost.transport.addresses import Resolve, judged
from crosspost.transport.exchange import Exchange
from crosspost.transport.session import Session, TransportError

#: redirects that are followed
MOVES = 3


class Posted(NamedTuple):
    """What came of it.

    ``last`` is the last answer; None when nothing was asked, which ``forbidden`` says why, and when it ``circles``: it
    was redirected more than :data:`MOVES` times. ``location`` is where the answer points, absolute, ``reason`` why
    there is no answer.
    """

    last: Exchange | None = None
    location: str = ""
    reason: str = ""
    forbidden: str = ""
    circles: bool = False


def post_form(
    address: str,
    fields: Mapping[str, str],
    *,
    session: Session,
    allowed_hosts: Collection[str],
    resolve: Resolve,
    schemes: Collection[str] = ("http", "https"),
) -> Posted:
    """POST a form, also where the address says it is now (307 and 308 keep a POST a POST, RFC 9110 15.4).

    Raises nothing. To do it twice must do no harm.

    :param allowed_hosts: host names that may be in a private network
    :param resolve: as for :func:`crosspost.transport.addresses.judged`
    :param schemes: those that it may be sent to, wherever a redirect leads; allowed hosts are excepted
    """
    current = address
    for _ in range(MOVES + 1):
        problem, addresses = judged(current, allowed_hosts, resolve)
        parts = urlsplit(current) if not problem else None
        if parts is not None and parts.scheme not in schemes and parts.hostname not in allowed_hosts:
            problem = f"{current} is without https"
        if problem:
            return Posted(forbidden=problem)
        reason = ""
        try:
            with session.pinned(addresses):
                session.post(current, data=dict(fields), headers={"Accept": "*/*"})
        except (TransportError, OSError, ValueError, LookupError) as error:
            reason = str(error)
        last = session.last
        location = joined(current, last.headers.get("location", "")) if last is not None else ""
        if last is None or last.status not in (307, 308) or not location:
            return Posted(last=last, location=location, reason=reason or f"{current} does not answer")
        current = location
    return Posted(circles=True)


def words(last: Exchange) -> str:
    """What an answer says in plain text, in one short line after a colon; an HTML page says too much."""
    if not re.match(r"(?i)\s*text/plain\b", last.headers.get("content-type", "")):
        return ""
    text = " ".join(last.body[:1000].decode("utf-8", "replace").split())[:200]
    return f": {text}" if text.isprintable() and text else ""


def joined(base: str, location: str) -> str:
    """Where a ``Location`` leads, absolute; "" when that is not on the web."""
    try:
        found = urljoin(base, location.strip()) if location.strip() else ""
    except ValueError:
        return ""
    return found if found.startswith(("http://", "https://")) and len(found) <= 2000 else ""
