"""The relay nostr-relay from PyPI: installed into a cache outside the repository, started on 127.0.0.1."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.local_server import free_port, serving
from tests.python_with import python_with

VERSION = "1.14"


def cache() -> Path:
    """Where the relay is kept between runs: ``CROSSPOST_NOSTR_CACHE``, or the user's cache folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CROSSPOST_NOSTR_CACHE") or home / "crosspost-nostr-relay")


@contextmanager
def running() -> Iterator[str]:
    """Start the relay with an empty folder; gives its address and stops it afterwards."""
    python = python_with(f"nostr-relay=={VERSION}", cache())
    with TemporaryDirectory(prefix="nostr-") as data:
        port = free_port()
        config = Path(data, "config.json")  # its configuration is YAML, of which JSON is a part
        config.write_text(json.dumps(_config(data, port)))
        command = [str(Path(python).with_name("nostr-relay")), "-c", str(config), "serve"]
        given = {"PATH": os.environ["PATH"], "HOME": data}
        url = f"http://127.0.0.1:{port}"
        with serving(command, url, Path(data, "log"), cwd=Path(data), environment=given):
            yield url


def _config(data: str, port: int) -> dict[str, object]:
    """As small as it goes. A test's clock moves, so the age of a note is not looked at."""
    validators = [f"nostr_relay.validators.{name}" for name in ("is_not_too_large", "is_signed")]
    return {
        "relay_name": "Sandbox",
        "storage": {"sqlalchemy.url": f"sqlite+aiosqlite:///{data}/nostr.sqlite3", "validators": validators},
        "verification": {"nip05_verification": "disabled"},
        "gunicorn": {"bind": f"127.0.0.1:{port}", "workers": 1},
        "authentication": {"enabled": False},
    }
