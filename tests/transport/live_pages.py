"""Pages for the check whether a post is on the web, and what it finds."""

import socket
from collections.abc import Callable
from typing import Any

from crosspost.transport.page_check import Live, NotYet, check, live_session
from tests.raw_server import RawServer, reply

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
HERE = ["127.0.0.1"]
Answer = Callable[[socket.socket, bytes], None]


def page(title: str = "", head: str = "", body: str = "", *headers: str) -> Answer:
    text = f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return reply("200 OK", text.encode(), *(headers or ("Content-Type: text/html; charset=utf-8",)))


def paths(answers: dict[str, Answer]) -> Answer:
    def answer(connection: socket.socket, request: bytes) -> None:
        path = request.split(b" ")[1].decode() if request else "/"
        answers.get(path, reply("404 Not Found"))(connection, request)

    return answer


def asked(answer: Answer, title: str = "Grüße aus dem Tal", path: str = "/a/", **more: Any) -> Live | NotYet:
    with RawServer(answer) as server:
        more = {key: value.replace("SITE", server.url) for key, value in more.items()}
        return check(server.url + path, title=title, session=live_session(), allowed_hosts=HERE, **more)


def reason(found: Live | NotYet) -> str:
    assert isinstance(found, NotYet), found
    return found.reason
