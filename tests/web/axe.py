"""axe-core, which finds what keeps people out of a page: fetched once into the user's cache, from npm."""

import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path

import pytest

VERSION = "4.14.1"
#: what the pages promise: WCAG 2.2, levels A and AA, and the rules of good practice
RUN = "axe.run(document, {resultTypes: ['violations']})"


@cache
def script() -> str:
    """axe's own text; skips the test where it cannot be had."""
    place = Path.home() / ".cache" / "crosspost-axe" / VERSION
    file = place / "package" / "axe.min.js"
    if not file.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("axe-core cannot be fetched: there is no npm on this machine")
        place.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run([npm, "pack", f"axe-core@{VERSION}"], cwd=place, capture_output=True, check=False)
        archive = place / f"axe-core-{VERSION}.tgz"
        if packed.returncode or not archive.is_file():
            pytest.skip(f"axe-core cannot be fetched: {packed.stderr.decode()[-200:]}")
        with tarfile.open(archive) as opened:
            opened.extract("package/axe.min.js", place, filter="data")
    return file.read_text("utf-8")
