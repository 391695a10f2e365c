"""Sites, posts and pictures for the benchmarks, made up, and the same at each run."""

import os
import sys
from pathlib import Path
from random import Random

from PIL import Image

PYTHON = sys.executable
CROSSPOST = (PYTHON, "-m", "crosspost")
#: the networks that the rows about eleven of them mean; there are more by now
ELEVEN = (
    *("x", "mastodon", "facebook", "linkedin", "instagram", "threads"),
    *("bluesky", "telegram", "signal", "newsletter", "listmonk"),
)
#: accounts that nothing is sent to
NOWHERE = '[accounts.x]\n[accounts.mastodon]\nbase_url = "http://127.0.0.1:1"\n[accounts.facebook]\n'
WORDS = """
die der und Wind Sonne Straße Grüße Energie Verein Treffen über für morgen heute wir haben gebaut gerechnet gestritten
Balkonkraftwerk Erneuerbare Fischtreppe Mühle Wasserrad Gäste können kommen bezahlen wann jetzt steht fest Näheres
the council decided on Tuesday that every roof may carry solar panels without another permit
""".split()  # noqa: SIM905  # one text is easier to add to
_CONFIG = """url: https://tal.example.org
title: Das Tal
lang: de
timezone: Europe/Berlin
permalink: /:categories/:year/:month/:day/:title/
defaults:
  - scope: {path: "", type: posts}
    values: {layout: post, author: Verein}
"""


def sentences(random: Random, length: int) -> str:
    """German and English sentences of about so many characters."""
    text = ""
    while len(text) < length:
        words = random.choices(WORDS, k=random.randint(5, 14))
        text += " ".join(words).capitalize() + random.choice([". ", ". ", "! ", ", aber ", " – "])
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,–") + "."


def front(random: Random, number: int, day: str) -> str:
    """Front matter as authors write it, in a few ways."""
    title = " ".join(random.choices(WORDS, k=6))
    lines = [f'title: "{title}: {number}"' if number % 3 == 0 else f"title: {title} {number}"]
    lines += [f"date: {day} {number % 24:02}:{number % 60:02}:00 +0100"] if number % 2 else []
    lines += [f'description: "{sentences(random, 140)}"'] if number % 3 else []
    folders = ", ".join(random.choices(["Neues", "Garten", "Energie"], k=2))
    lines += [f"categories: [{folders}]"] if number % 4 == 0 else []
    lines += ["tags: [Garten, Erneuerbare Energien]"] if number % 2 else ["tags:", "  - Wind", "  - Sonne und Mond"]
    if number % 3 == 1:
        lines += ["image:", f"  path: /images/{number}.jpg", "  alt: Ein Beet"]
    return "\n".join(lines)


def site(root: Path, posts: int, accounts: str = NOWHERE, more: str = "") -> Path:
    """A site with so many posts of all years since 2000; its config.

    :param more: beside the accounts, such as ``[run]``
    """
    random = Random(posts)
    folder = root / "site" / "_posts"
    folder.mkdir(parents=True)
    (root / "site" / "_config.yml").write_text(_CONFIG, "utf-8")
    for number in range(posts):
        day = f"{2000 + number // 1800 % 26}-{number // 30 % 12 + 1:02}-{number % 28 + 1:02}"
        file = folder / f"{day}-{'-'.join(random.choices(WORDS, k=3)).lower()}-{number}.md"
        body = "\n\n".join(sentences(random, random.randint(200, 800)) for _ in range(random.randint(2, 8)))
        file.write_text(f"---\n{front(random, number, day)}\n---\n\n{body}\n", "utf-8")
        os.utime(file, (1_770_000_000, 1_770_000_000))  # what was changed a moment ago is read again each time
    config = root / "crosspost.toml"
    state = '[state]\nledger = "state/ledger.sqlite3"'
    config.write_text("\n".join(['[site]\npath = "site"\nlive_check = false', more, state, accounts]), "utf-8")
    return config


def photo(grain: float) -> Image.Image:
    """4000 × 3000 pixels: soft shapes, finer structure and some grain, so that it compresses about like a photo."""
    random = Random(1)
    layers = []
    for _ in range(3):
        soft = Image.frombytes("L", (16, 12), random.randbytes(192)).resize((4000, 3000), Image.Resampling.BICUBIC)
        fine = Image.frombytes("L", (800, 600), random.randbytes(480_000)).resize((4000, 3000))
        layers.append(Image.blend(soft, fine, 0.25))
    noise = Image.frombytes("L", (4000, 3000), random.randbytes(12_000_000))
    return Image.blend(Image.merge("RGB", layers), Image.merge("RGB", (noise, noise, noise)), grain)
