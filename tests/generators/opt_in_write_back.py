"""The whole way round with real generators: a post goes out, its page links there, and nothing goes out again.

The includes are those of the manual. Run ``make test-generators``.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from selectolax.lexbor import LexborHTMLParser

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place, served
from crosspost.testing.readers import READERS
from tests.generators import installed
from tests.manual.pages import MANUAL, blocks

CONFIG = 'baseURL = "https://tal.example.org/unter/"\ntitle = "Das Tal"\ndefaultContentLanguage = "de"\n'
LAYOUT = (
    "<!doctype html><title>{title}</title><main>{body}</main>{include}"
    "<script src='/unter/crosspost-comments.js' defer></script>"
)
POST = "---\ntitle: Neu & schön\ndate: 2026-11-22 09:00:00\nlayout: post\ntags: [Garten]\n---\n\nEin Tag im Tal.\n"


def shown(name: str, page: str = "write-back.md") -> str:
    """A file that the manual shows."""
    (text,) = (one.text for one in blocks((MANUAL / page).read_text("utf-8")) if one.file == name)
    return text


class Site:
    """A site that a real generator builds: where its posts and its pages are."""

    def __init__(self, place: Place, name: str) -> None:
        self.place, self.name, self.root = place, name, place.root / "site"
        getattr(self, f"_{name}")()

    def _jekyll(self) -> None:
        include = "{% include crosspost.html %}{% include replies.html %}"
        self.place.write("site/_includes/replies.html", shown("_includes/replies.html", "responses.md"))
        words = {"title": "{{ page.title | escape }}", "body": "{{ content }}", "include": include}
        config = "url: https://tal.example.org\nbaseurl: /unter\ntitle: Das Tal\nlang: de\n"
        self.place.write("site/_config.yml", config)
        self.place.write("site/_includes/crosspost.html", shown("_includes/crosspost.html"))
        self.place.write("site/_layouts/post.html", LAYOUT.format(**words))
        self.place.write("site/crosspost-comments.js", shown("crosspost-comments.js"))
        self.replies = "_data/replies.json"
        self.post, self.page = "site/_posts/2026-11-22-neu-ü.md", "_site/2026/11/22/neu-ü.html"
        self.command = [str(installed.on_path("jekyll")), "build", "--quiet"]

    def _hugo(self) -> None:
        words = {"title": "{{ .Title }}", "body": "{{ .Content }}", "include": ""}
        words["include"] = '{{ partial "crosspost.html" . }}{{ partial "replies.html" . }}'
        self.place.write("site/layouts/partials/replies.html", shown("layouts/partials/replies.html", "responses.md"))
        self.place.write("site/hugo.toml", CONFIG)
        self.place.write("site/layouts/partials/crosspost.html", shown("layouts/partials/crosspost.html"))
        self.place.write("site/layouts/_default/single.html", LAYOUT.format(**words))
        self.place.write("site/layouts/_default/list.html", "<title>Das Tal</title>")
        self.place.write("site/static/crosspost-comments.js", shown("crosspost-comments.js"))
        self.place.write("site/content/posts/alt.md", POST.replace("Neu", "Alt").replace("11-22", "11-01"))
        (self.root / "_config.yml").unlink()
        shutil.rmtree(self.root / "_posts")
        self.replies = "data/replies.json"
        self.post, self.page = "site/content/posts/neu-ü.md", "public/posts/neu-ü/index.html"
        self.command = [str(installed.python("hugo")), "--quiet", "--panicOnWarning"]

    def build(self) -> str:
        """The post's page."""
        installed.run(self.command, self.root)
        return (self.root / self.page).read_text("utf-8")


@pytest.fixture(params=["jekyll", "hugo"])
def site(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Iterator[Site]:
    place = Place(tmp_path, sandbox, networks=("x", "mastodon", "bluesky"), clock=clock)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        patch.setattr("crosspost.cli.common.now", clock)
        yield Site(place, request.param)


def write_back(place: Place, how: str) -> None:
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace("[site]\n", f'[site]\nwrite_back = "{how}"\n', 1), "utf-8")


