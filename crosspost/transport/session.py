"""The guarded session every network talks through.

A :class:`requests.Session` that can be passed to a library (``Mastodon(session=…)``, ``tweepy.Client.session``,
``GraphAPI(session=…)``) and guarantees what the libraries do not:

- every request has a connect and a read time-out and a total deadline, whatever the library asks for;
- a library with a fixed host can be pointed at another base URL;
- each request has its own connection, so that "was it sent?" can be answered;
- the only redirect that is followed is that of a GET to the same address with or without its trailing slash;
  ``.netrc`` is never read; responses have a size limit;
- the last exchange is kept (status, headers, body), for libraries that hide it;
- no token ever appears in a message.
"""

import contextlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from crosspost import __version__, tracing
from crosspost.config.secrecy import conceal, hidden, message_of
from crosspost.text.lazy_pattern import lazy
from crosspost.transport.connection_guard import Guard, GuardedAdapter, guarded
from crosspost.transport.exchange import Exchange, server_time
from crosspost.transport.rate_limits import RateLimit, told

USER_AGENT = f"crosspost/{__version__}"
# as in an address, a header or a JSON object
_IN_TEXT = lazy(r"(?i)\b(access_token|client_secret|fb_exchange_token|bearer|oauth_[a-z_]*)(\"?[=: ]+\"?)[^\s&\"',]+")


# At DEBUG these libraries log whole requests with their tokens; turning DEBUG on for everything must not log ours.
for _name in ("urllib3", "oauthlib", "requests_oauthlib", "tweepy", "mastodon"):
    logging.getLogger(_name).setLevel(logging.INFO)


class TransportError(requests.RequestException):
    """No usable response. The message has no secrets; :attr:`Session.last` tells whether the request may be out."""


