"""A site with an article that links to others, its pages on the web, and another site that takes webmentions."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crosspost.app.ledger_access import open_ledger
from crosspost.ledger.sent_webmentions import Webmention
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place, Ran
from tests.webmentions.standin import HOST, Web, web

PAGE = "/2026/11/20/gruesse.html"
#: what becomes of the network's post is not of interest here
ACCOUNT = 'on_edit = "ignore"\non_delete = "ignore"\n'


@dataclass
class Linked:
    """``site`` is the site's own pages on the web, ``there`` the other site; ``target`` one of its pages."""

    place: Place
    site: Web
    there: Web
    target: str

    def write(self, text: str, name: str = "2026-11-20-gruesse") -> None:
        """Write the article's file."""
        self.place.new_post(name, f"---\ntitle: Grüße\n---\n\n{text}\n")

    def deploy(self, *targets: str, more: str = "", page: str = PAGE) -> None:
        """Put the article's page on the web, with these links."""
        links = "".join(f'<a href="{target}">there</a> ' for target in targets)
        self.site.page(
            page, f'<title>Grüße</title><nav><a href="{self.there.base}/nav">n</a></nav><p>{links}{more}</p>'
        )

    def run(self, *, minutes: float = 0) -> Ran:
        self.place.clock.pass_by(minutes=minutes)
        ran = self.place.crosspost("run")
        assert ran.code == 0, ran.err
        return ran

    def told(self) -> list[tuple[str, str]]:
        """Source and target of what the other site took since the last call."""
        found = [(source, target) for _, source, target in self.there.mentions]
        self.there.mentions.clear()
        return found

    def kept(self) -> dict[str, Webmention]:
        """Target → what the ledger says of it."""
        ledger = open_ledger(self.place.app, read_only=True)
        try:
            return {one.target: one for one in ledger.webmentions.all()}
        finally:
            ledger.close()

    @property
    def source(self) -> str:
        return f"{self.place.url}{PAGE}"


@pytest.fixture
def linked(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Linked]:
    monkeypatch.setattr("crosspost.app.webmentions.sending.ALLOWED", frozenset((HOST,)))
    with web("127.0.0.1") as site, web() as there:
        url = site.base.replace("127.0.0.1", "localhost")
        place = Place(tmp_path, sandbox, networks=("mastodon",), more=ACCOUNT, clock=clock, url=url)
        place.name_the_ledger()
        text = place.config.read_text("utf-8")
        place.config.write_text(text.replace("[site]\n", "[site]\nwebmentions = true\nlive_check = false\n"), "utf-8")
        monkeypatch.chdir(place.root)
        monkeypatch.setattr("crosspost.cli.common.now", place.clock)
        place.post.unlink()
        assert place.crosspost("run").code == 0  # what is there at the first run is not sent
        there.endpoint("/take")
        target = there.page("/target", '<link rel="webmention" href="/take">')
        yield Linked(place, site, there, target)
