"""The GitHub workflow is safe to copy: nothing unpinned, nothing unseen installed, no token where it is not needed."""

import base64
import http.server
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.build_job import GITHUB
from tests.build_job import steps as steps_of


def steps() -> list[dict[str, Any]]:
    return steps_of(GITHUB)


def test_actions_are_pinned_and_packages_have_hashes() -> None:
    text = GITHUB.read_text("utf-8")
    for action in (step["uses"] for step in steps() if "uses" in step):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)
        assert re.search(rf"{re.escape(action)} # v\d+\.\d+\.\d+\n", text), "the version stands behind the hash"
    installs = [line for step in steps() for line in step.get("run", "").splitlines() if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line and "--only-binary :all:" in line for line in installs)


def test_only_what_moves_ledger_and_links_has_the_repositorys_token() -> None:
    assert [step["with"]["persist-credentials"] for step in steps() if "checkout" in step.get("uses", "")] == [False]
    holders = [step["name"] for step in steps() if re.search(r"github\.token|GITHUB_TOKEN", str(step))]
    assert holders == ["Take the ledger", "Bring the ledger back", "Push the links into the site"]
    assert not [step["name"] for step in steps() if "${{" in step.get("run", "")], "no text of others in a script"


def test_without_the_list_of_packages_nothing_is_installed(tmp_path: Path) -> None:
    (script,) = (step["run"] for step in steps() if step.get("name") == "Install")
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("::error::config/requirements.txt is missing")


class Asks(http.server.BaseHTTPRequestHandler):
    """A server that wants a login, as GitHub does for a private repository; notes each one it is given."""

    logins: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        login = self.headers.get("Authorization", "")
        self.logins.append(login)
        self.send_response(404 if login else 401)
        self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("name", ["Take the ledger", "Bring the ledger back", "Push the links into the site"])
def test_git_gives_the_token_to_its_own_server_only(name: str) -> None:
    (env,) = (step["env"] for step in steps() if step.get("name") == name)
    token = "Basic " + base64.b64encode(b"x-access-token:a-token").decode()
    quiet = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
    }

    def given(here: str, server: str) -> bool:
        Asks.logins.clear()
        said = {key: value.replace("${{ github.server_url }}", server) for key, value in env.items()}
        said |= {"LEDGER_TOKEN": "a-token"}
        command = ["git", "ls-remote", f"{here}/verein/tal"]
        subprocess.run(command, env=os.environ | quiet | said, capture_output=True, check=False)
        assert Asks.logins, "git asked"
        return token in Asks.logins

    assert env["LEDGER_TOKEN"] == "${{ github.token }}"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Asks) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        here = f"http://127.0.0.1:{server.server_address[1]}"
        assert given(here, here)
        assert not given(here, "https://git.example.org")
        server.shutdown()
