"""Real generators put onto each page what `crosspost links` prints, and it names the records that crosspost writes.

Run ``make test-generators``.
"""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from crosspost.markup.page_head import head_links
from crosspost.networks.standard_site_record import key_of
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.generators import installed

NAMES = ("schlicht", "grüße-vom-tal", "v1.2-ist-da", "C++ mehr", "日本語", "ein_strich~und")
POST = "---\ntitle: Neu\ndate: 2026-11-22 09:00:00\nlayout: post\n---\n\nEin Tag im Tal.\n"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    place = Place(tmp_path, sandbox, networks=("mastodon", "bluesky"), more="standard_site = true\n", clock=clock)
    place.post.unlink()
    return place


def printed(place: Place) -> tuple[str, str]:
    """The lines for the template, and for the file."""
    lines = place.crosspost("links").out.splitlines()
    (known,) = (line for line in lines if line.startswith("at://"))
    return "\n".join(line for line in lines if line.startswith(("<link", "<meta", "{"))), known


def agree(place: Place, built: Path) -> None:
    """Every post's page names the record of its article, the site's, and the author."""
    said = place.crosspost("links", "--json").json
    (publication,) = said["publications"]
    posts = [one for one in place.crosspost("posts", "--json").json if one["state"] == "ready"]
    assert len(posts) == len(NAMES)
    for one in posts:
        path = unquote(urlsplit(one["url"]).path)
        page = built / f"{path.strip('/')}/index.html" if path.endswith("/") else built / path.strip("/")
        found = head_links(LexborHTMLParser(page.read_text("utf-8")))
        assert found.document == f"{publication['documents']}{key_of(one['url'])}", one["url"]
        assert found.publication == publication["uri"]
        assert list(found.creators) == list(said["creators"].values())
    assert (built / publication["file"]).read_text("utf-8").strip() == publication["uri"]


@pytest.mark.parametrize(
    "permalink", ["/:year/:month/:title/", "/:year/:title.html", "/blog/:title/index.html", "pretty"]
)
def test_jekyll(place: Place, permalink: str) -> None:
    lines, known = printed(place)
    place.write("site/_layouts/post.html", f"<html><head><title>x</title>\n{lines}\n</head>{{{{ content }}}}</html>")
    config = "url: https://tal.example.org\ntitle: Das Tal\nlang: de\ntimezone: Europe/Berlin\n"
    place.write("site/_config.yml", f'{config}permalink: {permalink}\ninclude: [".well-known"]\n')
    place.write("site/.well-known/site.standard.publication", f"{known}\n")
    for name in NAMES:
        place.write(f"site/_posts/2026-11-22-{name}.md", POST)
    installed.run([str(installed.on_path("jekyll")), "build", "--quiet"], place.root / "site")
    agree(place, place.root / "site/_site")


@pytest.mark.parametrize("ugly", ["false", "true"])
def test_hugo(place: Place, ugly: str) -> None:
    (place.root / "site/_config.yml").unlink()
    (place.root / "site/_posts").rmdir()
    place.write(
        "site/hugo.toml",
        f'baseURL = "https://tal.example.org/"\ntitle = "Das Tal"\ndefaultContentLanguage = "de"\nuglyURLs = {ugly}\n',
    )
    for name in NAMES:
        place.write(f"site/content/posts/{name}.md", POST)
    lines, known = printed(place)
    place.write("site/layouts/_default/single.html", f"<html><head><title>x</title>\n{lines}\n</head></html>")
    place.write("site/layouts/_default/list.html", "<title>Das Tal</title>")
    place.write("site/static/.well-known/site.standard.publication", f"{known}\n")
    installed.run([str(installed.python("hugo")), "--quiet"], place.root / "site")
    agree(place, place.root / "site/public")
