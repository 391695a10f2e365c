"""A folder of wheels, as a package registry has them: made of what is installed here, so that nothing is fetched."""

import csv
import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from itertools import repeat
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import parse_tag, sys_tags
from packaging.utils import canonicalize_name

#: what pip writes beside an installed package; a wheel has none of it
_OF_PIP = ("INSTALLER", "REQUESTED", "direct_url.json", "RECORD")


def fill(folder: Path, *wanted: str) -> None:
    """Write the wheels of some packages and of all they need; crosspost itself is built from its checkout.

    :param wanted: requirements, such as ``crosspost[all]``
    :raises PackageNotFoundError: when one of them is not installed here
    """
    folder.mkdir(parents=True)
    for found in _needed([Requirement(one) for one in wanted]):
        if found.name != "crosspost":
            _write(found, folder)


def _needed(wanted: list[Requirement]) -> Iterator[Distribution]:
    """The installed packages that fulfil some requirements, and theirs; each once."""
    done: set[tuple[str, str]] = set()
    told: set[str] = set()
    while wanted:
        one = wanted.pop()
        for extra in ("", *one.extras):
            if (key := (canonicalize_name(one.name), extra)) in done:
                continue
            done.add(key)
            found = distribution(one.name)
            if key[0] not in told:
                told.add(key[0])
                yield found
            needs = [Requirement(line) for line in found.requires or []]
            wanted += [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]


def _write(found: Distribution, folder: Path) -> None:
    """One wheel (packaging.python.org/specifications/binary-distribution-format), not compressed."""
    tags = [line.removeprefix("Tag: ") for line in (found.read_text("WHEEL") or "").splitlines() if "Tag: " in line]
    ours = set(sys_tags())
    tag = next(tag for tag in tags if parse_tag(tag) & ours)
    name = found.name.replace("-", "_")
    files = [one for one in found.files or [] if not one.is_relative_to("..") and one.suffix != ".pyc"]
    files = [one for one in files if not (".dist-info" in one.parts[0] and one.name in _OF_PIP)]
    info = next(one.parts[0] for one in files if one.name == "METADATA")
    with zipfile.ZipFile(folder / f"{name}-{found.version}-{tag}.whl", "w") as wheel:
        for one in files:
            wheel.write(str(one.locate()), str(one))
        record = io.StringIO()
        hashes = (f"{one.hash.mode}={one.hash.value}" if one.hash else "" for one in files)
        csv.writer(record).writerows([*zip(map(str, files), hashes, repeat("")), (f"{info}/RECORD", "", "")])
        wheel.writestr(f"{info}/RECORD", record.getvalue())
