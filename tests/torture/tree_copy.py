"""A copy of the code, from which a storm runs: what is edited meanwhile does not mix in."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_COPY = "CROSSPOST_STORM_COPY"
#: where the older code is, in the copy
OLDER = "older"
_ROOT = Path(__file__).parents[2]


def run_from_copy(module: str, commit: str = "") -> None:
    """Begin this program once more, from a copy; returns in the copy, which ends with the program.

    :param commit: whose code is also copied, beside our tests; "" for none
    """
    if copy := os.environ.pop(_COPY, ""):
        owner = os.getpid()
        atexit.register(lambda: shutil.rmtree(copy, ignore_errors=True) if os.getpid() == owner else None)
        import crosspost  # here, as everywhere below: from the copy

        assert Path(crosspost.__file__).is_relative_to(copy), "the storm does not run from its copy"
        return
    folder = tempfile.mkdtemp(prefix="crosspost-storm-")
    for room in ("crosspost", "tests"):
        shutil.copytree(_ROOT / room, Path(folder) / room, ignore=shutil.ignore_patterns("fixtures_large"))
    if commit:
        older = Path(folder) / OLDER
        shutil.copytree(Path(folder) / "tests", older / "tests")
        archive = subprocess.run(["git", "-C", _ROOT, "archive", commit, "crosspost"], check=True, capture_output=True)
        subprocess.run(["tar", "-x", "-C", older], input=archive.stdout, check=True)
    os.environ[_COPY] = folder
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([folder, *filter(None, [before])])
    # files that the command line names are where the user is, so this process stays there
    os.execv(sys.executable, [sys.executable, "-P", "-m", module, *sys.argv[1:]])  # ourselves


def older_code() -> Path | None:
    """Where the older code is that was copied; None when there is none."""
    return found if (found := _ROOT / OLDER).exists() else None
