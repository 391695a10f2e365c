"""Clients nobody here wrote, fetched into the user's cache: packages from npm and PyPI at exact versions, swaks from
Debian.

Those from PyPI are no development dependencies: they want an older python-dateutil and urllib3 than our own libraries
get, and the tests are to run with what users have.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.python_with import fetched, python_with

#: the newest versions that run with node 20 as well as with 22
PACKAGES = {
    "@atproto/api": "0.19.19",
    "@humanwhocodes/crosspost": "1.0.4",
    "@tryghost/admin-api": "1.14.13",
    "grammy": "1.46.0",
    "masto": "7.12.0",
    "megalodon": "10.3.0",
    "misskey-js": "2026.5.1",
    "nostr-tools": "2.25.2",
    "tumblr.js": "5.0.1",
    "twitter-api-v2": "1.29.1",
    "wpapi": "1.2.2",
}
PYTHON = {
    "discord-webhook": "1.4.1",
    "matrix-nio": "0.26.0",
    "pinterest-api-sdk": "0.2.7",
    "slack_sdk": "3.48.0",
    "toot": "0.52.1",
}
DEBIAN = ("swaks", "libnet-ssleay-perl")


def cache() -> Path:
    """Where clients are kept between runs: ``CROSSPOST_CLIENTS_CACHE``, or the user's cache folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CROSSPOST_CLIENTS_CACHE") or home / "crosspost-test-clients")


def npm() -> Path:
    """The folder with ``node_modules``; takes some seconds and 75 MB the first time. Skips where that cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed (node 20 or newer)")
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(said.lstrip("v").split(".")[0]) < 20:
        pytest.skip(f"node {said} is too old for these clients; they need 20 or newer")
    folder = cache() / "npm"
    wanted = json.dumps({"private": True, "dependencies": PACKAGES}, indent=2)
    done = folder / "complete"
    if not done.exists() or done.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(wanted)
        # what packages want to run while they are installed is not run; none of these needs it
        fetched(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], folder)
        done.write_text(wanted)
    return folder


def python(name: str) -> str:
    """A Python that has the client of this name, in a virtual environment of its own."""
    return python_with(f"{name}=={PYTHON[name]}", cache())


def swaks() -> tuple[list[str], dict[str, str]]:
    """The command, and the environment it needs: the one of this machine, or unpacked from Debian's packages."""
    if shutil.which("perl") is None:
        pytest.skip("swaks needs perl, which is not installed")
    if shutil.which("swaks") is not None:
        return ["swaks"], {}
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        pytest.skip("swaks is not installed, and this is no Debian to fetch it from")
    folder = cache() / "swaks"
    done = folder / "complete"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in DEBIAN:
            fetched(["apt-get", "download", name], folder)
        for package in folder.glob("*.deb"):
            fetched(["dpkg-deb", "--extract", str(package), "."], folder)
        done.touch()
    libraries = [folder / "usr/share/perl5", *folder.glob("usr/lib/*/perl5/*")]
    return ["perl", str(folder / "usr/bin/swaks")], {"PERL5LIB": ":".join(map(str, libraries))}
