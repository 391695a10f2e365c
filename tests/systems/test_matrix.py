"""The workflow that tries each change on Linux, macOS and Windows: it names what is there, and does what it says."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
JOBS: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text("utf-8"))["jobs"]


def script(job: str, name: str) -> str:
    (found,) = (step["run"] for step in JOBS[job]["steps"] if step.get("name") == name)
    assert isinstance(found, str)
    return found


def test_macos_and_windows_are_tried_on_the_oldest_and_the_newest_python() -> None:
    matrix = JOBS["others"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["system"]} == {"macos", "windows"}
    supported = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert matrix["python"] == [supported[0], supported[-1]]
    (setup,) = (step for step in JOBS["linux"]["steps"] if "setup-python" in step.get("uses", ""))
    assert setup["with"]["python-version"].split() == supported


def test_every_folder_it_names_has_tests() -> None:
    folders = re.findall(r"tests/\w+", script("others", "Test what meets the system"))
    assert "tests/systems" in folders
    assert [name for name in folders if not list((ROOT / name).glob("test_*.py"))] == []


def test_its_steps_are_commands_this_project_has() -> None:
    wanted = script("others", "Test what meets the system").split()
    command = [sys.executable, *wanted[1:3], "--collect-only", "-q", "-m", "not long", "tests/systems/test_matrix.py"]
    assert wanted[0] == "python"
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert (ROOT / script("linux", "Run it all")).stat().st_mode & 0o111
    installed = script("others", "Install")
    assert "--require-hashes --requirement requirements.txt" in installed
    assert "--no-build-isolation" in installed
