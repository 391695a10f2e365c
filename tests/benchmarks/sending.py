"""Rows about what is sent: to a sandbox in another process."""

import contextlib
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import requests
from PIL import Image

from crosspost.cli.init_templates import secrets_text
from tests.benchmarks.material import CROSSPOST, ELEVEN, PYTHON, site
from tests.benchmarks.rows import Measured, Row, SkippedError, once, processes
from tests.benchmarks.sandbox import sandbox

#: those that do not make their clients wait (as Threads and LinkedIn do)
TEXTS = ("mastodon", "facebook", "x", "telegram", "bluesky", "listmonk")
POSTS = 300
SCRIPT = """
import sys, requests
url, name, password, picture = sys.argv[1:]
s = requests.Session()
me = s.post(f"{url}/xrpc/com.atproto.server.createSession", json={"identifier": name, "password": password}).json()
token = {"Authorization": "Bearer " + me["accessJwt"]}
blob = s.post(f"{url}/xrpc/com.atproto.repo.uploadBlob", data=open(picture, "rb").read(),
              headers=token | {"Content-Type": "image/jpeg"}).json()["blob"]
record = {"$type": "app.bsky.feed.post", "text": "Ein Beet", "createdAt": "2026-11-26T12:00:00.000Z",
          "embed": {"$type": "app.bsky.embed.images", "images": [{"alt": "Ein Beet", "image": blob}]}}
s.post(f"{url}/xrpc/com.atproto.repo.createRecord", headers=token,
       json={"repo": me["did"], "collection": "app.bsky.feed.post", "record": record}).raise_for_status()
"""


def settled(folder: Path, described: dict[str, Any], posts: int, networks: tuple[str, ...], run: str = "") -> Path:
    """A site and a config with these accounts of the sandbox; the config."""
    tables = ""
    for name in networks:
        known = described["networks"][name]
        said = {"base_url": known["base_url"], "timeout": 30, **known.get("settings", {})}
        lines = [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in said.items()]
        tables += "\n".join([f"[accounts.{name}]", *lines, ""])
    config = site(folder, posts, tables, run)
    secrets = folder / "secrets.env"
    secrets.write_text(secrets_text(described), "utf-8")
    secrets.chmod(0o600)
    return config


def deliveries(folder: Path) -> Measured:
    with sandbox() as described:
        config = settled(folder, described, POSTS, TEXTS, "[run]\nmax_per_run = 100000\n")
        ours = once((*CROSSPOST, "run", "--backfill", "--yes", "--quiet", "--config", str(config)))
        sent = requests.get(f"{described['url']}/_sandbox/requests", timeout=60).json()
        base = _bare(described["url"], sent)
    with contextlib.closing(sqlite3.connect(folder / "state/ledger.sqlite3")) as ledger:
        (out,) = ledger.execute("SELECT count(*) FROM deliveries WHERE state = 'sent'").fetchone()
    note = f"{out:,} out, {out / ours.wall:.0f} a second, {ours.cpu:.1f} s cpu, {len(sent):,} requests"
    return Measured(ours=ours.wall, base=base, unit="s wall", note=note)


def _bare(url: str, sent: list[dict[str, Any]]) -> float:
    """How long as many requests to the same addresses take from ten threads, in seconds."""

    def some(number: int) -> None:
        with requests.Session() as session:
            for one in sent[number::10]:
                session.request(one["method"], f"{url}{one['path']}", json={}, timeout=60)

    begun = perf_counter()
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(some, range(10)))
    return perf_counter() - begun


def bluesky(folder: Path) -> Measured:
    with sandbox() as described:
        config = settled(folder, described, 1, ("bluesky",))
        file, picture = _with_picture(folder)
        known = described["networks"]["bluesky"]
        login = [known["credentials"][name] for name in ("handle", "app_password")]
        ours, base = processes(
            (*CROSSPOST, str(file), "--yes", "--config", str(config)),
            (PYTHON, "-c", SCRIPT, known["base_url"], *login, str(picture)),
            before=lambda: _forget(folder),
        )
    return Measured(ours=ours.wall, base=base.wall, unit="s wall", note=f"{ours.cpu:.2f} · {base.cpu:.2f} s cpu")


def bluesky_peer(_: Path) -> Measured:
    raise SkippedError("the peer's command knows only Bluesky's own address; it is measured by hand")


def eleven(folder: Path) -> Measured:
    with sandbox(0.2) as described:
        config = settled(folder, described, 1, ELEVEN)
        file, _ = _with_picture(folder)

        def out(*accounts: str) -> float:
            _forget(folder)
            chosen = [word for name in accounts for word in ("--to", name)]
            return once((*CROSSPOST, str(file), "--yes", *chosen, "--config", str(config))).wall

        alone = {name: out(name) for name in ELEVEN}
        together = out(*ELEVEN)
    longest = max(alone, key=lambda name: alone[name])
    return Measured(ours=together, base=alone[longest], unit="s wall", note=f"longest: {longest}")


def _with_picture(folder: Path) -> tuple[Path, Path]:
    picture = folder / "site/images/beet.jpg"
    picture.parent.mkdir()
    Image.effect_noise((1200, 800), 60).convert("RGB").save(picture)
    file = next((folder / "site/_posts").iterdir())
    file.write_text("---\ntitle: Ein Beet\nthumbnail: /images/beet.jpg\nthumbnail_alt: Ein Beet\n---\n\nEin Text.\n")
    return file, picture


def _forget(folder: Path) -> None:
    """Everything that crosspost remembers of what it sent."""
    for name in ("state", "home"):
        shutil.rmtree(folder / name, ignore_errors=True)


ROWS = [
    Row(f"{POSTS * len(TEXTS):,} deliveries, no latency", "as many requests bare with 10 threads", "≤ 2.5", deliveries),
    Row("`crosspost FILE` with picture to Bluesky, whole process", "bare requests script", "≤ 2", bluesky),
    Row("`crosspost FILE` with picture to Bluesky, whole process", "the peer's CLI", "≤ 0.8", bluesky_peer),
    Row("11 accounts, 200 ms added", "longest single account", "1.07–1.16", eleven),
]
