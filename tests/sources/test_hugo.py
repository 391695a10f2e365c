"""The Hugo source keeps to the contract, and its own quirks. Addresses were compared with Hugo 0.168.0."""

from pathlib import Path

import pytest
from PIL import Image

from crosspost.errors import PostRefused, SourceError
from crosspost.model import Entry
from crosspost.sources.hugo.hugo_source import HugoSource
from crosspost.testing import SourceContract
from tests.sources.hugo_site import CONFIG, NOW, addresses, page, reasons, site, write


class TestContract(SourceContract):
    def make(self, root: Path) -> HugoSource:
        return HugoSource(root, now=NOW)

    def write(self, root: Path, name: str, *, title: str, text: str, broken: bool = False) -> Path:
        if not (root / "hugo.toml").exists() and root.exists():
            write(root, "hugo.toml", CONFIG)
        front = f'title = "{title}"\ndate = 2026-11-20\n' + ("= broken\n" if broken else "")
        return write(root, f"content/posts/{name}.md", f"+++\n{front}+++\n\n{text}\n")


def test_languages_by_file_name(tmp_path: Path) -> None:
    config = """baseURL = "https://e.test/"
defaultContentLanguage = "de"
[languages.de]
weight = 1
[languages.en]
languageCode = "en-GB"
[languages.fr]
disabled = true
"""
    source = site(
        tmp_path,
        config,
        {
            "content/posts/a.md": page(),
            "content/posts/a.en.md": page(),
            "content/posts/a.fr.md": page(),
            "content/posts/b/index.en.md": page(),
            "content/posts/u.en.md": page("url: /own/u/\n"),
            "content/posts/v.en.md": page("url: own/v/\n"),
            "content/posts/w.xx.md": page(),
        },
    )
    assert addresses(source) == {
        "posts/a": "https://e.test/posts/a/",
        "posts/a.en": "https://e.test/en/posts/a/",
        "posts/b.en": "https://e.test/en/posts/b/",
        "posts/u.en": "https://e.test/own/u/",
        "posts/v.en": "https://e.test/en/own/v/",
        "posts/w.xx": "https://e.test/posts/w.xx/",
    }
    langs = {entry.id: source.load(entry).lang for entry in source.scan()}
    assert (langs["posts/a"], langs["posts/a.en"]) == ("de", "en-GB")


def test_languages_by_folder_each_with_its_permalinks(tmp_path: Path) -> None:
    config = """baseURL = "https://e.test/sub/"
defaultContentLanguage = "en"
defaultContentLanguageInSubdir = true
[languages.de]
contentDir = "content/german"
[languages.de.permalinks]
posts = "/beitrag/:slug/"
[languages.en]
contentDir = "content/en"
[permalinks]
posts = "/p/:slug/"
"""
    source = site(
        tmp_path,
        config,
        {
            "content/german/posts/a.md": page(title="A"),
            "content/en/posts/a.md": page(title="AE"),
            "content/en/posts/u.md": page("url: /own/u/\n"),
        },
    )
    assert sorted(addresses(source).values()) == [
        "https://e.test/sub/de/beitrag/a/",
        "https://e.test/sub/en/p/ae/",
        "https://e.test/sub/own/u/",
    ]


def test_a_language_with_a_host_of_its_own(tmp_path: Path) -> None:
    config = '[languages.de]\nbaseURL = "https://de.e.test/"\n[languages.en]\nbaseURL = "https://en.e.test/"\n'
    source = site(tmp_path, config, {"content/posts/a.md": page(), "content/posts/a.de.md": page()})
    assert addresses(source) == {"posts/a": "https://en.e.test/posts/a/", "posts/a.de": "https://de.e.test/posts/a/"}


PATTERNS = [
    ("posts", "/:year/:slug.html", "posts/a.md", "/2024/a-b.html/"),
    ("news", "/:sections/:monthname/:weekday/:weekdayname/:slugorfilename", "news/x/y/c d.md",
     "/news/january/2/tuesday/c-d/"),
    ("blog", "/:sections[1:]/:contentbasename/x-:title", "blog/x/y/i/index.md", "/i/x-a-b/"),
    ("docs", "/:section/:day-:filename/", "docs/k.md", "/docs/02-k/"),
    ("tips", "/:sections[first]/:sections[:last]/:slug/", "tips/n/m/k.md", "/tips/a-b/"),
]  # fmt: skip


