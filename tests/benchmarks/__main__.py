"""``make bench``: each figure beside its baseline, as a table and as JSON. It asserts nothing: machines differ.

python -m tests.benchmarks [--json FILE] [--only WORD]
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from tests.benchmarks import idle, pages, scale, sending, start_up
from tests.benchmarks.rows import Row, SkippedError

ROWS: list[Row] = [*start_up.ROWS[:2], *idle.ROWS, *sending.ROWS, *scale.ROWS, *pages.ROWS, *start_up.ROWS[2:]]


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text("utf-8").splitlines() if about.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "ms an fsync": fsync(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def fsync() -> float:
    """How long the disk under the temporary folder takes to keep a page: a delivery waits for that a dozen times."""
    with tempfile.TemporaryFile() as file:
        begun = time.perf_counter()
        for _ in range(20):
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
        return round((time.perf_counter() - begun) / 20 * 1000, 1)


def result(row: Row) -> dict[str, Any]:
    """One line, measured in a folder of its own."""
    said: dict[str, Any] = {"what": row.what, "baseline": row.baseline, "goal": row.goal}
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_STATE_HOME"] = f"{folder}/home"  # where ledgers leave their marks
            found = row.measure(Path(folder))
    except SkippedError as reason:
        return said | {"skipped": str(reason)}
    except Exception as error:  # one row that cannot be measured does not take the others along
        return said | {"skipped": f"{type(error).__name__}: {error}"}
    figures: dict[str, Any] = msgspec.to_builtins(found)
    return said | {"ratio": round(found.ratio, 2)} | figures


def line(found: dict[str, Any]) -> str:
    """The same as a line of the table."""
    if "skipped" in found:
        cells = [found["what"], found["baseline"], f"skipped: {found['skipped']}", "", found["goal"], ""]
    else:
        figures = f"{_short(found['ours'])} · {_short(found['base'])} {found['unit']}"
        cells = [found["what"], found["baseline"], figures, f"{found['ratio']:.2f}", found["goal"], found["note"]]
    return f"| {' | '.join(cells)} |"


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--only", default="", help="only rows with this word")
    wanted = parser.parse_args()
    os.environ.pop("CI", None)  # a build service keeps its ledger elsewhere
    about = machine()
    print(", ".join(f"{name} {value}" for name, value in about.items()), end="\n\n")
    print("| what | baseline beside it | ours · baseline | ratio | goal | |\n|---|---|---|---|---|---|")
    rows = []
    for row in ROWS:
        if wanted.only in f"{row.what} {row.baseline}":
            rows.append(result(row))
            print(line(rows[-1]))
            sys.stdout.flush()
    text = msgspec.json.format(msgspec.json.encode({"machine": about, "rows": rows}), indent=2).decode()
    print(f"\n{text}")
    if wanted.json is not None:
        wanted.json.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
