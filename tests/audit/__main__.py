"""``make audit``: writes the SBOM, then asks a list of known holes about each package in it.

Ends with 1 when a hole is known, with 2 when nobody could be asked: then nothing was audited.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.audit import sbom

#: what the program says when it reached nobody; its exit code is the same as for a hole
_NOBODY = (
    "ConnectionError",
    "Connection refused",
    "Max retries exceeded",
    "Could not connect",
    "timed out",
    "ServiceError",
)


def main(words: Sequence[str] | None = None) -> int:
    """:returns: the exit code"""
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("--sbom", type=Path, default=sbom.ROOT / "build/crosspost.cdx.json", help="where it is written")
    parser.add_argument("--auditor", type=Path, default=Path(sys.executable).with_name("pip-audit"))
    asked, more = parser.parse_known_args(words)
    sbom.write(asked.sbom)
    print(f"{len(sbom.listed(sbom.LISTED.read_text('utf-8')))} packages are listed in {asked.sbom}.")
    return audit(asked.auditor, sbom.LISTED, more)


def audit(auditor: Path, requirements: Path, more: Sequence[str] = ()) -> int:
    """Ask about each package of the list; nothing is installed or resolved anew for that.

    :returns: 0 when no hole is known, 1 when one is, 2 when nobody could be asked
    """
    if not auditor.is_file():
        print("Nothing was audited: pip-audit is not installed; `make audit` installs it.")
        return 2
    command: list[str | Path] = [
        auditor,
        "--requirement",
        requirements,
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner",
        "off",
    ]
    done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
    said = f"{done.stdout}\n{done.stderr}"
    if done.returncode and any(word in said for word in _NOBODY):
        print(
            "Nothing was audited: the list of known holes cannot be reached. Run it again with an internet connection."
        )
        return 2
    print(done.stdout.strip() or done.stderr.strip())
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
