"""Builds the image as anybody would, but for its base: Debian's own packages instead of an image of a registry."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: what the base has beside Debian's smallest system
_PACKAGES = "python3,python3-venv,ca-certificates,tzdata"


def missing() -> str:
    """Why it cannot be built here; "" when it can."""
    if os.geteuid() != 0:
        return "building without a container engine needs root"
    needed = ("buildah", "mmdebstrap", "unshare", "setpriv")
    lacking = [tool for tool in needed if shutil.which(tool) is None]
    names = ", ".join(lacking)
    return f"not installed: {names} (Debian's packages have these names, or are in util-linux)" if lacking else ""


def cache() -> Path:
    """Where base and image are kept between runs: ``CROSSPOST_IMAGE_CACHE``, or the user's cache folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CROSSPOST_IMAGE_CACHE") or home / "crosspost-test-image")


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """What a command prints; what it said stands in the error when it fails."""
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]} {command[1]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def buildah(*arguments: str | Path) -> str:
    """Buildah with storage of its own, so that nothing of the machine's is touched."""
    store = cache() / "storage"
    places = ("--root", store, "--runroot", cache() / "run", "--storage-driver", "vfs")
    return run("buildah", *places, *arguments)


def build() -> None:
    """Build the image ``localhost/crosspost``; the base and the wheels of its packages are fetched once."""
    at = cache()
    at.mkdir(parents=True, exist_ok=True)
    policy = at / "policy.json"  # nothing is fetched from a registry that could be signed
    policy.write_text(json.dumps({"default": [{"type": "insecureAcceptAnything"}]}), "utf-8")
    bud = ("bud", "--isolation", "chroot", "--format", "docker", "--signature-policy", policy)
    if "localhost/base" not in buildah("images"):
        run("mmdebstrap", "--variant=minbase", f"--include={_PACKAGES}", "bookworm", at / "base.tar")
        (at / "Base").write_text("FROM scratch\nADD base.tar /\n", "utf-8")
        buildah(*bud, "--file", at / "Base", "--tag", "base", at)
        (at / "base.tar").unlink()
    wheels = at / "wheels"
    fetch = ("wheel", "--quiet", "--require-hashes", "--requirement", ROOT / "requirements.txt", "--wheel-dir", wheels)
    run(sys.executable, "-m", "pip", *fetch)
    offline = ("--build-arg", "PIP_NO_INDEX=1", "--build-arg", "PIP_FIND_LINKS=/wheelhouse")
    mounted = ("--volume", f"{wheels}:/wheelhouse:ro")
    buildah(*bud, "--build-arg", "BASE=localhost/base", *offline, *mounted, "--tag", "crosspost", ROOT)
