"""Tells another site that one of our pages links to it: a webmention (w3.org/TR/webmention, section 3.1)."""

import re
import socket
from collections.abc import Collection
from datetime import datetime
from typing import Literal

import msgspec

from crosspost.markup.web_links import endpoint_in_header, endpoint_in_page
from crosspost.model import Value
from crosspost.transport import page_check
from crosspost.transport.addresses import Resolve
from crosspost.transport.exchange import Exchange
from crosspost.transport.form_post import MOVES, Posted, post_form, words
from crosspost.transport.rate_limits import retry_at
from crosspost.transport.session import USER_AGENT, Session

#: bytes of an answer; a longer one is not a page that anybody reads
_LARGEST = 3_000_000
#: status codes worth a retry, besides those of 500 and more
_AGAIN = frozenset((408, 425, 429))
#: redirects that are followed to a target
_REDIRECTS = 10
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
    fields = {"source": source, "target": target}
    posted = post_form(endpoint, fields, session=session, allowed_hosts=allowed_hosts, resolve=resolve)
    told = _told(endpoint, posted)
    return msgspec.structs.replace(told, at=_later(posted.last, now)) if told.state == "again" else told


def _is_page(headers: dict[str, str]) -> bool:
    return bool(re.match(r"(?i)\s*(?:text/html|application/xhtml\+xml)\b", headers.get("content-type", "text/html")))


def _unread(last: Exchange | None, reason: str, now: datetime) -> Told:
    """The target could not be read."""
    status = last.status if last is not None else None
    silent = last is not None and status is None and _TOO_LONG not in last.failure
    again = silent or _NO_NAME in reason or (status is not None and (status >= 500 or status in _AGAIN))
    return Told(state="again" if again else "none", why=reason, at=_later(last, now) if again else None)


def _told(endpoint: str, posted: Posted) -> Told:
    if posted.forbidden:
        state: Literal["again", "none"] = "again" if _NO_NAME in posted.forbidden else "none"
        return Told(state=state, endpoint=endpoint, why=f"its endpoint is not asked: {posted.forbidden}")
    if posted.circles:
        return Told(state="refused", endpoint=endpoint, why=f"its endpoint redirects more than {MOVES} times")
    return _answered(endpoint, posted.last, posted.location, posted.reason)


def _answered(endpoint: str, last: Exchange | None, location: str, reason: str) -> Told:
    if last is None or last.status is None:
        return Told(state="again", endpoint=endpoint, why=reason)
    if 200 <= last.status < 300:
        return Told(state="sent", endpoint=endpoint, status_url=location if last.status == 201 else "")
    again = last.status >= 500 or last.status in _AGAIN
    return Told(
        state="again" if again else "refused",
        endpoint=endpoint,
        why=f"its endpoint answers {last.status}{words(last)}",
    )


def _later(last: Exchange | None, now: datetime) -> datetime | None:
    return retry_at(last.headers, now) if last is not None else None
