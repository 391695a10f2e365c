"""One running sandbox per test with a clock that tests move, and small pictures."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from PIL import Image

from crosspost.sandbox import Sandbox


class Clock:
    """The sandbox's time: stands still until ``pass_by``."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as running:
        yield running
    assert running.errors == [], "the sandbox itself must never fail"


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator["Caller"]:
    with Caller(sandbox) as caller:
        yield caller


class Caller(requests.Session):
    """Plain HTTP with the tokens of one account: no client library in between."""

    def __init__(self, sandbox: Sandbox, account: str = "verein") -> None:
        super().__init__()
        self.trust_env = False
        self.url = sandbox.url
        self.known = sandbox.accounts(account)

    def _call(self, network: str, token: str, method: str, path: str, **more: Any) -> requests.Response:
        headers = more.pop("headers", {}) | {"Authorization": f"Bearer {self.known[network]['credentials'][token]}"}
        return self.request(method, self.url + path, headers=headers, timeout=10, allow_redirects=False, **more)

    def mastodon(self, method: str, path: str, **more: Any) -> requests.Response:
        return self._call("mastodon", "access_token", method, f"/api/{path}", **more)

    def toot(self, text: str, **fields: Any) -> requests.Response:
        headers = fields.pop("headers", {})
        return self.mastodon("POST", "v1/statuses", json={"status": text, **fields}, headers=headers)

    def x(self, method: str, path: str, **more: Any) -> requests.Response:
        return self._call("x", "bearer_token", method, f"/2/{path}", **more)

    def tweet(self, text: str, **fields: Any) -> requests.Response:
        return self.x("POST", "tweets", json={"text": text, **fields})

    def facebook(self, method: str, path: str, **more: Any) -> requests.Response:
        return self._call("facebook", "access_token", method, f"/v26.0/{path}", **more)

    def say(self, network: str, text: str) -> requests.Response:
        """Publish ``text`` on ``network`` in the shortest way."""
        if network == "facebook":
            return self.facebook("POST", "me/feed", data={"message": text, "fields": "id"})
        return self.toot(text) if network == "mastodon" else self.tweet(text)


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 36)) -> bytes:
    """A small picture as bytes."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


class Bot(requests.Session):
    """Calls methods of the Bot API."""

    def __init__(self, sandbox: Sandbox, account: str = "verein") -> None:
        super().__init__()
        self.trust_env = False
        access = sandbox.accounts(account)["telegram"]
        self.token: str = access["credentials"]["bot_token"]
        self.base = access["base_url"]

    def __call__(self, method: str, **fields: Any) -> Any:
        files = {"photo": fields.pop("file")} if "file" in fields else fields.pop("files", None)
        call = {"data": fields, "files": files} if files else {"json": fields}
        answer = self.post(f"{self.base}/bot{self.token}/{method}", timeout=10, **call)
        body = answer.json()
        assert body.get("error_code", 200) == answer.status_code
        return body.get("result", body.get("description"))


@pytest.fixture
def bot(sandbox: Sandbox) -> Iterator[Bot]:
    with Bot(sandbox) as caller:
        yield caller
