"""The person's site: a folder of Markdown, and what `jekyll serve` would answer."""

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

POST, NEXT = "my-site/_posts/2026-11-20-rain.md", "my-site/_posts/2026-11-21-sun.md"
_PICTURE = "my-site/images/bed.jpg"
_TEXT = """---
title: {title}
description: {description}
thumbnail: /images/bed.jpg
thumbnail_alt: A raised bed in the rain, three umbrellas behind it
tags: [Garden, Climate]
event: {{start: 2027-05-02 14:00, place: Garden}}
---

More of it here.
"""
_CONFIG = "title: Verein Beispiel\nurl: {url}\nlang: en\ntimezone: Europe/Berlin\n"
_PAGE = "<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1>"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Write the site into a folder and answer as its web server does: its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), _handler(folder / "my-site"))
    url = f"http://127.0.0.1:{server.server_address[1]}"
    write(folder / "my-site/_config.yml", _CONFIG.format(url=url))
    write_post(folder, POST, "A rainy day in the garden", "Twelve people, one bed – and a lot of rain.")
    picture = folder / _PICTURE
    picture.parent.mkdir()
    Image.linear_gradient("L").resize((640, 400)).convert("RGB").save(picture)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield url
    finally:
        server.shutdown()
        server.server_close()


def write_post(folder: Path, name: str, title: str, description: str) -> None:
    """Write a post, as the person does with their editor; the site shows it at once."""
    write(folder / name, _TEXT.format(title=title, description=description))


def write(file: Path, text: str) -> None:
    """Write a file, and the folders it is in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def free_port() -> int:
    """A free port of four digits, so that lines break as with the usual ones."""
    for port in range(9400, 9999):
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no port from 9400 to 9999 is free")


def _handler(root: Path) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            post = root / "_posts" / f"{self.path.strip('/').replace('/', '-').removesuffix('.html')}.md"
            if self.path.endswith(".html") and post.is_file():
                title = post.read_text("utf-8").partition("title: ")[2].partition("\n")[0]
                self._answer("text/html; charset=utf-8", _PAGE.format(title=title).encode())
            elif (file := root / self.path.strip("/")).suffix == ".jpg" and file.is_file():
                self._answer("image/jpeg", file.read_bytes())
            else:
                self.send_error(404)

        def do_HEAD(self) -> None:
            self.do_GET()

        def _answer(self, kind: str, data: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
