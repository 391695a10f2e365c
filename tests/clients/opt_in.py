"""Clients from npm and PyPI, and swaks, post to the stand-ins, unmodified. Not in ``make test``: run
``make test-clients``.

Most take the address of their server. Where it is fixed in the client's code, ``node/redirect.cjs`` is loaded before it
and sends what goes to https://api.x.com and the like to the stand-in; the client itself is as its authors published it.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from crosspost.sandbox import Sandbox
from tests.clients import installed

NODE, PYTHON = (Path(__file__).with_name(name) for name in ("node", "python"))
TEXT = "Sommerfest & Musik 🎉 https://example.org/fest/?a=1&b=2 #Sommerfest"
HOSTS = "api.x.com api.telegram.org api.linkedin.com api.tumblr.com"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running
    assert running.errors == []


@pytest.fixture(scope="session")
def modules() -> Path:
    return installed.npm()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "b.png"
    Image.effect_noise((64, 36), 60).convert("RGB").save(file)
    return file


def run(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        command, env=kept | environment, capture_output=True, text=True, check=False, timeout=60, encoding="utf-8"
    )


def ask(sandbox: Sandbox, modules: Path, picture: Path, network: str, script: str, *, moved: bool = False) -> Any:
    """Run one of the scripts and return what it tells."""
    given = sandbox.accounts()[network] | {"modules": str(modules), "picture": str(picture)}
    before = ["--require", str(NODE / "redirect.cjs")] if moved else []
    done = run(
        ["node", *before, str(NODE / f"{script}.mjs")],
        CLIENT_ACCESS=json.dumps(given),
        REDIRECT_TO=sandbox.url,
        REDIRECT_HOSTS=HOSTS,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def ask_python(sandbox: Sandbox, picture: Path, network: str, package: str, script: str) -> Any:
    """Run one of the scripts with a Python that has a client, and return what it tells."""
    given = sandbox.accounts()[network] | {"picture": str(picture)}
    done = run([installed.python(package), str(PYTHON / f"{script}.py")], CLIENT_ACCESS=json.dumps(given))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def alts(post: dict[str, Any]) -> list[str]:
    return [image["alt"] for image in post["images"]]


def test_masto(sandbox: Sandbox, modules: Path, picture: Path) -> None:
    assert ask(sandbox, modules, picture, "mastodon", "masto") == {
        "who": "verein",
        "source": TEXT,
        "answers": [True],
        "versions": ["<p>zwei</p>", "<p>zwei, geändert</p>"],
        "found": 1,
        "options": ["Ja", "Nein"],
        "pages": [2, 1, 0],
        "refused": "Validation failed: Text character limit of 500 exceeded",
    }
    first, second = sandbox.posts()
    assert (first["text"], first["language"], alts(first)) == (TEXT, "de", ["Zelt"])
    assert second["text"] == "zwei, geändert"


def test_megalodon(sandbox: Sandbox, modules: Path, picture: Path) -> None:
    assert ask(sandbox, modules, picture, "mastodon", "megalodon") == {
        "who": "verein",
        "picture": "Zelt",
        "source": TEXT,
        "home": [True, True, True],
        "answered": [True],
        "options": ["Ja", "Nein"],
        "limit": 500,
        "refused": "Validation failed: Text character limit of 500 exceeded",
    }
    first, second = sandbox.posts()
    assert (first["text"], first["visibility"], second["text"]) == (TEXT, "unlisted", "zwei, geändert")


def test_twitter_api_v2(sandbox: Sandbox, modules: Path, picture: Path) -> None:
    answer = {
        "who": "verein",
        "link": "https://example.org/fest/?a=1&b=2",
        "refused": "You are not allowed to create a Tweet with duplicate content.",
        "deleted": True,
    }
    assert ask(sandbox, modules, picture, "x", "twitter", moved=True) == [answer, answer]
    assert [(post["text"], alts(post)) for post in sandbox.posts()] == [
        (f"{TEXT} OAuth 1.0a", ["Zelt"]),
        (f"{TEXT} OAuth 2", ["Zelt"]),
    ]
    assert sum("/append" in request["path"] for request in sandbox.requests) > 2, "the pictures came in pieces"


def test_grammy(sandbox: Sandbox, modules: Path, picture: Path) -> None:
    told = ask(sandbox, modules, picture, "telegram", "grammy")
    assert "Character '!' is reserved" in told.pop("refused")
    assert told == {
        "who": "verein_bot",
        "entities": [{"type": "bold", "offset": 0, "length": 4}],
        "album": ["eins", "zwei"],
        "updates": [],
    }
    assert [post["text"] for post in sandbox.posts()] == ["Neu", "Fest am Beet!", "eins", "zwei"]


def test_atproto_api(sandbox: Sandbox, modules: Path, picture: Path) -> None:
    told = ask(sandbox, modules, picture, "bluesky", "atproto")
    assert "grapheme too big" in told.pop("refused")
    assert told == {
        "who": "Verein Beispiel",
        "facets": [f"app.bsky.richtext.facet#{kind}" for kind in ("mention", "link", "tag")],
        "answers": ["zwei"],
        "feed": ["zwei"],
        "alt": "Zelt",
    }
    (post,) = sandbox.posts()
    assert (alts(post), post["language"]) == (["Zelt"], "de")


@pytest.mark.parametrize("network", ["mastodon", "bluesky", "x", "telegram", "linkedin"])
def test_humanwhocodes_crosspost(sandbox: Sandbox, modules: Path, picture: Path, network: str) -> None:
    """Its command line, which knows fixed hosts only, and https."""
    host = sandbox.url.removeprefix("http://")
    known = {name: access["credentials"] for name, access in sandbox.accounts().items()}
    option, environment = {
        "mastodon": ("--mastodon", {"MASTODON_ACCESS_TOKEN": known["mastodon"]["access_token"], "MASTODON_HOST": host}),
        "bluesky": (
            "--bluesky",
            {
                "BLUESKY_IDENTIFIER": known["bluesky"]["handle"],
                "BLUESKY_PASSWORD": known["bluesky"]["app_password"],
                "BLUESKY_HOST": host,
            },
        ),
        "x": (
            "--twitter",
            {
                "TWITTER_API_CONSUMER_KEY": known["x"]["consumer_key"],
                "TWITTER_API_CONSUMER_SECRET": known["x"]["consumer_secret"],
                "TWITTER_ACCESS_TOKEN_KEY": known["x"]["access_token"],
                "TWITTER_ACCESS_TOKEN_SECRET": known["x"]["access_token_secret"],
            },
        ),
        "telegram": (
            "--telegram",
            {"TELEGRAM_BOT_TOKEN": known["telegram"]["bot_token"], "TELEGRAM_CHAT_ID": "@verein"},
        ),
        "linkedin": ("--linkedin", {"LINKEDIN_ACCESS_TOKEN": known["linkedin"]["access_token"]}),
    }[network]
    command = ["node", "--require", str(NODE / "redirect.cjs")]
    command += [str(modules / "node_modules/@humanwhocodes/crosspost/dist/bin.js"), option]
    done = run(
        [*command, "--image", str(picture), "--image-alt", "Zelt", "Sommerfest 🎉 https://example.org/fest"],
        REDIRECT_TO=sandbox.url,
        REDIRECT_HOSTS=f"{HOSTS} {host}",
        **environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    posts = sandbox.posts(network)
    assert posts[0]["text"] == "Sommerfest 🎉 https://example.org/fest"
    if network == "telegram":  # it sends text and picture apart, with the description as caption
        assert [post["text"] for post in posts[1:]] == ["Zelt"]
    else:
        assert [alts(post) for post in posts] == [["Zelt"]]


def test_toot(sandbox: Sandbox, picture: Path, tmp_path: Path) -> None:
    """Its command line, with a config as `toot login` leaves it."""
    command = [installed.python("toot"), "-m", "toot"]
    access, host = sandbox.accounts()["mastodon"], sandbox.url.removeprefix("http://")
    user = {"instance": host, "username": "verein", "access_token": access["credentials"]["access_token"]}
    app = {"instance": host, "base_url": sandbox.url, "client_id": "none", "client_secret": "none"}
    config = tmp_path / "toot/config.json"
    config.parent.mkdir()
    name = f"verein@{host}"
    config.write_text(json.dumps({"apps": {host: app}, "users": {name: user}, "active_user": name}))

    def toot(*arguments: str) -> str:
        done = run([*command, *arguments], XDG_CONFIG_HOME=str(tmp_path))
        assert done.returncode == 0, done.stderr
        return done.stdout

    toot("post", TEXT, "--language", "de", "--media", str(picture), "--description", "Zelt", "--spoiler-text", "Fest")
    first = sandbox.posts()[0]
    assert (first["text"], first["language"], alts(first)) == (TEXT, "de", ["Zelt"])
    poll = ["--poll-option", "Ja", "--poll-option", "Nein", "--poll-expires-in", "1h"]
    toot("post", "Kommt ihr?", "--reply-to", first["id"], *poll)
    assert [post["extra"]["poll"] and post["extra"]["poll"]["options"] for post in sandbox.posts()] == [
        None,
        ["Ja", "Nein"],
    ]
    assert "Kommt ihr?" in toot("thread", first["id"])
    assert first["url"] in toot("search", "Sommerfest")
    assert "verein" in toot("whoami")
    toot("delete", first["id"])
    assert [post["text"] for post in sandbox.posts()] == ["Kommt ihr?"]


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "STARTTLS"])
def test_swaks(sandbox: Sandbox, tmp_path: Path, secure: bool) -> None:
    command, environment = installed.swaks()
    access = sandbox.accounts()["newsletter"]
    known, host = access["credentials"], access["base_url"].removeprefix("smtp://")
    pem = tmp_path / "sandbox.pem"
    pem.write_text(requests.get(f"{sandbox.url}/_sandbox/certificate.pem", timeout=30).text)
    mail = ["--server", host.partition(":")[0], "--port", host.partition(":")[2], "--from", known["username"]]
    mail += ["--to", "rundbrief@lists.example.org", "--header", "Subject: Sommerfest", "--body", "Hallo zusammen"]
    mail += ["--auth", "PLAIN", "--auth-user", known["username"], "--auth-password", known["password"]]
    mail += ["--tls", "--tls-verify", "--tls-ca-path", str(pem)] if secure else []
    done = run([*command, *mail], **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("STARTTLS" in done.stdout and "TLS started" in done.stdout) == secure
    (post,) = sandbox.posts("newsletter")
    assert (post["text"].strip(), post["extra"]["subject"]) == ("Hallo zusammen", "Sommerfest")


def test_tumblr_js(sandbox: Sandbox, modules: Path, picture: Path) -> None:
    told = ask(sandbox, modules, picture, "tumblr", "tumblr", moved=True)
    assert told.pop("unknown")
    assert told.pop("long")
    assert told == {
        "who": "verein",
        "kinds": ["text", "text", "image", "link"],
        "listed": [True],
        "tags": ["Fest"],
        "left": 1,
    }
    (post,) = sandbox.posts()
    assert (post["text"], alts(post)) == ("Sommerfest\n\nzwei", ["Zelt"])


def test_pinterest_api_sdk(sandbox: Sandbox, picture: Path) -> None:
    assert ask_python(sandbox, picture, "pinterest", "pinterest-api-sdk", "pinterest_pins") == {
        "who": "verein",
        "boards": ["Garten", "Rezepte"],
        "listed": ["Herbstfest"],
        "read": ["Herbstfest", "Musik", "https://example.org/", "Zelt", True],
        "refused": "Board not found.",
        "strange": "dominant_color does not match '^#[0-9A-Fa-f]{6}$'",
    }
    (post,) = sandbox.posts()
    assert (alts(post), post["visibility"]) == (["Zelt"], "private"), "the sandbox's app has Trial access"
