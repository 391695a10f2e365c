"""Asks a hub to tell of new items of a feed (WebSub, w3.org/TR/websub, section 5.1, checked 2026-11-27)."""

import socket
from collections.abc import Collection

from crosspost.transport.addresses import Resolve
from crosspost.transport.form_post import MOVES, post_form, words
from crosspost.transport.session import Session

#: bytes of a hub's answer
_LARGEST = 100_000


def hub_session() -> Session:
    """A session with short time-outs."""
    return Session(connect_timeout=5, read_timeout=10, deadline=15, max_answer=_LARGEST, slashes=False)


def subscribe(
    hub: str,
    *,
    topic: str,
    callback: str,
    secret: str,
    seconds: int,
    session: Session,
    allowed_hosts: Collection[str] = (),
    resolve: Resolve = socket.getaddrinfo,
) -> str:
    """Ask once; raises nothing. To ask again renews what there is.

    The hub says only that it heard this. It asks at ``callback`` whether that was meant, perhaps before it answers.

    :param topic: the address of the feed, exactly as it names itself
    :param callback: where the hub may reach us
    :param secret: with which it signs, so it goes only to hubs with https
    :param seconds: for how long; the hub may choose less
    :param session: made by :func:`hub_session`
    :param allowed_hosts: host names that may be in a private network, and without https
    :returns: why it did not take it, as a clause; "" when it did
    """
    session.hide(secret)
    fields = {
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.callback": callback,
        "hub.secret": secret,
        "hub.lease_seconds": str(seconds),
    }
    posted = post_form(hub, fields, session=session, allowed_hosts=allowed_hosts, resolve=resolve, schemes=("https",))
    if posted.forbidden:
        return f"it is not asked: {posted.forbidden}"
    if posted.circles:
        return f"it redirects more than {MOVES} times"
    last = posted.last
    if last is None or last.status is None:
        return posted.reason
    return "" if 200 <= last.status < 300 else f"it answers {last.status}{words(last)}"
