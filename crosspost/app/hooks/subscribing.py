"""Asks the hub that a feed names to tell of its new items, and asks again before that ends."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from crosspost.app.hooks import subscription
from crosspost.app.hooks.subscription import Asked, Granted
from crosspost.transport.websub import hub_session, subscribe

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.sources.base import Source
    from crosspost.sources.feed.feed_source import FeedSource

#: where the dashboard takes hints, behind its address
PATH = "/hook"
#: the time that is asked for; a hub may grant less
LEASE = timedelta(days=10)
#: asked again when less than a quarter of the time is left
_QUARTER = 4
#: the question from which on people are told that it comes to nothing
_TOLD = 3
#: pauses between questions that came to nothing
_FIRST, _LONGEST = timedelta(minutes=10), timedelta(days=1)
#: host names of hubs that may be in a private network; none, but in tests
ALLOWED: frozenset[str] = frozenset()
_TROUBLE = "hub trouble"


class _Named(NamedTuple):
    hub: str
    topic: str


def wanted(app: "App") -> bool:
    """Whether hubs are asked; not for posts that are in the sandbox only."""
    return app.settings is not None and app.settings.web.websub and not app.on_trial()


def in_a_run(app: "App", ledger: "Ledger", source: "Source", warn: Callable[[str], None]) -> None:
    """Ask where it is time to; what goes wrong is told once. No post depends on it."""
    from crosspost.app import open_problems

    open_problems.keep(ledger, _TROUBLE, list(_problems(app, source)), warn)


def of_feed(source: "Source") -> "FeedSource | None":
    """The source when it is a feed; nothing else has a hub."""
    from crosspost.sources.feed.feed_source import FeedSource

    feed = source.of_the_site
    return feed if isinstance(feed, FeedSource) else None


def _problems(app: "App", source: "Source") -> list[str]:
    feed = of_feed(source)
    assert app.settings is not None  # noqa: S101  # for the type checker: :func:`wanted`
    address = app.settings.web.address.rstrip("/")
    if feed is None or not address:  # doctor says so
        return []
    named, now = _Named(next(iter(feed.feed.hubs), ""), feed.feed.topic), app.clock()
    try:
        one = _due(subscription.asked(app), subscription.granted(app), named, now)
        if one is not None:
            subscription.keep_asked(app, one)  # before it is asked: it may ask back at once
        if one is not None and one.hub:
            subscription.keep_asked(app, msgspec.structs.replace(one, problem=_ask(one, f"{address}{PATH}")))
    except OSError as error:
        return [f"the hub of {feed.where} is not asked: {error.filename}: {error.strerror}"]
    return _standing(app)


def _ask(one: Asked, address: str) -> str:
    """Ask; why it did not take it, as a clause, or ""."""
    return subscribe(
        one.hub,
        topic=one.topic,
        callback=f"{address}?websub={one.token}",
        secret=one.secret,
        seconds=round(LEASE.total_seconds()),
        session=hub_session(),
        allowed_hosts=ALLOWED,
    )


def _due(last: Asked | None, answer: Granted | None, named: _Named, now: datetime) -> Asked | None:
    """The question that is to be asked now; None: none."""
    if last is None or (last.hub, last.topic) != named:
        if not named.hub:
            return Asked(topic=named.topic, at=now, due=now)
        token, secret = secrets.token_urlsafe(24), secrets.token_urlsafe(32)
        return Asked(hub=named.hub, topic=named.topic, at=now, due=now + _FIRST, token=token, secret=secret, attempts=1)
    if not last.hub:
        return None
    if answer is not None and answer.until is not None and answer.at >= last.at:
        if now < answer.until - (answer.until - answer.at) / _QUARTER:
            return None
        return msgspec.structs.replace(last, at=now, due=now + _FIRST, attempts=1, problem="")
    if now < last.due:
        return None
    pause = min(_FIRST * 2**last.attempts, _LONGEST)
    return msgspec.structs.replace(last, at=now, due=now + pause, attempts=last.attempts + 1, problem="")


def trouble(one: Asked, answer: Granted | None, now: datetime) -> str:
    """Why a hub does not tell us, as a clause; "" when it does, or may still ask back."""
    if answer is not None and answer.until is not None:
        over = f"its time was over at {answer.until.astimezone(now.tzinfo):%Y-%m-%d %H:%M}, and it was not asked again"
        if answer.until > now:
            return ""
        if answer.at >= one.at:
            return over
    if answer is not None and answer.until is None and answer.at >= one.at:
        return f"it refuses{f': {answer.denied}' if answer.denied else ''}"
    return one.problem or ("it did not ask back, so it may not reach the dashboard" if one.attempts > 1 else "")


def _standing(app: "App") -> list[str]:
    """What people should know meanwhile: one failure may pass by itself."""
    one = subscription.asked(app)
    if one is None or not one.hub or one.attempts < _TOLD:
        return []
    why = trouble(one, subscription.granted(app), app.clock())
    said = f"the hub {one.hub} does not tell of new posts: {why}. They are found by each run, as before"
    return [said] if why else []
