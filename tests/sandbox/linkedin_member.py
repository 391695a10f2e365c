"""Somebody who talks to the LinkedIn stand-in, as its documentation says."""

from typing import Any

import requests

from crosspost.sandbox import Sandbox

HEADERS = {"LinkedIn-Version": "202609", "X-Restli-Protocol-Version": "2.0.0"}


class Member(requests.Session):
    """Plain HTTP with one of an account's two tokens."""

    def __init__(self, sandbox: Sandbox, token: str = "access_token", account: str = "verein") -> None:
        super().__init__()
        self.trust_env = False
        access = sandbox.accounts(account)["linkedin"]
        self.base = sandbox.url
        self.headers["Authorization"] = f"Bearer {access['credentials'][token]}"
        self.person = requests.get(
            f"{sandbox.url}/v2/userinfo",
            headers={"Authorization": f"Bearer {access['credentials']['access_token']}"},
            timeout=10,
        ).json()["sub"]
        self.author = (
            f"urn:li:person:{self.person}"
            if token == "access_token"
            else f"urn:li:organization:{access['organization']}"
        )

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> requests.Response:
        return self.request(method, f"{self.base}/rest/{path}", headers=HEADERS | (headers or {}), timeout=10, **more)

    def body(self, text: str = "Hallo", **more: Any) -> dict[str, Any]:
        said = {
            "author": self.author,
            "commentary": text,
            "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED"},
            "lifecycleState": "PUBLISHED",
        }
        return said | more

    def post(self, text: str = "Hallo", **more: Any) -> requests.Response:
        return self.ask("POST", "posts", json=self.body(text, **more))

    def upload(self, data: bytes) -> str:
        asked = {"initializeUploadRequest": {"owner": self.author}}
        value = self.ask("POST", "images?action=initializeUpload", json=asked).json()["value"]
        assert self.put(value["uploadUrl"], data=data, timeout=10).status_code == 201
        return str(value["image"])
