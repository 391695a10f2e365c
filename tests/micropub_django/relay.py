"""The sandbox's faults and log in front of a real website, so that the same contract runs against it."""

import io
from typing import Any, ClassVar

import requests
from PIL import Image

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply, Request
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.micropub.standin import END, Micropub
from tests.micropub_django.server import Website

_PASSED_ON = ("Authorization", "Accept", "Content-Type", "Cookie", "Host")
_PASSED_BACK = ("Location", "Set-Cookie", "Link")
_BEFORE = "Hallo!"


class Relay(Micropub):
    """Answers with what the real website answers; only faults are made here."""

    target: ClassVar[str]
    paths: ClassVar = "/(?:indie|entries)/"

    def answer(self, request: Request) -> Reply:
        """What the real website answers, which is asked by the sandbox's address."""
        headers = {name: str(request.headers[name]) for name in _PASSED_ON if request.headers[name]}
        path = request.path.replace(f"{END}/update", f"{END}/").replace(f"{END}/delete", f"{END}/")
        answer = requests.request(
            request.method, f"{self.target}{path}", params=request.query, data=request.body or None,
            headers=headers, timeout=60, allow_redirects=False,
        )  # fmt: skip
        kept = {name: answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
        return Reply(answer.status_code, answer.content, answer.headers.get("Content-Type", ""), kept)


class RealSandbox(Sandbox):
    """A sandbox whose Micropub is the ``website``, with one post of before: an empty list proves nothing."""

    def __init__(self, website: Website, **more: Any) -> None:
        super().__init__(**more)
        relay = Relay(self.store, {})
        relay.target = website.url  # type: ignore[misc]  # one website at a time
        self.networks = {"micropub": relay}
        self.website = website
        self.store.accounts.clear()
        for number, (name, token) in enumerate(website.tokens.items(), 1):
            for entry in self._listed(name):
                gone = {"action": "delete", "url": entry["properties"]["url"][0]}
                self._asked(name, "POST", json=gone)
            self._asked(name, "POST", json={"type": ["h-entry"], "properties": {"content": [_BEFORE]}})
            self.store.accounts["micropub", name] = Account("micropub", name, f"{number}", name, name, {"token": token})

    def posts(self, network: str = "", *, deleted: bool = False) -> list[dict[str, Any]]:
        """The entries of ``verein``, oldest first, in the sandbox's own form, without that of before."""
        said = [entry["properties"] for entry in reversed(self._listed("verein"))]
        return [self._as_post(entry) for entry in said if entry["content"] != [_BEFORE]]

    def _listed(self, name: str) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self._asked(name, "GET", params={"q": "source", "limit": "100"}).json()["items"]
        return told

    def _asked(self, name: str, method: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.website.tokens[name]}"}
        answer = requests.request(method, f"{self.website.url}{END}/", headers=headers, timeout=60, **more)
        assert answer.ok, answer.text
        return answer

    def _as_post(self, said: dict[str, Any]) -> dict[str, Any]:
        content = said["content"][0]
        alts = said.get("mp-photo-alt", [])
        photos = zip(said.get("photo", []), alts, strict=True)
        shown = [{"alt": alt} | self._size(address) for address, alt in photos]
        return {
            "id": said["url"][0].replace(self.website.url, self.url),  # it is asked by the sandbox's address
            "text": content if isinstance(content, str) else content["html"],
            "images": shown,
            "edited": "updated" in said,
            "language": "",
            "extra": {"properties": said},
        }

    def _size(self, address: str) -> dict[str, int]:
        path = address.partition("/indie/files/")[2]
        file = requests.get(f"{self.website.url}/indie/files/{path}", timeout=60).content
        with Image.open(io.BytesIO(file)) as image:
            return {"width": image.width, "height": image.height}
