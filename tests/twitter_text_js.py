"""X's own JavaScript, twitter-text from npm, which is kept in a cache outside the repository."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

PACKAGE = "twitter-text@3.1.0"
_SCRIPT = """
const {parseTweet, extractUrls, extractHashtags} = require('twitter-text');
const texts = JSON.parse(require('fs').readFileSync(0));
texts.slice(0, 500).forEach(text => parseTweet(text));
const begun = process.hrtime.bigint();
const weights = texts.map(text => parseTweet(text).weightedLength);
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
const urls = texts.map(text => extractUrls(text)), hashtags = texts.map(text => extractHashtags(text));
console.log(JSON.stringify({seconds, weights, urls, hashtags}));
"""


class Official(NamedTuple):
    """What X's code says of some texts, and how many ``seconds`` it took to weigh them all, its start not counted."""

    seconds: float
    weights: list[int]
    urls: list[list[str]]
    hashtags: list[list[str]]


def folder() -> Path:
    """Where the package is, or would be: ``TWITTER_TEXT``, or the user's cache folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("TWITTER_TEXT") or home / "crosspost-twitter-text")


def missing(*, install: bool = False) -> str:
    """Why X's code cannot be asked here, "" when it can.

    :param install: fetch it from npm when it is not there yet (4 MB)
    """
    if shutil.which("node") is None:
        return "node is not installed"
    place = folder()
    if (place / "node_modules" / "twitter-text").is_dir():
        return ""
    if not install or shutil.which("npm") is None:
        return f"there is no node_modules/twitter-text in {place} (TWITTER_TEXT names another folder), or no npm"
    place.mkdir(parents=True, exist_ok=True)
    (place / "package.json").write_text('{"private": true}')
    ran = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", PACKAGE], cwd=place, capture_output=True, text=True, check=False
    )
    return f"npm could not install {PACKAGE}: {ran.stderr.strip()[-300:]}" if ran.returncode else ""


def ask(texts: list[str]) -> Official:
    """Ask X's code about every text; :func:`missing` must have said "" before."""
    ran = subprocess.run(
        ["node", "-e", _SCRIPT], input=json.dumps(texts), cwd=folder(), capture_output=True, text=True, check=True
    )
    return Official(**json.loads(ran.stdout))