class Session(requests.Session):
    """A session for one account. Not for use by two threads at once.

    :param rewrite: URL prefix → replacement, for libraries with a fixed host
    :param secrets: values that must never appear in a message
    :param connect_timeout: seconds until a connection must be established
    :param read_timeout: seconds without a byte until a read fails
    :param deadline: seconds for the whole exchange
    :param max_answer: the largest response body, in bytes
    :param slashes: whether to follow a GET's redirect to the same address with (or without) a trailing slash
    :param clock: returns the current time, with a time zone
    """

    def __init__(
        self,
        *,
        rewrite: dict[str, str] | None = None,
        secrets: Iterable[str] = (),
        connect_timeout: float = 10,
        read_timeout: float = 60,
        deadline: float = 120,
        max_answer: int = 20_000_000,
        slashes: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        #: how far our clock is ahead of the server's (negative: behind); None until a response had a date
        self.ahead: timedelta | None = None
        #: the network's limits as they were told last; each by what it counts and how many it allows
        self.limits: dict[tuple[str, int], RateLimit] = {}
        self._clock = clock
        self.last: Exchange | None = None
        self._rewrite = {old.rstrip("/"): new.rstrip("/") for old, new in (rewrite or {}).items()}
        self._secrets = {*secrets}
        self._timeout = (connect_timeout, read_timeout)
        self._deadline, self._max_answer = deadline, max_answer
        self._slashes = slashes
        self._addresses: tuple[str, ...] = ()
        self._guard = Guard(self._deadline)
        self._environment: dict[tuple[str, str], Any] = {}  # server → what the environment says of it
        self.mount("http://", GuardedAdapter())
        self.mount("https://", GuardedAdapter())
        # A connection that was kept open may be dead: a request sent on it would have an unknown outcome.
        self.headers.update({"Connection": "close", "User-Agent": USER_AGENT})
        self.auth = _no_auth  # without any auth, requests would take one from .netrc and overwrite the token

    def hide(self, *secrets: str) -> None:
        """Hide these values in messages too from now on: tokens a network has just issued."""
        self._secrets |= {*secrets}
        conceal(*secrets)

    def note_limit(self, limit: RateLimit) -> None:
        """Keep what the network says is left of one of its limits."""
        self.limits[limit.of, limit.most] = limit

    def forget(self) -> None:
        """Keep no last exchange, so that nobody takes it for that of a request which is never made."""
        self.last = None

    @property
    def timeouts(self) -> tuple[float, float, float]:
        """Seconds until a connection must be established, without a byte, and for the whole exchange."""
        return *self._timeout, self._deadline

    @contextlib.contextmanager
    def pinned(self, addresses: Sequence[str]) -> Iterator[None]:
        """Inside this context, connect only to these IP addresses, which were resolved and checked before.

        Without it, a name could resolve to another address the second time (DNS rebinding).
        """
        before, self._addresses = self._addresses, tuple(addresses)
        try:
            yield
        finally:
            self._addresses = before

    def redact(self, text: str) -> str:
        """The same text without any secret."""
        return _IN_TEXT.sub(r"\1\2***", hidden(text, self._secrets))

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Like :meth:`requests.Session.request`, but guarded: the caller's time-out and redirect arguments are ignored.

        :raises TransportError: when no complete response came, or a redirect
        """
        url = self._rewritten(url)
        kwargs |= {"timeout": self._timeout, "allow_redirects": False, "stream": True}
        if kwargs.get("headers"):  # as UTF-8: their codec error would quote a character of a token
            kwargs["headers"] = {name: _utf8(value) for name, value in kwargs["headers"].items()}
        response = self._exchanged(method, url, kwargs)
        if self._slashes and method.upper() == "GET" and (other_url := _other_spelling(url, response)):
            response = self._exchanged(method, other_url, kwargs)
        if 300 <= response.status_code < 400 and response.status_code != 304:
            target = self.redact(response.headers.get("location", "nowhere").split("?")[0])
            raise TransportError(f"{urlsplit(url).netloc} redirects to {target}; set base_url to the final address")
        return response

    def merge_environment_settings(  # type: ignore[override]  # its own types are private to requests
        self, url: str, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        """See the base class, which reads all of the environment twice for each request: here once for each server."""
        if proxies or verify is not None or cert is not None:
            return super().merge_environment_settings(url, proxies, stream, verify, cert)
        parts = urlsplit(url)
        server = parts.scheme, parts.netloc
        if server not in self._environment:
            self._environment[server] = super().merge_environment_settings(url, {}, stream, verify, cert)
        known = self._environment[server]
        return {**known, "proxies": {**known["proxies"]}, "stream": stream}

    def _exchanged(self, method: str, url: str, kwargs: dict[str, Any]) -> requests.Response:
        """Send one request, as a span of a trace; its path may be a token, so only the server is named."""
        parts = urlsplit(url)
        known = {"http.request.method": method, "server.address": parts.hostname or ""}
        with tracing.span(method, known, outside=True) as note:
            response = self._answered(method, url, kwargs)
            note("http.response.status_code", response.status_code)
            return response

    def _answered(self, method: str, url: str, kwargs: dict[str, Any]) -> requests.Response:
        """Send one request and read the whole response, whatever its status; keep both in ``last``."""
        shown = self.redact(url.split("?", maxsplit=1)[0])
        self.last = None
        asked = self._clock()
        deadline = self._deadline + _weight(kwargs) / _SLOWEST
        with guarded(deadline, self._addresses) as guard:
            self._guard = guard
            try:
                response = super().request(method, url, **kwargs)
                body = self._read(response)
                if guard.expired:  # a connection cut inside the headers looks like a complete, empty response
                    raise ValueError("cut off")
            # OSError: urllib3 and ssl do not wrap every error; ValueError: a response that is not HTTP
            except (requests.RequestException, OSError, ValueError) as error:
                why = f"no answer within {deadline:g} seconds" if guard.expired else self._reason(error)
                host = urlsplit(url).netloc
                self.last = Exchange(method=method, url=shown, sent=guard.connected, failure=f"{host}: {why}")
                raise TransportError(f"{host}: {why}") from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        if (server_date := server_time(headers)) is not None:
            self.ahead = clock_ahead(asked, server_date, self._clock())
        if (limit := told(headers, self._clock())) is not None:
            self.note_limit(limit)
        self.last = Exchange(
            method=method, url=shown, sent=True, status=response.status_code, headers=headers, body=body
        )
        return response

    def _rewritten(self, url: str) -> str:
        for old, new in self._rewrite.items():
            if url == old or url.startswith((old + "/", old + "?")):
                return new + url[len(old) :]
        return url

    def _read(self, response: requests.Response) -> bytes:
        """The body, decompressed in small pieces: a few kilobytes of gzip may be gigabytes."""
        got = bytearray()
        for part in response.iter_content(65536):
            got += part
            if len(got) > self._max_answer:
                response.close()
                raise ValueError(f"the answer is longer than {self._max_answer} bytes")
            if self._guard.expired:  # data that has arrived could still take minutes to read byte by byte
                response.close()
                raise ValueError("cut off")
        body = bytes(got)
        response._content = body  # noqa: SLF001  # requests has no public way to set a body that was read by hand
        return body

    def _reason(self, error: Exception) -> str:
        """One clause a person understands, from nested library errors."""
        text = self.redact(message_of(error))
        for sign, clause in _REASONS:
            if re.search(sign, text):
                return clause
        inner = re.search(r"\] ([A-Z][^'\")]+)", text)
        return inner.group(1).strip() if inner else (text.split("\n")[0][:200] or type(error).__name__)


#: bytes of files that go out within the usual deadline; larger ones get a second more for each 100 kB
_HEAVY, _SLOWEST = 5_000_000, 100_000
_REASONS = (
    (r"stood still", "this process stood still for so long that another one may be sending it"),
    (r"NameResolutionError|getaddrinfo|Name or service not known", "the name cannot be found (DNS)"),
    (r"Connection refused", "nothing is listening there (connection refused)"),
    (r"ConnectTimeout|connect timeout", "the server cannot be reached (time-out)"),
    (r"CERTIFICATE_VERIFY_FAILED|certificate verify failed", "its certificate is not valid"),
    (r"SSLError|SSL:", "no secure connection could be made (TLS)"),
    (r"Read timed out|ReadTimeout", "no answer in time"),
    (r"Connection reset|RemoteDisconnected|closed connection|IncompleteRead|ConnectionAborted|Connection aborted",
     "the connection was cut before the answer was complete"),
)  # fmt: skip


def _other_spelling(url: str, response: requests.Response) -> str:
    """The address with, or without, its trailing slash when the server redirects to exactly that; else "".

    Libraries and servers disagree about that slash. Any other redirect needs a person: a server that has moved accepts
    no posts either, and `doctor` must not report that all is well.
    """
    if response.status_code not in (301, 302, 307, 308):
        return ""
    parts = urlsplit(url)
    path = parts.path[:-1] if parts.path.endswith("/") else f"{parts.path}/"
    try:
        there = urlsplit(urljoin(url, response.headers.get("location", "")))
    except ValueError:
        return ""
    same = (there.scheme, there.netloc, there.path) == (parts.scheme, parts.netloc, path)
    return parts._replace(path=path).geturl() if same else ""


def _weight(kwargs: dict[str, Any]) -> int:
    """Bytes of files in a request, when they are so many that sending them takes its time."""
    files = kwargs.get("files") or {}
    parts = [part[1] if isinstance(part, tuple) else part for part in dict(files).values()]
    total = sum(len(one) for one in (kwargs.get("data"), *parts) if isinstance(one, bytes))
    return total if total > _HEAVY else 0


def _utf8(value: Any) -> Any:
    return value.encode("utf-8", "replace") if isinstance(value, str) and not value.isascii() else value


def clock_ahead(asked: datetime, told: datetime, heard: datetime) -> timedelta:
    """How far our clock is ahead of the server's, at least.

    A slow response, or one read after the machine had slept, does not show that our clock is wrong.

    :param asked: our time when the request was sent
    :param told: the server's time in its response
    :param heard: our time when the response was read
    """
    return max(asked - told, timedelta()) + min(heard - told, timedelta())


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
