"""The wheel as users install it: pipx, uv's tools and pip. Not in ``make test``: run ``make test-install``."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
MISSING = re.compile(r"one more package: (.+)$", re.MULTILINE)


def pythons() -> Iterator[tuple[str, str]]:
    """Each supported version that is installed, and its program."""
    for version in VERSIONS:
        beside = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        if program := shutil.which(f"python{version}", path=os.defpath) or next(map(str, beside), None):
            yield version, program


FOUND = dict(pythons())


def run(*command: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command as a user gives it, without the environment of these tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTHON"))}
    return subprocess.run(
        [str(word) for word in command],
        env=kept | more,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with pipx and uv; its programs."""
    home = tmp_path_factory.mktemp("tools")
    venv.create(home, with_pip=True)
    done = run(home / "bin/pip", "install", "--quiet", "pipx", "uv", cwd=home)
    if done.returncode:
        pytest.skip(f"pipx and uv cannot be had here: {done.stderr.strip().splitlines()[-1]}")
    return home / "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    assert done.returncode == 0, done.stderr[-2000:]
    return next(folder.glob("*.whl"))


class Installed:
    """One installation of the wheel in a folder of its own, whose programs are found as on a user's machine."""

    def __init__(self, way: str, tools: Path, home: Path, python: str) -> None:
        self.way, self.tools, self.home, self.python = way, tools, home, python
        self.bin = home / ("env/bin" if way == "pip" else "bin")
        self._around = {
            "PATH": f"{self.bin}:{tools}:{os.environ['PATH']}",
            "PIPX_HOME": str(home / "pipx"),
            "PIPX_BIN_DIR": str(self.bin),
            "UV_TOOL_DIR": str(home / "uv"),
            "UV_TOOL_BIN_DIR": str(self.bin),
        } | ({"VIRTUAL_ENV": str(home / "env")} if way == "pip" else {})

    def install(self, what: str) -> None:
        if self.way == "pip":
            assert run(self.python, "-m", "venv", self.home / "env", cwd=self.home).returncode == 0
        commands = {
            "pip": [self.bin / "pip", "install", "--quiet", what],
            "pipx": [self.tools / "pipx", "install", "--python", self.python, what],
            "uv tool": [self.tools / "uv", "tool", "install", "--python", self.python, what],
        }
        done = run(*commands[self.way], cwd=self.home, **self._around)
        assert done.returncode == 0, done.stdout + done.stderr

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run(*words, cwd=self.home, **self._around)


@pytest.fixture(params=["pip", "pipx", "uv tool"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("version", FOUND)
def test_a_user_has_a_command_that_works(way: str, version: str, tools: Path, wheel: Path, tmp_path: Path) -> None:
    crosspost = Installed(way, tools, tmp_path, FOUND[version])
    crosspost.install(f"{wheel}[all]")
    assert crosspost("crosspost", "--version").stdout.startswith("crosspost, version ")
    said = crosspost("crosspost", "demo")
    assert said.returncode == 0, said.stdout + said.stderr
    assert re.search(r"^\d+ posts are out, each once\.$", said.stdout, re.MULTILINE), said.stdout


def test_what_is_missing_is_added_by_the_command_that_is_said(
    way: str, tools: Path, wheel: Path, tmp_path: Path
) -> None:
    crosspost = Installed(way, tools, tmp_path, next(iter(FOUND.values())))
    crosspost.install(str(wheel))
    sentences: list[str] = []
    while wanted := MISSING.search((said := crosspost("crosspost", "demo")).stdout + said.stderr):
        command = _from_the_wheel(wanted[1], wheel)
        assert command not in sentences, f"said again after it was done: {command}"
        sentences.append(command)
        done = crosspost(*shlex.split(command))
        assert done.returncode == 0, done.stdout + done.stderr
    assert sentences, "a bare installation lacks a network's package"
    assert said.returncode == 0, said.stdout + said.stderr


def _from_the_wheel(command: str, wheel: Path) -> str:
    """The same command with this wheel in the place of the released package, which no index has yet."""
    return " ".join(
        shlex.quote(re.sub(r"^crosspost(?=$|\[)", lambda _: str(wheel), word))
        if n > 1 and "inject" not in command
        else word
        for n, word in enumerate(shlex.split(command))
    )
