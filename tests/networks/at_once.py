"""Several processes that want the same account's token at the same moment."""

import subprocess
import sys

from crosspost.testing import Place

SCRIPT = """
import sys
from datetime import datetime
from pathlib import Path
from crosspost.app import loading
now = datetime.fromisoformat(sys.argv[2])
app = loading.load(config=Path(sys.argv[1]), site=None, environ={}, clock=lambda: now)
network = app.network(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
print(network._login().token(), flush=True)
"""


def tokens(place: Place, account: str, many: int) -> set[str]:
    """The tokens that so many processes have, who were all ready before the first one asked."""
    command = [sys.executable, "-c", SCRIPT, str(place.config), place.clock().isoformat(), account]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(many)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return {process.communicate(timeout=60)[0].strip() for process in running}
