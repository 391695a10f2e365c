"""The list of what is installed (a CycloneDX SBOM), made of the hashed ``requirements.txt``."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTED = ROOT / "requirements.txt"
#: the version of the format; what most auditors read by now
VERSION = "1.6"
_PACKAGE = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def listed(text: str) -> dict[str, str]:
    """The packages of a list as pip reads it, with their versions."""
    return {name.lower().replace("_", "-").replace(".", "-"): version for name, version in _PACKAGE.findall(text)}


def write(out: Path, requirements: Path = LISTED) -> None:
    """Write the SBOM; the same list gives the same bytes.

    :raises subprocess.CalledProcessError: when the list cannot be read, or the SBOM would not be valid
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    program: str | Path = Path(sys.executable).with_name("cyclonedx-py")
    command: list[str | Path] = [
        program,
        "requirements",
        "--output-reproducible",
        "--spec-version",
        VERSION,
        "--validate",
    ]
    subprocess.run(
        [*command, "--pyproject", ROOT / "pyproject.toml", "--output-file", out, requirements],
        check=True,
        capture_output=True,
        text=True,
    )
