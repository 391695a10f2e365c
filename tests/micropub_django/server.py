"""A website of django-indieweb from PyPI: installed into a cache outside the repository, started on 127.0.0.1."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.local_server import free_port, serving
from tests.python_with import python_with

VERSION = "0.6.2"


class Website(NamedTuple):
    """A running website, and a token of each of its owners."""

    url: str
    tokens: dict[str, str]


def cache() -> Path:
    """Where the program is kept between runs: ``CROSSPOST_MICROPUB_CACHE``, or the user's cache folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CROSSPOST_MICROPUB_CACHE") or home / "crosspost-micropub")


@contextmanager
def running() -> Iterator[Website]:
    """Start the website with an empty folder, and stop it afterwards."""
    python = python_with(f"django-indieweb=={VERSION}", cache())
    tokens = {name: secrets.token_urlsafe(24) for name in ("verein", "zweitkonto")}
    told = " ".join(f"{name}:{token}" for name, token in tokens.items())
    with TemporaryDirectory(prefix="micropub-") as data:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        program = Path(__file__).with_name("website.py")
        given = {"PATH": os.environ["PATH"], "HOME": data, "WEBSITE_TOKENS": told}
        command = [python, str(program), str(port), data]
        with serving(command, f"{url}/indie/home/verein", Path(data, "log"), cwd=Path(data), environment=given):
            yield Website(url, tokens)