@pytest.mark.parametrize("how", ["data", "front-matter"])
def test_the_page_links_to_the_posts_and_nothing_follows(site: Site, how: str) -> None:
    place = site.place
    write_back(place, how)
    place.crosspost("run")
    file = place.write(site.post, POST)
    before = file.read_bytes()
    assert "u-syndication" not in site.build()
    place.clock.pass_by(minutes=5)
    assert place.crosspost("run").code == 0
    page = site.build()
    if how == "data":
        assert len(re.findall(r'class="?u-syndication"? rel="?syndication"? href="?http://127.0.0.1', page)) == 3
        assert file.read_bytes() == before
    for _ in range(3):
        place.clock.pass_by(minutes=30)
        ran = place.crosspost("run")
        assert (ran.out, ran.err) == ("Nothing is due.\n", "")
        assert site.build() == page
    assert len(place.sandbox.posts()) == 3
    assert place.crosspost("status", "--json").json["changes"] == []


def test_answers_are_shown_as_text(site: Site) -> None:
    place = site.place
    write_back(place, "data")
    place.crosspost("run")
    place.write(site.post, POST)
    place.crosspost("run")
    site.build()
    (built,) = (site.root / name for name in ("_site", "public") if (site.root / name).is_dir())
    (place.root / "web").mkdir()
    (place.root / "web/unter").symlink_to(built)
    reply = {
        "visibility": "public",
        "url": "javascript:alert(1)",
        "content": "<p>Schön! <img src=x onerror=\"document.title='broken'\"></p>",
        "account": {"display_name": "<b>Ann</b>", "acct": "ann@example.org"},
    }
    hidden = {**reply, "visibility": "private", "content": "Unter uns"}
    with served(place.root / "web") as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(installed.on_path("chromium")), args=["--no-sandbox"])
        page = browser.new_page()
        said = {"descendants": [reply, hidden]}
        allowed = {"access-control-allow-origin": "*"}
        page.route("**/api/v1/statuses/*/context", lambda route: route.fulfill(json=said, headers=allowed))
        page.goto(f"{url}/unter/{Path(site.page).relative_to(built.name).as_posix()}")
        page.wait_for_selector("section p")
        assert page.inner_text("section").split() == ["<b>Ann</b>:", "Schön!"]
        assert page.get_attribute("section a", "href") is None
        assert page.title() != "broken"
        browser.close()


def test_approved_replies_are_on_the_page_and_nothing_of_others_is_markup(site: Site) -> None:
    place = site.place
    text = place.config.read_text("utf-8")
    place.config.write_text(f'{text}\n[responses]\nfile = "{site.replies}"\n', "utf-8")
    place.crosspost("run")
    place.write(site.post, POST)
    assert "<blockquote" not in site.build()
    place.crosspost("run")
    (receipt,) = (row["id"] for row in place.sandbox.posts() if row["network"] == "mastodon")
    reader = READERS["mastodon"](place.sandbox)
    reader.answer(receipt, "Schön & <script>alert(1)</script> {{ x }}")
    reader.answer(receipt, "Unter uns gesagt")
    assert place.crosspost("responses", "fetch").code == 0
    assert "<blockquote" not in site.build(), "nobody approved it"
    assert place.crosspost("responses", "approve", "1").code == 0
    page = LexborHTMLParser(site.build())
    (quote,) = page.css("blockquote")
    assert "Schön & <script>alert(1)</script> {{ x }}" in quote.text()
    assert quote.css("script") == []
    assert (quote.css_first("a").attributes["href"] or "").startswith("http://127.0.0.1")
    seen = len(place.sandbox.posts())
    place.clock.pass_by(minutes=30)
    place.crosspost("run")
    assert len(place.sandbox.posts()) == seen
