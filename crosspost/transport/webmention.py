"""Tells another site that one of our pages links to it: a webmention (w3.org/TR/webmention, section 3.1)."""

import re
import socket
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Literal
from urllib.parse import urljoin

import msgspec

from crosspost.markup.web_links import endpoint_in_header, endpoint_in_page
from crosspost.model import Value
from crosspost.transport import page_check
from crosspost.transport.addresses import Resolve, judged
from crosspost.transport.exchange import Exchange
from crosspost.transport.rate_limits import retry_at
from crosspost.transport.session import USER_AGENT, Session, TransportError

#: bytes of an answer; a longer one is not a page that anybody reads
_LARGEST = 3_000_000
#: status codes worth a retry, besides those of 500 and more
_AGAIN = frozenset((408, 425, 429))
#: redirects that are followed to a target, and to an endpoint
_REDIRECTS, _MOVES = 10, 3
#: in what the session says of an answer above the limit, and in what is said of a name that cannot be found now
_TOO_LONG, _NO_NAME = "longer than", "(DNS)"


class Told(Value, frozen=True, kw_only=True):
    """How it ended. ``again`` is for later, ``none``: the target takes no webmentions, or cannot be read.

    ``endpoint`` is the address that was found, ``status_url`` where its fate can be seen. ``why`` is a clause for
    people; ``at`` is when the other server wants to be asked again, if it says so.
    """

    state: Literal["sent", "none", "refused", "again"]
    endpoint: str = ""
    status_url: str = ""
    why: str = ""
    at: datetime | None = None


def webmention_session() -> Session:
    """A session with short time-outs, which says what it is for, as the recommendation asks."""
    session = Session(connect_timeout=5, read_timeout=10, deadline=15, max_answer=_LARGEST, slashes=False)
    session.headers["User-Agent"] = f"{USER_AGENT} (Webmention)"
    return session


def tell(
    source: str,
    target: str,
    *,
    session: Session,
    now: datetime,
    allowed_hosts: Collection[str] = (),
    resolve: Resolve = socket.getaddrinfo,
) -> Told:
    """Look where the target takes webmentions, and send it there; raises nothing.

    To do it twice does no harm. No address in a private network is asked or sent to, whatever leads there.

    :param source: the address of our page, which has a link to the target
    :param target: exactly as in the link
    :param session: made by :func:`webmention_session`
    :param now: with a time zone
    :param allowed_hosts: host names that may be in a private network
    """
    page = target.partition("#")[0]
    got = page_check.get(page, session, allowed_hosts, resolve, elsewhere=True, redirects=_REDIRECTS)
    if isinstance(got, page_check.NotYet):
        return _unread(session.last, got.reason, now)
    final, headers, body = got
    endpoint = endpoint_in_header(headers.get("link", ""), final)
    if endpoint is None and _is_page(headers):
        endpoint = endpoint_in_page(page_check.document(headers, body, _LARGEST), final)
    if endpoint is None:
        return Told(state="none", why="the page does not accept webmentions")

    def permitted(url: str) -> tuple[str, tuple[str, ...]]:
        return judged(url, allowed_hosts, resolve)

    last, told = _post(endpoint, {"source": source, "target": target}, session, permitted)
    return msgspec.structs.replace(told, at=_later(last, now)) if told.state == "again" else told


def _is_page(headers: dict[str, str]) -> bool:
    return bool(re.match(r"(?i)\s*(?:text/html|application/xhtml\+xml)\b", headers.get("content-type", "text/html")))


def _unread(last: Exchange | None, reason: str, now: datetime) -> Told:
    """The target could not be read."""
    status = last.status if last is not None else None
    silent = last is not None and status is None and _TOO_LONG not in last.failure
    again = silent or _NO_NAME in reason or (status is not None and (status >= 500 or status in _AGAIN))
    return Told(state="again" if again else "none", why=reason, at=_later(last, now) if again else None)


def _post(
    endpoint: str,
    said: dict[str, str],
    session: Session,
    permitted: Callable[[str], tuple[str, tuple[str, ...]]],
) -> tuple[Exchange | None, Told]:
    """Send it to an endpoint, and where that says it is now (307 and 308 keep a POST a POST, RFC 9110 15.4)."""
    current = endpoint
    for _ in range(_MOVES + 1):
        problem, addresses = permitted(current)
        if problem:
            state: Literal["again", "none"] = "again" if _NO_NAME in problem else "none"
            return None, Told(state=state, endpoint=endpoint, why=f"its endpoint is not asked: {problem}")
        reason = ""
        try:
            with session.pinned(addresses):
                session.post(current, data=said, headers={"Accept": "*/*"})
        except (TransportError, OSError, ValueError, LookupError) as error:
            reason = str(error)
        last = session.last
        location = _joined(current, last.headers.get("location", "")) if last is not None else ""
        if last is None or last.status not in (307, 308) or not location:
            return last, _answered(endpoint, last, location, reason or f"{current} does not answer")
        current = location
    return None, Told(state="refused", endpoint=endpoint, why=f"its endpoint redirects more than {_MOVES} times")


def _answered(endpoint: str, last: Exchange | None, location: str, reason: str) -> Told:
    if last is None or last.status is None:
        return Told(state="again", endpoint=endpoint, why=reason)
    if 200 <= last.status < 300:
        return Told(state="sent", endpoint=endpoint, status_url=location if last.status == 201 else "")
    again = last.status >= 500 or last.status in _AGAIN
    return Told(
        state="again" if again else "refused",
        endpoint=endpoint,
        why=f"its endpoint answers {last.status}{_words(last)}",
    )


def _words(last: Exchange) -> str:
    """What the answer says in plain text, in one short line; an HTML page says too much."""
    if not re.match(r"(?i)\s*text/plain\b", last.headers.get("content-type", "")):
        return ""
    text = " ".join(last.body[:1000].decode("utf-8", "replace").split())[:200]
    return f": {text}" if text.isprintable() and text else ""


def _later(last: Exchange | None, now: datetime) -> datetime | None:
    return retry_at(last.headers, now) if last is not None else None


def _joined(base: str, location: str) -> str:
    try:
        found = urljoin(base, location.strip()) if location.strip() else ""
    except ValueError:
        return ""
    return found if found.startswith(("http://", "https://")) and len(found) <= 2000 else ""
