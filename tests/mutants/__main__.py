"""``python -m tests.mutants crosspost/delivery --sample 200 --seed 1``: which mistakes does no test notice?

Several folders and files of one room can be named: ``python -m tests.mutants crosspost/networks --only find``.
"""

import argparse
import json
import os
import random
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.mutants.mutate import Mutant, equivalent, mutants
from tests.mutants.run import CACHE, Runner

#: what takes its time notices little more, and each mistake has a few seconds
_QUICK = ("-m", "not long")


def main() -> int:
    wanted = _wanted()
    files = sorted({file for place in wanted.places for file in _files(place)})
    found = [mutant for file in files for mutant in mutants(file) if re.search(wanted.only, mutant.function)]
    known, total = equivalent(), len(found)
    made = {mutant.key for mutant in found}
    stale = [key for key in known if key[0] in files and re.search(wanted.only, key[1]) and key not in made]
    room = "/".join(Path(wanted.places[0]).parts[:2])
    left = CACHE / f"survivors-{room.replace('/', '-')}.json"
    if wanted.again:
        keys = {tuple(key) for key in json.loads(left.read_text("utf-8"))}
        found = [mutant for mutant in found if mutant.key in keys]
    if wanted.sample:
        found = random.Random(wanted.seed).sample(found, min(wanted.sample, len(found)))
    runner = Runner(
        os.path.commonpath([place if Path(place).is_dir() else Path(place).parent for place in wanted.places]),
        [mutant for mutant in found if mutant.key not in known],
        budget=wanted.budget,
        workers=wanted.workers,
    )
    tests = wanted.tests.split() or [room.replace("crosspost", "tests", 1)]
    done = pytest.main(
        ["-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:terminal", *([] if wanted.long else _QUICK), *tests],
        plugins=[runner],
    )
    if done not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        print("The tests cannot be collected: run pytest first.")
        return 2
    results = [*runner.results, *((mutant, known[mutant.key].split(":")[0]) for mutant in found if mutant.key in known)]
    survivors = [mutant for mutant, result in results if result == "survived"]
    left.write_text(json.dumps([mutant.key for mutant in survivors]), "utf-8")
    for mutant in survivors:
        print(f"\n{mutant}")
    print(_table(results))
    sampled = f", seed {wanted.seed}" if wanted.sample else ""
    print(f"\n{len(results)} of {total} mistakes in {' '.join(wanted.places)}{sampled}")
    for key in stale:
        print("equivalent.txt names a mistake that is not made any more:", *key, sep="\n  ")
    return 1 if stale else 0


def _files(place: str) -> list[str]:
    """The modules there; a migration that was released never changes."""
    if not Path(place).is_dir():
        return [place]
    return [str(file) for file in Path(place).rglob("*.py") if "migrations" not in file.parts]


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("places", nargs="+", help="folders and files of one room of the package")
    parser.add_argument("--only", default="", help="only in functions whose name this pattern is found in")
    parser.add_argument("--sample", type=int, default=0, help="only so many mistakes, chosen by --seed; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", default="", help="folders or files of tests; usually those of the room")
    parser.add_argument("--long", action="store_true", help="tests marked long too, such as those on PostgreSQL")
    parser.add_argument("--budget", type=float, default=10, help="processor's seconds of tests per mistake")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="only those nobody noticed last time")
    return parser.parse_args()


def _table(results: list[tuple[Mutant, str]]) -> str:
    """A line per module: how many were made, noticed and not; ``noticed`` is a share of those not equivalent."""
    reasons = sorted({result for _, result in results} - {"killed", "survived", "timeout"})
    columns = ["made", "killed", "timeout", "survived", *reasons, "noticed"]
    by_file: dict[str, Counter[str]] = {}
    for mutant, result in results:
        by_file.setdefault(mutant.file, Counter())[result] += 1
    lines = [f"\n{'module':44}" + "".join(f"{name:>{len(name) + 2}}" for name in columns)]
    for file, counts in [*sorted(by_file.items()), ("all", sum(by_file.values(), Counter()))]:
        noticed = counts["killed"] + counts["timeout"]
        real = noticed + counts["survived"]
        values = [sum(counts.values()), *(counts[name] for name in columns[1:-1])]
        share = f"{100 * noticed / real:.0f} %" if real else "–"
        cells = [f"{value:>{len(name) + 2}}" for value, name in zip([*values, share], columns, strict=True)]
        lines.append(f"{file:44}" + "".join(cells))
    return "\n".join(lines)


sys.exit(main())
