"""The long form: ``python -m tests.fuzz --minutes 10``. Random seeds, many examples, until the time is up.

A round is the hostile input of this folder with many examples, then every other property of the tests.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import time

GUIDED = ("front_matter", "text", "words", "liquid", "template", "picture", "answer")


def _tests(folder: str, more: dict[str, str], *options: str) -> int:
    """Run tests with new random examples: pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider"]
    command += ["--hypothesis-profile=search", *options, folder]
    return subprocess.run(command, env=os.environ | more, check=False).returncode


def main() -> int:
    """0 when nothing was found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10)
    minutes = options.parse_args().minutes
    until = time.monotonic() + minutes * 60
    guided = importlib.util.find_spec("atheris") is not None
    if guided:
        seconds = max(5, int(minutes * 60 / 2 / len(GUIDED)))
        for target in GUIDED:
            print(f"→ {target}, guided by coverage, {seconds} seconds", flush=True)
            command = [sys.executable, "-m", "tests.fuzz.guided", target, f"-max_total_time={seconds}", "-verbosity=0"]
            if subprocess.run(command, check=False).returncode:
                print(f"{target}: something was found; the input is in .fuzz/")
                return 1
    else:
        print("→ without guidance by coverage: `pip install atheris` adds it where there is one for this Python")
    rounds = 0
    while time.monotonic() < until or not rounds:
        rounds += 1
        print(f"→ round {rounds} of random examples", flush=True)
        more = {"CROSSPOST_FUZZ_EXAMPLES": "400", "CROSSPOST_FUZZ_SIZE": "200000" if rounds == 1 else "40000"}
        if _tests("tests/fuzz", more) or _tests("tests", {}, "-m", "hypothesis", "--ignore=tests/fuzz"):
            return 1
    print(f"Nothing was found in {rounds} rounds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
