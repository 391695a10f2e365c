"""A `run` with nothing due over 5,000 posts, against a bare loop of `frontmatter.load` over the same files.

Prints the ratio of time (goal: at most 2) and the peak memory (goal: at most 90 MB). Byte code is compiled.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

POSTS = 5000
BARE = "import sys, pathlib, frontmatter\nfor p in pathlib.Path(sys.argv[1]).iterdir(): frontmatter.load(str(p))"
TEXT = """---
title: Beitrag Nummer {n} über das Gemeinschaftsbeet
description: Was im Beet {n} gewachsen ist, und wer dabei geholfen hat.
thumbnail: /images/{n}.jpg
tags: [Garten, Erneuerbare Energien]
---

# Beitrag {n}

{body}
"""


def site(root: Path) -> Path:
    posts = root / "site/_posts"
    posts.mkdir(parents=True)
    (root / "site/_config.yml").write_text("url: https://tal.example.org\n")
    body = "Ein Absatz mit einigen Wörtern, damit die Datei so lang ist wie ein echter Beitrag.\n" * 20
    for n in range(POSTS):
        day = f"{2005 + n // 360}-{n // 30 % 12 + 1:02}-{n % 28 + 1:02}"
        (posts / f"{day}-beitrag-{n}.md").write_text(TEXT.format(n=n, body=body), "utf-8")
    config = root / "crosspost.toml"
    accounts = '[accounts.x]\n[accounts.mastodon]\nbase_url = "http://127.0.0.1:1"\n[accounts.facebook]\n'
    config.write_text(f'[site]\npath = "site"\n{accounts}')
    return config


def timed(command: list[str], environment: dict[str, str], times: int = 5) -> float:
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def main() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    with tempfile.TemporaryDirectory() as folder:
        config = site(Path(folder))
        run = [sys.executable, "-m", "crosspost", "run", "--quiet", "--config", str(config)]
        subprocess.run(run, check=True, env=environment)  # the first run notes everything as old
        ours = timed(run, environment)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        bare = timed([sys.executable, "-c", BARE, str(Path(folder) / "site/_posts")], environment)
    print(f"run with nothing due, {POSTS} posts: {ours:.2f} s; bare frontmatter loop: {bare:.2f} s")
    print(f"ratio {ours / bare:.2f} (goal: at most 2)")
    print(f"peak memory of any run: {peak:.0f} MB (goal: at most 90)")


if __name__ == "__main__":
    main()
