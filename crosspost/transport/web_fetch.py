"""Fetches feeds and pages for the sources that read the web: guarded, and only what changed when they ask so."""

import socket
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urljoin, urlsplit

from crosspost.sources.feed.http_cache import Answer
from crosspost.transport.addresses import Resolve, judged
from crosspost.transport.exchange import Exchange
from crosspost.transport.session import Session, TransportError

MAX_REDIRECTS = 5
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.8, "
    "*/*;q=0.5"
)
_MOVED, _ELSEWHERE = (301, 308), (302, 303, 307)
_STATUS = {404: "there is nothing", 410: "it was removed for good", 401: "it asks for a login", 403: "forbidden",
           429: "asked too often"}  # fmt: skip


def fetch(
    url: str,
    headers: Mapping[str, str],
    *,
    session: Session,
    allowed_hosts: Collection[str] = (),
    resolve: Resolve = socket.getaddrinfo,
) -> Answer:
    """GET an address; raises nothing.

    Redirects are followed, also to another site, which is checked like the first address, but never from https back to
    http. Only public addresses are asked, see :func:`crosspost.transport.addresses.judged`.

    :param headers: such as ``If-None-Match``
    :param session: made by :func:`crosspost.transport.page_check.live_session`
    :param allowed_hosts: host names that may be in the local network
    """
    current, moved = url, url
    for _ in range(MAX_REDIRECTS + 1):
        problem, addresses = judged(current, allowed_hosts, resolve)
        if problem:
            return Answer(url=current, problem=problem)
        last, why = _asked(current, headers, session, addresses)
        if last is None or last.status is None:
            return Answer(url=current, problem=why or f"{url} does not answer")
        if last.status in (200, 304):
            return Answer(
                url=current,
                status=last.status,
                headers=last.headers,
                body=last.body,
                moved=moved if moved != url else "",
            )
        target = _target(current, last.headers.get("location", ""))
        if wrong := _not_followed(url, current, last.status, target):
            return Answer(url=current, status=last.status, problem=wrong)
        # "for good" ends where a redirect is only for now
        moved = target if last.status in _MOVED and moved == current else moved
        current = target
    return Answer(url=current, problem=f"{url} redirects more than {MAX_REDIRECTS} times")


def _not_followed(url: str, current: str, status: int, target: str) -> str:
    """Why an answer without a page leads nowhere; "" for a redirect that is followed.

    :param url: the address that was asked for first
    :param current: the one that answered
    :param target: where it redirects to; "" without an address that can be used
    """
    if status not in (*_MOVED, *_ELSEWHERE) or not target:
        return f"{url} answers {status}: {_STATUS.get(status, 'not what was asked for')}"
    if urlsplit(current).scheme == "https" and urlsplit(target).scheme != "https":
        return f"{url} redirects from https back to http"
    return ""


def _asked(
    url: str, headers: Mapping[str, str], session: Session, addresses: Sequence[str]
) -> tuple[Exchange | None, str]:
    """One request and its answer, whatever that is; and why there is none."""
    why = ""
    try:
        with session.pinned(addresses):
            session.get(url, headers={"Accept": _ACCEPT, **headers})
    except (TransportError, OSError, ValueError, LookupError) as error:
        why = str(error)  # it raises for a redirect too, but then there is a response
    return session.last, why


def _target(at: str, location: str) -> str:
    try:
        return urljoin(at, location.strip()).partition("#")[0] if location.strip() else ""
    except ValueError:
        return ""
