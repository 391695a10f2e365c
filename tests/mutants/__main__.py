"""``python -m tests.mutants crosspost/delivery --sample 200 --seed 1``: which mistakes does no test notice?"""

import argparse
import json
import random
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
    files = [wanted.room]
    if Path(wanted.room).is_dir():  # a migration that was released never changes
        files = sorted(str(file) for file in Path(wanted.room).rglob("*.py") if "migrations" not in file.parts)
    found = [mutant for file in files for mutant in mutants(file)]
    known, total = equivalent(), len(found)
    stale = [key for key in known if key[0] in files and key not in {mutant.key for mutant in found}]
    left = CACHE / f"survivors-{wanted.room.replace('/', '-')}.json"
    if wanted.again:
        keys = {tuple(key) for key in json.loads(left.read_text("utf-8"))}
        found = [mutant for mutant in found if mutant.key in keys]
    if wanted.sample:
        found = random.Random(wanted.seed).sample(found, min(wanted.sample, total))
    runner = Runner(
        wanted.room if Path(wanted.room).is_dir() else str(Path(wanted.room).parent),
        [mutant for mutant in found if mutant.key not in known],
        budget=wanted.budget,
        workers=wanted.workers,
    )
    room = "/".join(Path(wanted.room).parts[:2])
    tests = wanted.tests.split() or [room.replace("crosspost", "tests", 1)]
    done = pytest.main(
        ["-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:terminal", *_QUICK, *tests], plugins=[runner]
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
    print(f"\n{len(results)} of {total} mistakes in {wanted.room}" + f", seed {wanted.seed}" * bool(wanted.sample))
    for key in stale:
        print("equivalent.txt names a mistake that is not made any more:", *key, sep="\n  ")
    return 1 if stale else 0


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("room", help="a folder or file of the package")
    parser.add_argument("--sample", type=int, default=0, help="only so many mistakes, chosen by --seed; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", default="", help="folders or files of tests; usually those of the room")
    parser.add_argument("--budget", type=float, default=30, help="seconds of tests per mistake")
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
