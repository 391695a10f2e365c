"""Where other sites say that they link to a post: the one address that is open to everybody, see the guard.

Nothing is fetched, and no post is touched, while somebody waits for the answer: what is said is looked at later, by the
daemon or a run.
"""

import logging
import time
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from crosspost.app.webmentions import inbox, receives, receiving
from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from crosspost.web.current_site import Current

_log = logging.getLogger("crosspost.web")
#: requests that are answered in so many seconds; the others are asked to come back
_MANY, _SECONDS = 60, 60.0
#: characters of an address
_LONGEST = 2000


class Pace:
    """Lets so many through in a time; one for all senders, because behind a proxy they look the same."""

    def __init__(self) -> None:
        self._times = deque[float]()

    def free(self, now: float) -> bool:
        """Whether one more is let through.

        :param now: seconds
        """
        while self._times and now - self._times[0] > _SECONDS:
            self._times.popleft()
        if len(self._times) >= _MANY:
            return False
        self._times.append(now)
        return True


def take(request: "Request") -> Response:
    """Have a webmention wait until somebody looks (w3.org/TR/webmention, 3.2).

    The answers are in English whatever the sender's language: programs send it.
    """
    if not receives(request.app.state.current.app):
        raise HTTPException(404)
    pace: Pace = request.app.state.pace
    if not pace.free(time.monotonic()):
        return _later()
    try:
        return _queued(request.app.state.current, request.state.form)
    except (CrosspostError, OSError) as error:  # whoever asks from outside is told nothing of this machine
        _log.error("a webmention could not be taken: %s", error)
        return _text(503, "That is not possible at the moment. Try again later.")


def _queued(current: "Current", form: "FormData") -> Response:
    """:raises CrosspostError: when the ledger cannot be read
    :raises OSError: when nothing can be written beside it
    """
    app = current.app
    source, target = (_address(form.getlist(name)) for name in ("source", "target"))
    if not source or not target:
        return _refused("source and target must each be one address that begins with http:// or https://")
    page = target.partition("#")[0]
    if source.partition("#")[0] == page:
        return _refused("source and target are the same page")
    with current.reading() as ledger:
        known = ledger is not None and ledger.responses.mentions.post_at(receiving.addresses(page))
    if not known:
        return _refused("target is not an article of this site")
    room = inbox.put(inbox.folder(app), source, target, app.clock())
    return _text(202, "Accepted. It is looked at soon, and shown when somebody approves it.") if room else _later()


def _address(values: "Sequence[object]") -> str:
    """The one address that was sent; "" when it is none."""
    if len(values) != 1 or not isinstance(said := values[0], str) or len(said) > _LONGEST or not said.isprintable():
        return ""
    try:
        parts = urlsplit(said.strip())
        named = parts.hostname and parts.scheme in ("http", "https") and (parts.port is None or parts.port)
    except ValueError:
        return ""
    return said.strip() if named and not parts.username and not parts.password else ""


def _refused(why: str) -> Response:
    return _text(400, f"Refused: {why}.")


def _later() -> Response:
    answer = _text(429, "Too many at the moment. Try again later.")
    answer.headers["Retry-After"] = "600"
    return answer


def _text(status: int, said: str) -> Response:
    return PlainTextResponse(f"{said}\n", status)
