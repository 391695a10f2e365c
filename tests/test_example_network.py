"""A network in a package of its own: built, installed and run through the contract as its author would."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent / "example_network"
ROOT = Path(__file__).parents[1]


@pytest.mark.long
def test_a_network_of_another_package_is_built_installed_and_keeps_the_contract(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    installed = subprocess.run(
        [*pip, "--disable-pip-version-check", "--target", str(tmp_path / "installed"), str(EXAMPLE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stderr
    environ = os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path / "installed"), str(ROOT)))}
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(EXAMPLE)]
    done = subprocess.run(
        [*run, "-c", str(EXAMPLE / "pyproject.toml"), "--basetemp", str(tmp_path / "tests"), str(EXAMPLE / "tests")],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout

    # and a user's commands know it: the demo has its timeline among the others
    shown = subprocess.run(
        [sys.executable, "-m", "crosspost", "demo"],
        cwd=tmp_path,
        env=environ | {"XDG_STATE_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "\ncorkboard " in shown.stdout
