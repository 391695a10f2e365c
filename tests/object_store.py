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


@contextmanager
def running(folder: Path, *, key: str = KEY, secret: str = SECRET, port: int = 0) -> Iterator[Server]:
    """A server with one bucket, which ends with the block.

    :param port: the one of a server before, whose files are in the same folder
    """
    (folder / BUCKET).mkdir(parents=True, exist_ok=True)
    app = build_app(Settings(data_dir=folder, credentials=StaticCredentialResolver({key: secret})))
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen()  # so whoever connects waits until the server looks
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Server(f"http://127.0.0.1:{listening.getsockname()[1]}", folder / BUCKET)
        finally:
            server.should_exit = True
            thread.join()
