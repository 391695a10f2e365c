"""A real Ghost from npm, with the node it wants: installed into the user's cache, run on 127.0.0.1 with SQLite."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.local_server import free_port, serving

VERSION = "6.65.0"
#: with node 24.20 the better-sqlite3 of this Ghost ends the process
NODE = "22.23.3"
TOOLS = ("pnpm@12.4.2", "node-gyp@13.0.1")


def cache() -> Path:
    """Where the server is kept between runs: ``CROSSPOST_GHOST_CACHE``, or the user's cache folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CROSSPOST_GHOST_CACHE") or home / "crosspost-ghost")


def install() -> tuple[Path, Path]:
    """Node's folder and Ghost's; takes some minutes and 900 MB the first time. Skips where they cannot be had."""
    for tool in ("npm", "tar", "g++", "make", "python3"):
        if shutil.which(tool) is None:
            pytest.skip(f"Ghost needs {tool} to be installed, which is not here")
    cpu = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine().lower())
    if cpu is None or sys.platform not in ("linux", "darwin"):
        pytest.skip(f"npm has no node for {sys.platform} on {platform.machine()}")
    folder = cache() / f"{VERSION}-node{NODE}"
    node, ghost, done = folder / f"node_modules/node-{sys.platform}-{cpu}", folder / "package", folder / "complete"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "package.json").write_text('{"private": true}')
        fetch = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]
        _ran([*fetch, f"{node.name}@{NODE}", *TOOLS], folder)
        _ran(["npm", "pack", "--silent", f"ghost@{VERSION}"], folder)
        _ran(["tar", "xzf", f"ghost-{VERSION}.tgz"], folder)
        pnpm = [str(node / "bin/node"), str(folder / "node_modules/pnpm/bin/pnpm.mjs"), "install"]
        path = f"{node / 'bin'}:{folder / 'node_modules/.bin'}:{os.environ['PATH']}"
        # what packages want to run while they are installed is not run; only the database has to be built
        plain = ["--prod", "--frozen-lockfile", "--ignore-scripts", "--store-dir", str(folder / "store")]
        _ran([*pnpm, *plain], ghost, PATH=path)
        for database in ghost.glob("node_modules/.pnpm/better-sqlite3@*/node_modules/better-sqlite3"):
            _ran(["node-gyp", "rebuild", "--release", f"--nodedir={node}"], database, PATH=path)
        done.touch()
    return node, ghost


@contextmanager
def running() -> Iterator[str]:
    """Start the server with an empty folder; gives its address and stops it afterwards."""
    node, ghost = install()
    with TemporaryDirectory(prefix="ghost-") as data:
        content = Path(data, "content")
        shutil.copytree(ghost / "content", content)
        port = free_port()
        url = f"http://127.0.0.1:{port}/press"
        given = {"PATH": f"{node / 'bin'}:{os.environ['PATH']}", "HOME": data, "NODE_ENV": "development"} | {
            "url": f"{url}/",
            "server__host": "127.0.0.1",
            "server__port": str(port),
            "database__client": "better-sqlite3",
            "database__connection__filename": str(content / "data/ghost.db"),
            "database__useNullAsDefault": "true",
            "paths__contentPath": str(content),
            "mail__transport": "stub",
            "privacy__useUpdateCheck": "false",
            "security__staffDeviceVerification": "false",
        }
        asked = f"{url}/ghost/api/admin/site/"
        command = [str(node / "bin/node"), "index.js"]
        with serving(command, asked, Path(data, "log"), cwd=ghost, environment=given, until=200):
            yield url


def _ran(command: list[str], folder: Path, **more: str) -> None:
    done = subprocess.run(
        command, cwd=folder, env=os.environ | more, capture_output=True, text=True, check=False, timeout=3600
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-300:]
        pytest.skip(f"{' '.join(command[-3:])} failed, perhaps there is no network: {said}")
