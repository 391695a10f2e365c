"""A git repository served over HTTP on this machine, by git's own program for that (git-http-backend(1))."""

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Repository:
    """A bare repository, changed through a working copy beside it.

    :ivar url: its address on this machine
    :ivar token: what it asks for; "" for nothing
    :ivar asked: the Authorization of each request
    :ivar broken: answer every request with an error from now on
    :ivar held: requests wait until this is set
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.work = folder, folder / "work"
        self.bare = folder / "site.git"
        self.url, self.token, self.broken = "", "", False
        self.asked: list[str] = []
        self.held = threading.Event()
        self.held.set()
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.bare), at=folder)
        self.git("clone", "--quiet", str(self.bare), str(self.work), at=folder)
        self.git("checkout", "--quiet", "-B", "main")

    def git(self, *words: str, at: Path | None = None) -> str:
        names = {
            f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", *words],
            cwd=at or self.work,
            env={**os.environ, **names},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def write(self, name: str, text: str) -> None:
        file = self.work / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def push(self, *options: str) -> str:
        """Commit everything and push it; the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", "change")
        self.git("push", "--quiet", *options, "origin", "HEAD")
        return self.git("rev-parse", "HEAD")


@contextmanager
def served(folder: Path) -> Iterator[Repository]:
    folder.mkdir(parents=True)
    made = Repository(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            given = self.headers.get("Authorization", "")
            made.asked.append(given)
            made.held.wait(30)
            if made.broken:
                self.send_error(503)
                return
            if made.token and given != _basic(made.token):
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command}
            head, _, content = _answer(folder, asked, self.headers, body).partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815  # the names of http.server

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/site.git"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.held.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(folder: Path, asked: dict[str, str], headers: Message, body: bytes) -> bytes:
    """What git's own server program answers: header and body."""
    told = {
        "GIT_PROJECT_ROOT": str(folder),
        "GIT_HTTP_EXPORT_ALL": "1",
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": headers.get("Git-Protocol", ""),
    }
    environ = {**os.environ, **told, **asked}
    return subprocess.run(["git", "http-backend"], input=body, capture_output=True, check=False, env=environ).stdout


def _basic(token: str) -> str:
    return "Basic " + base64.b64encode(f"x-access-token:{token}".encode()).decode()
