"""A host of pictures on this machine, and a client of Instagram's and Threads' containers."""

import contextlib
import http.server
import threading
from typing import Any

import requests

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import picture

GOOD = picture("JPEG", (640, 480))


class Files(http.server.ThreadingHTTPServer):
    """Serves a given response on 127.0.0.1."""

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}
        self.asked: list[str] = []
        files = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                files.asked.append(self.path)
                body = files.data.get(self.path)
                self.send_response(200 if body is not None else 302)
                self.send_header("Location", "/picture.jpg")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                with contextlib.suppress(OSError):  # who has enough goes away
                    self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.thread.join(10)
        self.server_close()

    def put(self, data: bytes, path: str = "/picture.jpg") -> str:
        self.data[path] = data
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Client:
    """One account of one of the two networks, over plain HTTP."""

    def __init__(self, sandbox: Sandbox, network: str, token: str = "access_token", account: str = "verein") -> None:
        known = sandbox.accounts(account)[network]
        self.network, self.token, self.user = network, known["credentials"][token], known["user_id"]
        self.base = f"{sandbox.url}/{'v26.0' if network == 'instagram' else 'v1.0'}"
        self.make, self.show = ("media", "media_publish") if network == "instagram" else ("threads", "threads_publish")

    def ask(self, method: str, path: str, **said: str) -> requests.Response:
        where = "data" if method == "POST" else "params"
        form: dict[str, Any] = {where: said | {"access_token": self.token}}
        return requests.request(method, f"{self.base}/{path}", timeout=10, **form)

    def contain(self, **said: str) -> requests.Response:
        if self.network == "threads" and "media_type" not in said:
            said["media_type"] = "IMAGE" if "image_url" in said else "TEXT"
        return self.ask("POST", f"{self.user}/{self.make}", **said)

    def ready(self, **said: str) -> str:
        number = str(self.contain(**said).json()["id"])
        assert [self.status(number), self.status(number)] == ["IN_PROGRESS", "FINISHED"]
        return number

    def status(self, number: str) -> str:
        field = "status_code" if self.network == "instagram" else "status"
        return str(self.ask("GET", number, fields=field).json()[field])

    def publish(self, number: str) -> requests.Response:
        return self.ask("POST", f"{self.user}/{self.show}", creation_id=number)


def code(answer: requests.Response) -> tuple[int, int, int]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("error_subcode", 0)
