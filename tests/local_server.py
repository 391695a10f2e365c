"""Foreign servers of opt-in tests: a free port on 127.0.0.1, and waiting until a server answers or has ended."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(
    command: Sequence[str],
    url: str,
    log: Path,
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    until: int = 0,
) -> Iterator[None]:
    """Run a server until the block ends. It begins when ``url`` is answered.

    :param until: the status that is waited for; 0 for whatever status
    :param url: an address of it; ``tcp://127.0.0.1:PORT`` where it is enough that somebody listens
    :raises SystemExit: with the end of its log, when it ends before, or does not answer within two minutes
    """
    with (
        log.open("w") as out,
        subprocess.Popen(
            [*command], cwd=cwd, env=environment, stdout=out, stderr=out, start_new_session=True
        ) as process,
    ):
        try:
            _wait(url, process, log, until)
            yield
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server with all its workers: PHP's go on without the process that started them."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path, until: int) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"{url} did not start:\n{log.read_text()[-2000:]}")
        with suppress(OSError):
            if _status(url) == until or not until:
                return
        time.sleep(0.2)
    raise SystemExit(f"{url} does not answer:\n{log.read_text()[-2000:]}")


def _status(url: str) -> int:
    if url.startswith("tcp://"):
        host, _, port = url.removeprefix("tcp://").partition(":")
        socket.create_connection((host, int(port)), timeout=30).close()
        return 0
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code