@pytest.mark.parametrize(("section", "pattern", "path", "wanted"), PATTERNS)
def test_patterns(section: str, pattern: str, path: str, wanted: str, tmp_path: Path) -> None:
    config = f'baseURL = "https://e.test/"\n[permalinks.page]\n{section} = "{pattern}"\n'
    assert list(addresses(site(tmp_path, config, {f"content/{path}": page()})).values()) == [f"https://e.test{wanted}"]


def test_ugly_urls_of_one_section(tmp_path: Path) -> None:
    config = 'baseURL = "https://e.test/"\n[uglyURLs]\nposts = true\n'
    pages = {f"content/{one}.md": page() for one in ("posts/a", "news/a", "posts/dots.v1")}
    pages["content/posts/u.md"] = page("url: /a/b\n")
    assert addresses(site(tmp_path, config, pages)) == {
        "news/a": "https://e.test/news/a/",
        "posts/a": "https://e.test/posts/a.html",
        "posts/dots.v1": "https://e.test/posts/dots.v1.html",
        "posts/u": "https://e.test/a/b/",
    }


DATES = [
    ("date: 2024-03-04 23:30:00", "2024-03-04T23:30:00+01:00"),
    ("date: 2024-03-04T23:30:00Z", "2024-03-04T23:30:00+00:00"),
    ("date: 02 Jan 2006", "2006-01-02T00:00:00+01:00"),
    ("date: Mon, 02 Jan 2006 15:04:05 +0100", "2006-01-02T15:04:05+01:00"),
    ("publishDate: 2024-05-06", "2024-05-06T00:00:00+02:00"),
    ("lastmod: 2024-05-06", "2024-05-06T00:00:00+02:00"),
]


@pytest.mark.parametrize(("line", "wanted"), DATES)
def test_dates_are_in_the_sites_time_zone(line: str, wanted: str, tmp_path: Path) -> None:
    config = 'baseURL = "https://e.test/"\ntimeZone = "Europe/Berlin"\n'
    source = site(tmp_path, config, {"content/posts/a.md": f"---\ntitle: A\n{line}\n---\nText.\n"})
    (entry,) = source.scan()
    assert entry.date is not None
    assert entry.date.isoformat() == wanted
    assert source.timezone == "Europe/Berlin"


def test_a_date_that_hugo_does_not_read_is_refused_with_its_line(tmp_path: Path) -> None:
    source = site(tmp_path, CONFIG, {"content/posts/a.md": "+++\ntitle = 'A'\ndate = '2024-03-04 23:30'\n+++\nText.\n"})
    (entry,) = source.scan()
    assert entry.reason.startswith(f'{tmp_path}/content/posts/a.md:3: date: "2024-03-04 23:30" is not a date')


def test_static_files_may_lie_elsewhere(tmp_path: Path) -> None:
    source = site(tmp_path, CONFIG + 'staticDir = ["files"]\n', {"content/posts/a.md": page("images: [/b.png]\n")})
    (tmp_path / "files").mkdir()
    Image.effect_noise((320, 200), 60).save(tmp_path / "files/b.png")
    picture = source.load(next(iter(source.scan()))).thumbnail
    assert picture is not None
    assert picture.path == str(tmp_path / "files/b.png")


def test_cascades_reach_down(tmp_path: Path) -> None:
    source = site(
        tmp_path,
        CONFIG + '[[cascade]]\nslug = "cfg"\n[cascade.target]\npath = "/news/**"\n',
        {
            "content/news/a.md": page(),
            "content/posts/_index.md": "---\ntitle: S\ncascade:\n  - target: {path: '/posts/x/**'}\n    draft: true\n"
            "  - params: {tags: [below]}\n---\n",
            "content/posts/x/a.md": page(),
            "content/posts/y.md": page(),
        },
    )
    found = reasons(source)
    assert found["posts/x/a"] == "skipped: draft: true"
    assert addresses(source)["news/a"].endswith("/news/cfg/")
    (tagged,) = (entry for entry in source.scan() if entry.id == "posts/y")
    assert tagged.tags == ("below",)


def test_a_section_is_called_by_its_own_slug_in_addresses(tmp_path: Path) -> None:
    source = site(
        tmp_path,
        CONFIG + '[[cascade]]\nslug = "from-above"\n[cascade.target]\npath = "/news"\n',
        {
            "content/posts/_index.md": "---\ntitle: Posts\nslug: beiträge\n---\n",
            "content/posts/a.md": page(),
            "content/posts/deep/b.md": page(),
            "content/news/_index.md": "---\ntitle: News\n---\n",
            "content/news/c.md": page(),
            "content/plain/d.md": page(),
        },
    )
    assert {name: url.removeprefix("https://tal.example.org") for name, url in addresses(source).items()} == {
        "posts/a": "/beitr%C3%A4ge/a/",
        "posts/deep/b": "/beitr%C3%A4ge/deep/b/",
        "news/c": "/from-above/c/",
        "plain/d": "/plain/d/",
    }


