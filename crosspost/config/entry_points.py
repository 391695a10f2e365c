"""What other installed packages register under a group of entry points, without importlib.metadata, which is slow."""

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple


class EntryPoint(NamedTuple):
    """One line of a package's ``entry_points.txt``: ``name = module:attribute``."""

    name: str
    value: str

    @property
    def module(self) -> str:
        """The part before the colon."""
        return self.value.partition(":")[0].strip()

    def load(self) -> Any:
        """Import what it names; raises whatever that raises."""
        found: Any = import_module(self.module)
        for attribute in filter(None, self.value.partition(":")[2].partition("[")[0].strip().split(".")):
            found = getattr(found, attribute)
        return found


def entry_points(group: str) -> list[EntryPoint]:
    """The entry points of a group, of every package on ``sys.path``; of a package that is there twice, the first."""
    found: dict[str, EntryPoint] = {}
    for place in dict.fromkeys(sys.path):
        try:
            changed = Path(place).stat().st_mtime_ns
        except OSError:
            continue
        for point in _in_place(str(Path(place).absolute()), group, changed):
            found.setdefault(point.name, point)
    return list(found.values())


@lru_cache(maxsize=64)
def _in_place(place: str, group: str, _changed: int) -> tuple[EntryPoint, ...]:
    """Read once a process for each state of the folder: what is installed or removed there changes its time."""
    return tuple(_in_folder(place, group))


def _in_folder(place: str, group: str) -> Iterator[EntryPoint]:
    try:
        packages = sorted(entry.path for entry in os.scandir(place) if entry.name.endswith((".dist-info", ".egg-info")))
    except FileNotFoundError:
        return
    except NotADirectoryError:  # an archive
        yield from _in_archive(place, group)
        return
    except OSError:
        return
    for folder in packages:
        try:
            text = Path(folder, "entry_points.txt").read_text("utf-8", "replace")
        except OSError:
            continue
        if group in text:
            yield from _of_group(text, group)


def _of_group(text: str, group: str) -> Iterator[EntryPoint]:
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[]").strip()
        elif section == group and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield EntryPoint(name.strip(), value.strip())


def _in_archive(place: str, group: str) -> Iterator[EntryPoint]:
    from importlib import metadata

    for package in metadata.distributions(path=[place]):
        yield from _of_group(package.read_text("entry_points.txt") or "", group)
