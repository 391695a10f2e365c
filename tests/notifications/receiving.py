"""Places a message can arrive at in a test: a mailbox of the sandbox's mail server, a small HTTP server."""

import http.server
import threading
from typing import Any

import msgspec

from crosspost.testing.harness import Place


class Receiver:
    """An HTTP server on 127.0.0.1 that keeps what is posted to it; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, bytes]] = []
        self.status = 200
        self.answers: list[bytes] = []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                owner.requests.append((self.command, self.path, body))
                self.send_response(owner.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"OK")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.port = self._server.server_address[1]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.requests]

    def json(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(body) for _, _, body in self.requests]


def told_by_mail(place: Place, more: str = "") -> str:
    """The ``[notify]`` section that sends to the sandbox's mail server, whose login goes into the secrets."""
    account = place.sandbox.accounts()["newsletter"]
    known = account["credentials"]
    with place.secrets.open("a", encoding="utf-8") as file:
        file.write(f"CROSSPOST_NOTIFY_USERNAME={known['username']}\nCROSSPOST_NOTIFY_PASSWORD={known['password']}\n")
    return (
        f'[notify]\nsmtp = "{account["base_url"]}"\nmail_from = "{known["username"]}"\n'
        f'mail_to = "rundbrief@lists.example.org"\n{more}'
    )


def configure(place: Place, section: str) -> None:
    place.config.write_text(place.config.read_text("utf-8") + section, "utf-8")


def mails(place: Place) -> list[dict[str, Any]]:
    """What arrived, the oldest first: ``subject`` and ``text``."""
    posts = place.sandbox.posts("newsletter")
    return [{"subject": post["extra"]["headers"]["Subject"], "text": post["text"]} for post in posts]
