"""Writes config/nix-wheels.toml: what nixpkgs lacks, as wheels, in the versions that requirements.txt names.

To be run when requirements.txt has another version of one of them: a test says so. pip fetches each file and compares
its hash with requirements.txt.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
OUT = ROOT / "config/nix-wheels.toml"
#: what was looked for in nixpkgs and is not there
LACKING = ("fontpkg", "fontpkg-noto-sans", "nostr-sdk", "python-liquid")
#: the flake's systems, and the oldest platform of a wheel that each of them takes
SYSTEMS = {
    "x86_64-linux": "manylinux_2_17_x86_64",
    "aarch64-linux": "manylinux_2_17_aarch64",
    "aarch64-darwin": "macosx_11_0_arm64",
}
_HEAD = """\
# What flake.nix takes as a wheel where nixpkgs has none that is new enough: versions and hashes are those of
# requirements.txt. `python -m tests.nix` writes this file.
"""


class Wheel(NamedTuple):
    """A wheel that was fetched."""

    python: str
    abi: str
    platform: str
    sha256: str
    needs: tuple[str, ...]


def blocks(text: str) -> dict[str, str]:
    """Each package's lines in a list that pip reads, by name."""
    found = re.findall(r"^[A-Za-z0-9](?:.*\\\n)*.*\n", text, re.MULTILINE)
    return {re.split(r"[=;\[ ]", block)[0].lower(): block for block in found}


def read(wheel: Path) -> Wheel:
    """What a wheel's name and its METADATA say."""
    python, abi, platform = wheel.stem.split("-")[-3:]
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        needs = Parser().parsestr(archive.read(name).decode()).get_all("Requires-Dist") or []
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Wheel(python, abi, platform, sha256, tuple(sorted(one for one in needs if ";" not in one)))


def fetch(name: str, block: str, platform: str, folder: Path) -> Wheel:
    """A package's wheel for one platform.

    :raises subprocess.CalledProcessError: when there is none, or its hash is not in the block
    """
    (folder / "list.txt").write_text(block, "utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--platform", platform, "--require-hashes", "--dest", str(folder / platform)]
    subprocess.run([*command, "--requirement", str(folder / "list.txt")], check=True)
    (wheel,) = (folder / platform).glob(f"{name.replace('-', '_')}-*.whl")
    return read(wheel)


def table(name: str, version: str, wheels: dict[str, Wheel]) -> str:
    """One package's part of the file; a wheel that is the same for all systems stands there once."""
    first = next(iter(wheels.values()))
    files = {"any": first} if first.platform == "any" else wheels
    needs = ", ".join(f'"{one}"' for one in first.needs)
    lines = [f"[{name}]", f'version = "{version}"', f"needs = [{needs}]"]
    for system, one in files.items():
        lines += ["", f"[{name}.files.{system}]"]
        lines += [f'{key} = "{getattr(one, key)}"' for key in ("python", "abi", "platform", "sha256")]
    return "\n".join(lines) + "\n"


def main() -> int:
    """:returns: the exit code"""
    locked = blocks((ROOT / "requirements.txt").read_text("utf-8"))
    parts = [_HEAD]
    for name in LACKING:
        version = locked[name].split("==")[1].split()[0]
        with tempfile.TemporaryDirectory() as folder:
            wheels = {system: fetch(name, locked[name], platform, Path(folder)) for system, platform in SYSTEMS.items()}
        parts.append(table(name, version, wheels))
    OUT.write_text("\n".join(parts), "utf-8")
    return 0


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.exit(__doc__)
    sys.exit(main())
