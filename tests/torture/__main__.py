"""``make torture``: the long form. Prints a table per network; ends with 1 when anything was lost or said twice."""

import argparse
import sys

from tests.torture.storm import Storm, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="make torture")
    parser.add_argument("--kills", type=int, default=1000, help="how many processes to kill at least")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--networks", default="x,mastodon,facebook")
    wanted = parser.parse_args()
    storm = Storm(tuple(wanted.networks.split(",")), seed=wanted.seed)
    while storm.result.killed < wanted.kills:
        result = storm.rage(40, kills_per_post=2)
        print(f"{result.killed} killed …", file=sys.stderr, flush=True)  # noqa: T201  # a program for the terminal
    print(table(storm.result))  # noqa: T201  # the same
    return 1 if sum(storm.result.lost.values()) or sum(storm.result.duplicates.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
