"""Where others say that the site has something new: webhooks, and hubs of feeds (WebSub). It is only a hint.

Nothing is fetched or posted here: a file is changed that the daemon watches. Answers are in English, for programs.
"""

import asyncio
import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response

from crosspost.app import wake_file
from crosspost.app.hooks import hook_secret, subscribing, subscription
from crosspost.app.hooks.subscription import Granted
from crosspost.errors import CrosspostError
from crosspost.web.hook_signatures import Hook, Notification

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.app.application import App
    from crosspost.web.hook_signatures import Signed
    from crosspost.web.pages.webmention import Pace

_log = logging.getLogger("crosspost.web")
#: seconds that a message may take to come
PATIENCE = 20.0
#: characters of what a hub wants to hear again
_LONGEST = 1000
#: between which a hub's time is believed
_LEAST, _MOST = timedelta(minutes=1), timedelta(days=400)


async def serve(request: "Request") -> Response:
    """Answer a message (POST), or the question of a hub whether its messages are wanted (GET)."""
    token = request.query_params.get("websub", "")
    try:
        if request.method == "GET":
            return await run_in_threadpool(_asked_back, request, token)
        wanted = await run_in_threadpool(_awaited, request, token)
        if isinstance(wanted, Response):
            return wanted
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                wanted.update(part)
        return await run_in_threadpool(_taken, request, wanted, token)
    except TimeoutError:
        return _text(408, "That took too long.")
    except ClientDisconnect:
        return _text(413, "That is too long.")
    except (CrosspostError, OSError) as error:  # whoever asks from outside is told nothing of this machine
        _log.error("a message at %s could not be taken: %s", subscribing.PATH, error)
        return _text(503, "That is not possible at the moment. Try again later.")


def _awaited(request: "Request", token: str) -> "Signed | Response":
    """What tells whether the message is signed, or an answer when nobody waits for one.

    :raises CrosspostError: when config or secret cannot be read
    """
    app = _app(request)
    if token:
        found = subscription.of_token(app, token) if _hubs(app) else None
        if found is None:
            return _text(410, "Nobody subscribed to this. Send no more of it.")
        return Notification(request.headers, found[1].secret)
    secret = hook_secret.known(app)
    if not secret:
        raise HTTPException(404)
    return Hook(request.headers, secret)


def _taken(request: "Request", message: "Signed", token: str) -> Response:
    """:raises OSError: when the daemon cannot be told"""
    if not message.good():
        # a hub is told nothing of it, so that nobody can try out secrets (WebSub, section 8)
        return _text(202, "Accepted.") if token else _text(401, "The signature or token is missing or wrong.")
    pace: Pace = request.app.state.hook_pace
    if not pace.free(time.monotonic()):
        answer = _text(429, "Too many at the moment. Try again later.")
        answer.headers["Retry-After"] = "60"
        return answer
    app = _app(request)
    wake_file.wake(app.main_ledger_file(), app.clock())
    return _text(202, "Accepted. The daemon looks at the site now.")


def _asked_back(request: "Request", token: str) -> Response:
    """Say whether a subscription is meant (WebSub, 5.3), and write down what the hub granted or denied (5.2).

    :raises OSError: when that cannot be written down
    """
    app, said = _app(request), request.query_params
    found = subscription.of_token(app, token) if token and _hubs(app) else None
    mode, challenge = said.get("hub.mode", ""), said.get("hub.challenge", "")
    if found is None or said.get("hub.topic") != found[1].topic:
        raise HTTPException(404)
    name, asked = found
    now = app.clock()
    if mode == "denied":
        reason = " ".join(said.get("hub.reason", "").split())[:200]
        subscription.grant(app, name, Granted(token=asked.token, at=now, denied=reason if reason.isprintable() else ""))
        return _text(200, "Noted.")
    if mode != "subscribe" or not challenge or len(challenge) > _LONGEST:
        raise HTTPException(404)
    subscription.grant(app, name, Granted(token=asked.token, at=now, until=now + _lease(said.get("hub.lease_seconds"))))
    return PlainTextResponse(challenge)


def _lease(written: str | None) -> timedelta:
    """For how long the hub tells us; what was asked for, where it does not say."""
    if not written or not written.isascii() or not written.isdecimal() or len(written) > 10:
        return subscribing.LEASE
    return min(max(timedelta(seconds=int(written)), _LEAST), _MOST)


def _hubs(app: "App") -> bool:
    return app.settings is not None and app.settings.web.websub


def _app(request: "Request") -> "App":
    app: App = request.app.state.current.app
    return app


def _text(status: int, said: str) -> Response:
    return PlainTextResponse(f"{said}\n", status)
