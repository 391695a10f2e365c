"""The real Matrix server Synapse from PyPI: installed into a cache outside the repository, started on 127.0.0.1."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

VERSION = "1.163.2"
SERVER = "sandbox.example"


def cache() -> Path:
    """Where the server is kept between runs: ``CROSSPOST_SYNAPSE_CACHE``, or the user's cache folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CROSSPOST_SYNAPSE_CACHE") or home / "crosspost-synapse")


def install() -> Path:
    """The interpreter that has Synapse; takes about a minute and 200 MB the first time."""
    folder = cache() / f"{VERSION}-python{sys.version_info[0]}.{sys.version_info[1]}"
    python, done = folder / "bin/python", folder / "complete"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, f"matrix-synapse=={VERSION}"], check=True)
        done.touch()
    return python


@contextmanager
def running() -> Iterator[str]:
    """Start the server with an empty folder; gives its address and stops it afterwards."""
    python = install()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with TemporaryDirectory(prefix="synapse-") as data:
        config = Path(data, "homeserver.json")
        config.write_text(json.dumps(_config(data, port)))
        command = [str(python), "-m", "synapse.app.homeserver", "--config-path", str(config)]
        subprocess.run([*command, "--generate-keys"], cwd=data, check=True, capture_output=True)
        log = Path(data, "log")
        with log.open("w") as out, subprocess.Popen(command, cwd=data, stdout=out, stderr=out) as process:
            try:
                _wait(f"http://127.0.0.1:{port}", process, log)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                process.wait(timeout=20)


def _config(data: str, port: int) -> dict[str, object]:
    """As small as it goes: one listener, no federation, no limits for a test that writes fast."""
    often = {"per_second": 1000, "burst_count": 1000}
    resources = [{"names": ["client", "media"], "compress": False}]
    listener = {"port": port, "bind_addresses": ["127.0.0.1"], "type": "http", "resources": resources}
    return {
        "server_name": SERVER,
        "report_stats": False,
        "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": f"{data}/homeserver.db"}},
        "media_store_path": f"{data}/media",
        "signing_key_path": f"{data}/signing.key",
        "trusted_key_servers": [],
        "enable_registration": True,
        "enable_registration_without_verification": True,
        "rc_message": often,
        "rc_registration": often,
        "rc_login": {"address": often, "account": often, "failed_attempts": often},
        "rc_joins": {"local": often, "remote": often},
        "rc_room_creation": often,
    }


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"Synapse did not start:\n{log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("Synapse does not answer")
