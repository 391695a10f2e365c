"""A package from PyPI that is no dependency of ours, in a virtual environment of the user's cache."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest


def python_with(package: str, cache: Path) -> str:
    """The Python of a virtual environment with this package; skips, with the reason, where it cannot be had.

    :param package: its name and exact version, ``toot==0.52.1``
    :param cache: the folder it is kept in between runs
    """
    folder = cache / f"{package}-python{sys.version_info[0]}.{sys.version_info[1]}"
    python, done = str(folder / "bin/python"), folder / "complete"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once would empty each other's environment
        if not done.exists():
            fetched([sys.executable, "-m", "venv", "--clear", str(folder)], cache)
            fetched([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package], cache)
            done.touch()
    return python


def fetched(command: list[str], folder: Path) -> None:
    """Run a command that fetches something; skips, with what it says, when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip(f"{' '.join(command[:4])} failed, perhaps there is no network: {done.stderr.strip()[-300:]}")
