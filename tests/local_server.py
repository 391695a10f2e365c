"""Foreign servers of opt-in tests: a free port on 127.0.0.1, and waiting until a server answers or has ended."""

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
    command: Sequence[str], url: str, log: Path, *, cwd: Path, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run a server until the block ends. It begins when ``url`` is answered, with whatever status.

    :param url: an address of it; ``tcp://127.0.0.1:PORT`` where it is enough that somebody listens
    :raises SystemExit: with the end of its log, when it ends before, or does not answer within two minutes
    """
    with (
        log.open("w") as out,
        subprocess.Popen([*command], cwd=cwd, env=environment, stdout=out, stderr=out) as process,
    ):
        try:
            _wait(url, process, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"{url} did not start:\n{log.read_text()[-2000:]}")
        try:
            _ask(url)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"{url} does not answer:\n{log.read_text()[-2000:]}")


def _ask(url: str) -> None:
    if url.startswith("tcp://"):
        host, _, port = url.removeprefix("tcp://").partition(":")
        socket.create_connection((host, int(port)), timeout=30).close()
        return
    with suppress(urllib.error.HTTPError), urllib.request.urlopen(url, timeout=30):
        pass
