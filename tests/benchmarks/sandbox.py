"""A sandbox in a process of its own, so that it does not share a core's time with what is measured.

    python -m tests.benchmarks.sandbox SECONDS

prints what a config needs as JSON, waits so many seconds before each answer, and ends with its standard input.
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply, Request
from crosspost.sandbox.registry import stand_ins
from tests.benchmarks.material import PYTHON
from tests.benchmarks.rows import environment

QUIET: dict[str, dict[str, Any]] = {
    **{name: {"rate_limits": False} for name, cls in stand_ins().items() if "rate_limits" in cls.options},
    **{name: {"quota": 100_000} for name in ("instagram", "threads")},
}


class Far(Sandbox):
    """A sandbox at the end of a long line.

    :ivar latency: seconds before each answer
    """

    latency = 0.0

    def answer(self, request: Request) -> Reply:
        """See the base class."""
        time.sleep(self.latency)
        return super().answer(request)


@contextlib.contextmanager
def sandbox(latency: float = 0) -> Iterator[dict[str, Any]]:
    """Accounts of a sandbox that runs meanwhile: see :meth:`crosspost.sandbox.Sandbox.describe`."""
    command = [PYTHON, "-m", "tests.benchmarks.sandbox", str(latency)]
    with subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield msgspec.json.decode(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(30)


if __name__ == "__main__":
    with Far(options=QUIET) as made:
        made.latency = float(sys.argv[1])
        print(msgspec.json.encode({"url": made.url, **made.describe()}).decode(), flush=True)
        sys.stdin.read()
