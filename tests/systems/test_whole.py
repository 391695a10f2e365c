"""Everything runs without what Windows lacks, and nothing new uses it unasked."""

import ast
import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from crosspost.daemon import systemd
from crosspost.transport.jsonrpc import ask
from crosspost.transport.session import Session, TransportError
from tests.systems.windows import LACKING, MODULES, PACKAGE

#: what is not crosspost's and asks for its system: here it is Linux's, and may use what Linux has
_LIBRARY = "import asyncio, http.server, logging.handlers, multiprocessing, platform, shutil, socketserver, ssl, "
_LIBRARY += "subprocess, tempfile, threading, urllib.request, uuid, webbrowser, zoneinfo, mcp.server"
FILES = [file for file in PACKAGE.rglob("*.py") if "__pycache__" not in file.parts]


def without_it(then: str) -> "subprocess.CompletedProcess[str]":
    """Run this in a Python that lacks what Windows lacks."""
    script = f"""
import importlib, os, sys
sys.path.insert(0, {str(PACKAGE.parent)!r})
{_LIBRARY}
from tests.systems import windows
with windows.acted():
    import crosspost.config.file_lock
import functools, socket
socket.socketpair = functools.partial(socket.socketpair, socket.AF_UNIX)  # Windows has one of another kind
shutil._use_fd_functions = False  # nor does it open folders there
for name, lacking in windows.LACKING.items():
    for one in lacking:
        vars(importlib.import_module(name)).pop(one, None)
for name in windows.MODULES:
    sys.modules[name] = None
{then}
"""
    command = [sys.executable, "-W", "ignore", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.long
def test_the_demo_sends_its_posts(tmp_path: Path) -> None:
    done = without_it("import crosspost.cli\nsys.argv = ['crosspost', 'demo']\ncrosspost.cli.main()")
    assert done.returncode == 0, done.stderr[-2000:]
    pattern = r"google_business http\S+\n .*  \[picture"
    assert re.search(pattern, done.stdout), "Google fetched its picture, too"


def test_every_module_can_be_imported() -> None:
    names = [".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in FILES]
    names = [
        name.removesuffix(".__init__") for name in names if not name.endswith("__main__") and "migrations" not in name
    ]
    script = f"import json\nfor name in json.loads({json.dumps(names)!r}): importlib.import_module(name)"
    done = without_it(script)
    assert done.returncode == 0, done.stderr[-2000:]


def unasked(text: str) -> set[str]:
    """What Windows lacks and this code uses without asking whether it is there."""
    used = {
        (node.value.id, node.attr)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    names = {f"{module}.{name}" for module, name in used if name in LACKING.get(module, ())}
    imported = {name for name in MODULES if f"import {name}" in text or f"from {name} " in text}
    return {name for name in names if 'hasattr({}, "{}")'.format(*name.split(".")) not in text} | imported


def test_what_windows_lacks_is_asked_for_before_it_is_used() -> None:
    own = {"file_lock.py", "atomic_file.py"}
    found = {file.name: unasked(file.read_text("utf-8")) for file in FILES if file.name not in own}
    assert {name: names for name, names in found.items() if names} == {}
    assert unasked("import fcntl\nos.killpg(1, signal.SIGKILL)") == {"fcntl", "os.killpg", "signal.SIGKILL"}
    assert unasked('if hasattr(os, "killpg"): os.killpg(1, 2)') == set()


def test_without_unix_sockets_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_UNIX")
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    systemd.notify("READY=1")
    with pytest.raises(TransportError, match="no such sockets; name a host and a port"):
        ask(Session(), "unix:/run/signal.sock", {"jsonrpc": "2.0", "method": "version", "id": 1})