@pytest.mark.parametrize("name", ["hugo.yaml", "config/_default/hugo.yaml", "config.yaml"])
def test_where_the_configuration_may_be(name: str, tmp_path: Path) -> None:
    source = site(tmp_path, "baseurl: https://e.test\ntitle: T\n", {"content/posts/a.md": page()}, name)
    write(tmp_path, "config/_default/permalinks.toml", 'posts = "/p/:filename"\n')
    assert addresses(source) == {"posts/a": "https://e.test/p/a/"}
    assert (source.title, source.lang) == ("T", "")


def test_pictures_of_a_bundle_and_of_static(tmp_path: Path) -> None:
    source = site(
        tmp_path,
        CONFIG,
        {
            "content/posts/b/index.md": page() + '\n![Ein Beet](beet.png)\n\n{{< figure src="x.png" >}}\n',
            "content/posts/s.md": page("images: [/img/beet.png]\n"),
            "content/posts/none.md": page("images: [img/none.png]\n"),
        },
    )
    for name in ("content/posts/b/beet.png", "content/posts/b/my-cover.png", "static/img/beet.png"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.effect_noise((320, 200), 60).save(file)
    posts = {entry.id: source.load(entry) for entry in source.scan()}
    cover, still = posts["posts/b"].thumbnail, posts["posts/s"].thumbnail
    assert cover is not None
    assert cover.url == "https://tal.example.org/posts/b/my-cover.png"
    assert posts["posts/b"].images[0].url == "https://tal.example.org/posts/b/beet.png"
    assert posts["posts/b"].images[0].alt == "Ein Beet"
    assert "figure" not in posts["posts/b"].body
    assert still is not None
    assert still.url == "https://tal.example.org/img/beet.png"
    assert posts["posts/none"].thumbnail is None
    assert any("there is no file img/none.png" in said for said in posts["posts/none"].warnings)


BROKEN = {
    "latin": "---\ntitle: Gr\xfc\xdfe\n---\n".encode("latin-1"),
    "open": b"+++\ntitle = 'a'\n",
    "deep-json": b'{"a":' * 50_000,
    "deep-toml": b"+++\na = " + b"[" * 50_000 + b"\n+++\n",
    "deep-yaml": b"---\na: " + b"[" * 50_000 + b"\n---\n",
    "digits": b'{"title": ' + b"9" * 100_000 + b"}\n",
    "bomb": b"---\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\n"
    b"d: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n---\n",
    "huge": b"---\ntitle: A\n---\n" + b"x" * 6_000_000,
    "twice": b'{"title": "a", "title": "b"}',
}


@pytest.mark.parametrize("kind", list(BROKEN))
def test_what_is_broken_stops_only_itself(kind: str, tmp_path: Path) -> None:
    source = site(tmp_path, CONFIG, {"content/posts/good.md": page()})
    bad = tmp_path / "content/posts/bad.md"
    bad.write_bytes(BROKEN[kind])
    states: dict[str, Entry] = {entry.id: entry for entry in source.scan()}
    assert (states["posts/good"].state, states["posts/bad"].state) == ("ready", "refused")
    assert str(bad) in states["posts/bad"].reason
    with pytest.raises(PostRefused):
        source.load(states["posts/bad"])


def test_a_link_to_outside_is_refused(tmp_path: Path) -> None:
    source = site(tmp_path / "site", CONFIG, {"content/posts/good.md": page()})
    (tmp_path / "secret.md").write_text(page(), "utf-8")
    (tmp_path / "site/content/posts/link.md").symlink_to(tmp_path / "secret.md")
    assert "outside the site" in reasons(source)["posts/link"]


def test_a_configuration_that_cannot_be_read_says_where(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"hugo\.toml: .*line 1"):
        list(site(tmp_path, "= x", {"content/posts/a.md": page()}).scan())


def test_a_site_without_an_address_can_be_listed(tmp_path: Path) -> None:
    source = site(tmp_path, "title = 'T'\n", {"content/posts/a.md": page()})
    with pytest.raises(SourceError, match="baseURL"):
        list(source.scan())
    assert [entry.url for entry in source.paths()] == ["/posts/a/"]
