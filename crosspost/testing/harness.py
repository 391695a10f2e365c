"""A site, a config and a sandbox for a test: everything a user has, in a temporary folder."""

import contextlib
import functools
import http.server
import io
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from PIL import Image

from crosspost import cli
from crosspost.app.application import App
from crosspost.cli.init_templates import secrets_text
from crosspost.config import registry, settings_file
from crosspost.config.credentials import Credentials
from crosspost.model import Draft, Post, Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox

NETWORKS = ("x", "mastodon", "facebook")
POST = """---
title: Grüße aus dem Tal
description: Zwölf Leute, ein Beet – und viel Regen.
thumbnail: /images/beet.jpg
tags: [Garten, Erneuerbare Energien]
lang: de
---

Ein langer Tag.

![Ein Hochbeet im Regen](/images/beet.jpg)
"""


#: what a post says besides for networks that take only events
EVENT = "event: {start: 2027-05-02 14:00, end: 2027-05-02 18:00, place: {name: Garten, city: Tübingen}}\n"


class Saved(dict[str, Any]):
    """What an adapter's ``prepare`` saves."""

    def __call__(self, key: str, value: Any, /, *more: tuple[str, Any]) -> None:
        self.update([(key, value), *more])


@dataclass
class Clock:
    """A clock that moves only when told to."""

    now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@dataclass
class Place:
    """``root/site`` is a Jekyll site with one post, ``root/config`` a config for the sandbox's accounts."""

    root: Path
    sandbox: Sandbox
    networks: Iterable[str] = NETWORKS
    more: str = ""
    clock: Clock = field(default_factory=Clock)
    url: str = "https://tal.example.org"

    def __post_init__(self) -> None:
        self.write("site/_config.yml", f"url: {self.url}\ntitle: Das Tal\nlang: de\ntimezone: Europe/Berlin\n")
        picture = self.root / "site/images/beet.jpg"
        picture.parent.mkdir(parents=True)
        picture.write_bytes(_photo())
        event = EVENT if set(self.networks) & set(registry.EVENTS_ONLY) else ""
        self.post = self.write("site/_posts/2026-11-20-gruesse.md", POST.replace("lang: de\n", f"lang: de\n{event}"))
        accounts = "".join(
            f'[accounts.{name}]\nbase_url = "{self.sandbox.accounts()[name]["base_url"]}"\ntimeout = 5\n'
            + "".join(
                f"{key} = {msgspec.json.encode(value).decode()}\n"
                for key, value in self.sandbox.accounts()[name].get("settings", {}).items()
                if key in registry.load(name).needs
            )
            for name in self.networks
        )
        self.config = self.write("config/crosspost.toml", f'[site]\npath = "../site"\n{accounts}{self.more}')
        self.secrets = self.write("config/secrets.env", secrets_text(self.sandbox.describe()))
        self.secrets.chmod(0o600)

    def write(self, name: str, text: str) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def new_post(self, name: str, text: str = "") -> Path:
        return self.write(f"site/_posts/{name}.md", text or f"---\ntitle: {name[11:]}\n---\n\nText von {name}.\n")

    @property
    def app(self) -> App:
        return App(
            settings=settings_file.read(self.config),
            site=self.root / "site",
            credentials=Credentials({}, self.secrets),
            clock=self.clock,
        )

    def network(self, name: str) -> Network:
        return self.app.network(name, sleep=lambda _: None)

    def the_post(self) -> Post:
        source = self.app.source()
        return source.load(source.entry(self.post))

    def prepared(self, network: Network, handle: str = "3a1f0c55-9f6e-4a53-8f0e-5a1b77c1e001") -> Prepared:
        """The post, ready to be published: uploaded, nothing irreversible done."""
        network.me()
        draft: Draft = network.draft(self.the_post())
        return network.prepare(Prepared(draft=draft, handle=handle), lambda *_: None)

    def name_the_ledger(self) -> None:
        """For a process of its own, to which accounts of the sandbox would be a trial with another ledger."""
        config = self.config.read_text("utf-8")
        if "[state]" not in config:
            self.config.write_text(f'{config}\n[state]\nledger = "state/ledger.sqlite3"\n', "utf-8")

    def crosspost(self, *arguments: str) -> "Ran":
        """Run a command as a user does, in this process."""
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                cli.main([*arguments, *(["--config", str(self.config)] if self.config else [])])
            except SystemExit as done:
                code = int(done.code or 0)
        return Ran(code, out.buffer.getvalue().decode(), err.getvalue())


@functools.cache
def _photo() -> bytes:
    """The same in every site of a process: making it takes longer than a whole small test."""
    made = io.BytesIO()
    Image.effect_noise((320, 200), 60).convert("RGB").save(made, "JPEG")
    return made.getvalue()


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a site's folder on 127.0.0.1, as its web host would: the base URL."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(10)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.out)
