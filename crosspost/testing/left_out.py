"""A wire on which a field is left out of an answer, for each field in turn."""

import copy
import io
from collections.abc import Iterator
from typing import Any

import msgspec
import requests
import urllib3

from crosspost.transport.connection_guard import GuardedAdapter

Path = tuple[str | int, ...]


class Wire(GuardedAdapter):
    """Passes requests on; leaves something out of the answer number ``number``, and keeps what was answered."""

    def __init__(self) -> None:
        super().__init__()
        self._under: dict[str, Any] = {}
        self.answers: list[Any] = []
        """the JSON of each answer, None for an answer that is not JSON"""
        self.number = -1
        self.status = 0
        self.path: Path = ()
        self.null = False

    def listen(self, session: requests.Session) -> None:
        """Stand before whatever carries the session's requests."""
        self._under = {prefix: adapter for prefix, adapter in session.adapters.items() if prefix.startswith("ws")}
        for prefix in ("http://", *self._under):
            session.mount(prefix, self)

    def quiet(self) -> None:
        self.answers, self.number, self.status, self.path, self.null = [], -1, 0, (), False

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        under = self._under.get(str(request.url).partition("//")[0] + "//")
        answer = under.send(request, *args, **kwargs) if under else super().send(request, *args, **kwargs)
        body, headers = answer.raw.read(decode_content=False), dict(answer.headers)
        answer.close()
        told = _json(body)
        if len(self.answers) == self.number and self.path:
            body = msgspec.json.encode(without(told, self.path, null=self.null))
        status = self.status if len(self.answers) == self.number and self.status else answer.status_code
        self.answers.append(told)
        raw = urllib3.HTTPResponse(
            io.BytesIO(body), {**headers, "Content-Length": str(len(body))}, status, preload_content=False
        )
        return self.build_response(request, raw)


def fields(told: Any, at: Path = ()) -> Iterator[Path]:
    """Every field of an answer, however deep."""
    inside = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in inside:
        if isinstance(key, str):
            yield (*at, key)
        yield from fields(value, (*at, key))


def without(told: Any, path: Path, *, null: bool) -> Any:
    """The answer without one of its fields, or with ``null`` there."""
    changed = copy.deepcopy(told)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if null:
        place[path[-1]] = None
    else:
        del place[path[-1]]
    return changed


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
