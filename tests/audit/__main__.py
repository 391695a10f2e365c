"""``make audit``: writes the SBOM, then asks a list of known holes about each package in it.

Ends with 1 when a hole is known, with 2 when not all of them could be looked up.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.audit import sbom


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

    :returns: 0 when no hole is known, 1 when one is, 2 when not every package could be looked up
    """
    if not auditor.is_file():
        print("Nothing was audited: pip-audit is not installed; `make audit` installs it.")
        return 2
    command: list[str | Path] = [auditor, "--requirement", requirements, "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        answers = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        why = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"Nothing was audited: the list of known holes gave no answer ({why}). It needs the internet.")
        return 2
    return report(answers)


def report(answers: Sequence[Mapping[str, Any]]) -> int:
    """Print what pip-audit found out.

    :returns: the exit code, as of :func:`audit`
    """
    holes = [(one["name"], one["version"], hole) for one in answers for hole in one.get("vulns", ())]
    for name, version, hole in holes:
        mended = ", ".join(hole["fix_versions"]) or "no version yet"
        print(f"{name} {version}: {hole['id']}, mended in {mended}")
    unknown = [one["name"] for one in answers if "skip_reason" in one]
    asked = len(answers) - len(unknown)
    print(f"{asked} packages were looked up, {len({name for name, *_ in holes})} have a known hole.")
    if unknown or not asked:
        print(f"Not audited, because the list does not know them or cannot be reached: {', '.join(unknown) or 'all'}.")
    return 1 if holes else 2 if unknown or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
