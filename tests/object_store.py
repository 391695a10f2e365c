"""An S3 server nobody here wrote (nanio), which checks signatures, in this process; its files lie in a folder."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import uvicorn
from nanio.app import build_app
from nanio.auth.credentials import StaticCredentialResolver
from nanio.config import Settings

KEY, SECRET, BUCKET = "AKIAEXAMPLE", "a-secret+of/the=store", "pictures"


class Server(NamedTuple):
    """A running server: its address, and the folder of its only bucket."""

    url: str
    bucket: Path


def bound() -> socket.socket:
    """A port that nobody else gets; until somebody listens, the system refuses whoever connects."""
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    return made


@contextmanager
def running(folder: Path, at: socket.socket | None = None) -> Iterator[Server]:
    """A server with one bucket, which ends with the block.

    :param at: a socket that is bound already, at which nobody listens yet; None: a port of its own
    """
    (folder / BUCKET).mkdir(parents=True, exist_ok=True)
    app = build_app(Settings(data_dir=folder, credentials=StaticCredentialResolver({KEY: SECRET})))
    with at or bound() as listening:
        listening.listen()  # so whoever connects waits until the server looks
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Server(f"http://127.0.0.1:{listening.getsockname()[1]}", folder / BUCKET)
        finally:
            server.should_exit = True
            thread.join()
