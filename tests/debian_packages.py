"""Debian's packages unpacked into a folder of the user's cache: nothing is installed, nobody needs to be root."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest


def unpacked(folder: Path, *names: str, libraries_of: tuple[str, ...] = ()) -> Path:
    """The folder with what is in the packages; fetches them the first time. Skips where that cannot be had.

    :param folder: where they are kept
    :param names: packages
    :param libraries_of: packages whose libraries are taken along where this machine has not got them
    """
    done, wanted = folder / "complete", json.dumps([names, libraries_of])
    if done.exists() and done.read_text() == wanted:
        return folder
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        pytest.skip(f"{names[0]} comes from Debian's packages, and this is not a Debian")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in (*names, *sorted(_missing_libraries(libraries_of) - {*names})):
        _ran(["apt-get", "download", name], folder)
    for package in folder.glob("*.deb"):
        _ran(["dpkg-deb", "--extract", str(package), "."], folder)
        package.unlink()
    done.write_text(wanted)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """What a program of such a folder needs to find its libraries."""
    return {"LD_LIBRARY_PATH": ":".join(str(path) for path in folder.glob("usr/lib/*-linux-*"))}


def _missing_libraries(names: tuple[str, ...]) -> set[str]:
    if not names:
        return set()
    said = _ran(["apt-get", "--simulate", "--no-install-recommends", "install", *names], Path("/"))
    return set(re.findall(r"(?m)^Inst (lib\S+)", said))


def _ran(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip(f"{' '.join(command[:4])} failed, perhaps there is no network: {done.stderr.strip()[-300:]}")
    return done.stdout
