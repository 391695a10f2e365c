"""A site known by its feed, the hub of that feed, and a served dashboard that the hub reaches."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crosspost.app.doctor import hook_check
from crosspost.app.doctor.checks import Finding
from crosspost.app.hooks import subscribing
from crosspost.daemon import Watcher
from crosspost.daemon.ticks import watched_files
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.web import serving
from tests.hooks import hub as hubs
from tests.hooks.hub import Hub
from tests.web.client import Client
from tests.webmentions.standin import Web, web

ITEM = """<item><title>{title}</title><link>{base}/{slug}</link><guid>{base}/{slug}</guid>
<pubDate>{date}</pubDate><description>Text von {title}.</description></item>"""


@dataclass
class Hinted:
    """``site`` is the web with feed and pages, ``door`` the dashboard seen from outside."""

    place: Place
    site: Web
    hub: Hub
    door: Client
    watcher: Watcher
    items: list[str] = field(default_factory=list)

    def publish(self, title: str, *, day: str = "Sun, 22 Nov 2026 11:00:00 GMT") -> None:
        """Put a new item into the feed, and its page on the web."""
        slug = title.lower().replace(" ", "-")
        self.items.insert(0, ITEM.format(title=title, base=self.site.base, slug=slug, date=day))
        links = f'<atom:link rel="hub" href="{self.hub.address}"/><atom:link rel="self" href="{self.topic}"/>'
        head = f"<title>Das Tal</title><link>{self.site.base}/</link>{links}"
        feed = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        self.site.page("/feed.xml", f"{feed}{head}{''.join(self.items)}</channel></rss>", kind="application/rss+xml")
        self.site.page(f"/{slug}", f"<title>{title}</title><h1>{title}</h1>")

    @property
    def topic(self) -> str:
        return f"{self.site.base}/feed.xml?own=1"

    def run(self) -> str:
        ran = self.place.crosspost("run")
        assert ran.code == 0, ran.err
        return ran.out + ran.err

    def woken(self) -> bool:
        """Whether the daemon would run now: it looks twice, so that what is being written is whole."""
        return any([self.watcher.changed(), self.watcher.changed()])

    def said(self) -> list[str]:
        """What went out."""
        return [row["text"] for row in self.place.sandbox.posts()]

    def doctor(self) -> list[Finding]:
        return list(hook_check.findings(self.place.app))

    def configure(self, web: str) -> None:
        text = self.place.config.read_text("utf-8").partition("[web]")[0]
        self.place.config.write_text(f"{text}[web]\n{web}", "utf-8")


@pytest.fixture
def hinted(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hinted]:
    monkeypatch.setattr(subscribing, "ALLOWED", frozenset((hubs.HOST,)))
    with web("127.0.0.1") as site, hubs.hub() as hub:
        place = Place(tmp_path, sandbox, networks=("mastodon",), clock=clock)
        place.name_the_ledger()
        text = place.config.read_text("utf-8")
        found = f"[site]\nsource = {json.dumps('feed')}\nfeed = {json.dumps(f'{site.base}/feed.xml')}\n"
        place.config.write_text(text.replace("[site]\n", found), "utf-8")
        monkeypatch.chdir(place.root)
        monkeypatch.setattr("crosspost.cli.common.now", place.clock)
        with serving.beside(lambda: place.app, host="127.0.0.1", port=0) as port:
            made = Hinted(place, site, hub, Client(port), Watcher(watched_files(place.app)))
            made.configure(f'websub = true\naddress = "http://127.0.0.1:{port}"\n')
            hub.topics.add(made.topic)
            made.publish("Alt", day="Fri, 20 Nov 2026 09:00:00 GMT")
            yield made
