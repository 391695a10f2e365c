"""The real Bluesky server from npm: installed into a cache outside the repository, started on 127.0.0.1."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

#: major version of node → @atproto/pds that was measured with it
VERSIONS = {20: "0.4.217", 22: "0.5.35"}
DIRECTORY = "@did-plc/server@0.0.1"


def cache() -> Path:
    """Where the server is kept between runs: ``CROSSPOST_PDS_CACHE``, or the user's cache folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CROSSPOST_PDS_CACHE") or home / "crosspost-bluesky-pds")


def version() -> str:
    """Which server to install: ``CROSSPOST_PDS_VERSION``, or the one that fits the node of this machine."""
    if wanted := os.environ.get("CROSSPOST_PDS_VERSION"):
        return wanted
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise SystemExit("test-bluesky needs node and npm (20 or 22), g++, make and the node headers")
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    major = int(said.strip().lstrip("v").split(".")[0])
    return VERSIONS[max((known for known in VERSIONS if known <= major), default=min(VERSIONS))]


def install() -> Path:
    """The folder with ``node_modules``; takes about two minutes and 250 MB the first time."""
    folder = cache() / version()
    done = folder / "complete"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        node = Path(shutil.which("node") or "node").resolve().parent.parent
        headers = {"npm_config_nodedir": str(node)} if (node / "include/node").is_dir() else {}
        command = ["npm", "install", "--no-audit", "--no-fund", f"@atproto/pds@{version()}", DIRECTORY]
        subprocess.run(command, cwd=folder, env=os.environ | headers, check=True)
        done.touch()
    return folder


@contextmanager
def running() -> Iterator[str]:
    """Start the server with an empty folder; gives its address and stops it afterwards."""
    start = Path(__file__).with_name("start.cjs")
    modules = install()
    with TemporaryDirectory(prefix="pds-") as data:
        command = ["node", str(start), str(modules), data]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                line = process.stdout.readline()
                if not line:
                    raise SystemExit("the Bluesky server did not start; its message stands above")
                yield str(json.loads(line)["url"])
            finally:
                process.stdin.close()
                process.wait(timeout=20)
