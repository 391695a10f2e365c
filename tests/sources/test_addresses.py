"""Addresses of sites that are not the plain case: several languages, one address twice, CNAME, collections_dir."""

from pathlib import Path

import pytest

from crosspost.errors import PostRefused, SourceError
from crosspost.sources.jekyll import JekyllSource
from tests.sources.jekyll_site import CONFIG, NOW, Site

POLYGLOT = "url: https://e.org\nplugins: [jekyll-polyglot]\nlanguages: [en, de, pt-BR]\ndefault_lang: en\n"


def urls(site: Site) -> dict[str, str]:
    return {entry.id: entry.url for entry in site.source().scan() if entry.state == "ready"}


def refused(site: Site) -> dict[str, str]:
    return {entry.id: entry.reason for entry in site.source().scan() if entry.state == "refused"}


# ── several languages ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("more", "front", "path", "url"),
    [
        ("", "lang: de", "_posts/2024-05-01-a.md", "/de/2024/05/01/a.html"),
        ("", "lang: en", "_posts/2024-05-01-a.md", "/2024/05/01/a.html"),
        ("", "title: A", "_posts/2024-05-01-a.md", "/2024/05/01/a.html"),
        ("", "lang: pt-BR", "_posts/2024-05-01-a.md", "/pt-BR/2024/05/01/a.html"),
        ("", "lang: fr", "_posts/2024-05-01-a.md", "/2024/05/01/a.html"),
        ("", "title: A", "_posts/de/2024-05-01-a.md", "/2024/05/01/a.html"),
        ("lang_from_path: true\n", "title: A", "_posts/de/2024-05-01-a.md", "/de/2024/05/01/a.html"),
        ("lang_from_path: true\n", "title: A", "_posts/2024-05-01-a.de.md", "/de/2024/05/01/a.de.html"),
        ("lang_from_path: true\n", "lang: en", "_posts/de/2024-05-01-a.md", "/2024/05/01/a.html"),
        ("permalink: /:title/\n", "lang: de", "_posts/2024-05-01-a.md", "/de/a/"),
        ("baseurl: /blog\n", "lang: de", "_posts/2024-05-01-a.md", "/blog/de/2024/05/01/a.html"),
    ],
)
def test_polyglot(tmp_path: Path, more: str, front: str, path: str, url: str) -> None:
    site = Site(tmp_path, POLYGLOT + more)
    entry = site.source().entry(site.post(front, path=path))
    assert entry.url == "https://e.org" + url
    assert site.source().load(entry).url == entry.url


@pytest.mark.parametrize(
    ("config", "prefixed"),
    [
        (POLYGLOT, True),
        (POLYGLOT.replace("plugins", "gems"), True),
        (POLYGLOT.replace("plugins: [jekyll-polyglot]\n", ""), True),  # named in the Gemfile alone
        (POLYGLOT.replace("jekyll-polyglot", "jekyll-multiple-languages-plugin"), False),
        ("url: https://e.org\nlanguages: [ruby, python]\n", False),
        ("url: https://e.org\nplugins: [jekyll-polyglot]\nlanguages: {de: 1}\n", False),
    ],
)
def test_who_uses_polyglot(tmp_path: Path, config: str, prefixed: bool) -> None:
    site = Site(tmp_path, config)
    assert site.source().entry(site.post("lang: de")).url.startswith("https://e.org/de/") == prefixed


def test_two_languages_are_two_posts(tmp_path: Path) -> None:
    site = Site(tmp_path, POLYGLOT)
    site.post("lang: en", path="_posts/2024-05-01-a.md")
    site.post("lang: de", path="_posts/de/2024-05-01-a.md")
    assert urls(site) == {"a": "https://e.org/2024/05/01/a.html", "de/a": "https://e.org/de/2024/05/01/a.html"}


# ── one address twice ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("_posts/2024-05-01-a.md", "lang: en"), ("_posts/de/2024-05-01-a.md", "lang: de")),
        (("_posts/2024-05-01-a.md", "title: A"), ("_posts/2024-05-01-a.markdown", "title: B")),
        (("_posts/2024-05-01-a.md", "title: A"), ("_posts/2024-04-01-b.md", "permalink: /2024/05/01/a.html")),
        (("_posts/2024-05-01-a.md", "permalink: /x/"), ("_posts/2024-04-01-b.md", "permalink: /x/index.html")),
        (("_posts/2024-05-01-a.md", "permalink: /grüße/"), ("_posts/2024-04-01-b.md", "permalink: /gr%C3%BC%C3%9Fe/")),
        (("_posts/2024-05-01-a.md", "title: A"), ("_posts/2024-05-01-b.md", "slug: a")),
    ],
)
def test_both_are_refused_until_one_moves(tmp_path: Path, one: tuple[str, str], other: tuple[str, str]) -> None:
    site = Site(tmp_path)
    files = [site.post(front, path=path) for path, front in (one, other)]
    site.post("title: Other", path="_posts/2024-05-02-c.md")
    reasons = refused(site)
    assert len(reasons) == 2
    for file, twin in (files, files[::-1]):
        alone = site.source().entry(file)  # as `publish FILE` asks, without the whole listing
        assert alone.state == "refused"
        assert alone.reason.startswith(f"{file}: has the same address as {twin} (https://example.org/")
        assert alone.reason in reasons.values()
    files[1].unlink()
    assert site.source().entry(files[0]).state == "ready"
    assert refused(site) == {}


def test_a_twin_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    site = Site(tmp_path, CONFIG + "permalink: /:year/\n")
    file = site.post("title: A", path="_posts/2024-05-01-c.md")
    site.post("title: [", path="_posts/2024-05-02-a.md")
    twin = site.post("title: B", path="_posts/2024-05-03-b.md")
    alone = site.source().entry(file)
    assert alone.state == "refused"
    assert f"has the same address as {twin} (" in alone.reason


def test_a_post_that_is_not_published_takes_no_address(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.post("title: A", path="_posts/2024-05-01-a.md")
    site.post("published: false", path="_posts/de/2024-05-01-a.md")
    site.post("title: A", path="_drafts/a.md")
    assert list(urls(site)) == ["a"]
    assert site.source().entry(site.root / "_posts/2024-05-01-a.md").state == "ready"


def test_a_permalink_that_tells_no_post_from_another(tmp_path: Path) -> None:
    site = Site(tmp_path, CONFIG + "permalink: /:year/\n")
    file = site.post("title: A", path="_posts/2024-05-01-a.md")
    site.post("title: B", path="_posts/2024-03-01-b.md")
    assert len(refused(site)) == 2
    assert site.source().entry(file).state == "refused"


def test_twins_are_seen_in_a_remembered_listing(tmp_path: Path) -> None:
    site, memory = Site(tmp_path / "site"), tmp_path / "memory"
    site.post("title: A", path="_posts/2024-05-01-a.md")
    assert [entry.state for entry in site.source(memory=memory).scan()] == ["ready"]
    site.post("title: A", path="_posts/de/2024-05-01-a.md")
    for _ in range(2):
        assert [entry.state for entry in site.source(memory=memory).scan()] == ["refused", "refused"]


# ── where the site is ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("config", "cname", "url"),
    [
        ("title: X\n", "www.verein.example\n", "https://www.verein.example"),
        ("title: X\n", "WWW.Verein.Example", "https://www.verein.example"),
        ("title: X\n", "\ufeffgrün.example\r\n", "https://xn--grn-ioa.example"),
        ("url: https://e.org\n", "www.verein.example", "https://e.org"),
        ("baseurl: /blog\n", "www.verein.example", "https://www.verein.example/blog"),
        ("title: X\n", "https://www.verein.example/", ""),
        ("title: X\n", "a.example\nb.example\n", ""),
        ("title: X\n", "no-dot", ""),
        ("title: X\n", "", ""),
    ],
)
def test_cname_gives_the_address(tmp_path: Path, config: str, cname: str, url: str) -> None:
    site = Site(tmp_path, config)
    site.put("CNAME", cname)
    assert site.source().url == url


def test_a_listing_without_an_address(tmp_path: Path) -> None:
    site = Site(tmp_path, "title: X\nbaseurl: /blog\n")
    site.post("title: A")
    with pytest.raises(SourceError, match="the address of the site is unknown"):
        list(site.source().scan())
    (entry,) = site.source().paths()
    assert (entry.state, entry.url) == ("ready", "/blog/2024/05/01/beitrag.html")


def test_collections_dir_as_in_a_build_of_jekyll_4_3(tmp_path: Path) -> None:
    config = (
        "url: https://e.org\ncollections_dir: col\ndefaults:\n"
        '- {scope: {path: "_posts", type: posts}, values: {permalink: "/d/:title/"}}\n'
        '- {scope: {path: "col/news/_posts"}, values: {permalink: "/nn/:title/"}}\n'
    )
    site = Site(tmp_path, config)
    for path in ("col/_posts/2024-01-01-a.md", "col/_posts/de/2024-01-01-b.md", "col/news/_posts/2024-01-01-c.md"):
        site.post("title: T", path=path)
    site.post("title: T", path="_posts/2024-01-01-d.md")
    assert urls(site) == {
        "col/a": "https://e.org/d/a/",
        "col/de/b": "https://e.org/d/b/",
        "col/news/c": "https://e.org/nn/c/",
    }


# ── front matter that is none ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('+++\ntitle = "Hugo"\n+++\nText.', "TOML"),
        ('\n+++\ntitle = "Hugo"\n+++\nText.', "TOML"),
        ('{\n  "title": "Hugo"\n}\nText.', "JSON"),
        (';;;\n"title": "x"\n;;;\nText.', "JSON"),
        ("title: no dashes\n\nText.", "without its two lines"),
        ("Layout: post\ntitle: x\n\nText.", "without its two lines"),
        ("\n---\ntitle: A\n---\nText.", "very first line"),
        (" ---\ntitle: A\n---\nText.", "very first line"),
        *((f"{dashes}\ntitle: A\n{dashes}\nText.", "other dashes than ---") for dashes in ("—-", "–--", "--", "----")),
        ("Just text.", "has no front matter"),
    ],
)
def test_it_is_a_sentence_never_text(tmp_path: Path, text: str, reason: str) -> None:
    site = Site(tmp_path)
    file = site.put("_posts/2024-05-01-beitrag.md", text)
    entry = site.source().entry(file)
    assert (entry.state, entry.id) == ("refused", "beitrag")
    assert reason in entry.reason
    assert entry.reason.startswith(f"{file}: ")
    with pytest.raises(PostRefused, match=reason):
        site.source().load(entry)


def test_a_plain_folder_may_have_posts_of_text_alone(tmp_path: Path) -> None:
    (tmp_path / "2024-05-01-beitrag.md").write_text("Just text.", "utf-8")
    (tmp_path / "2024-05-02-hugo.md").write_text("+++\ntitle = 1\n+++\nText.", "utf-8")
    source = JekyllSource(tmp_path, now=NOW, url="https://e.org")
    assert [entry.state for entry in source.scan()] == ["ready", "refused"]


@pytest.mark.parametrize(
    "front", ["1: one\ntrue: x\n2024-01-01: y", "no: 1\nfalse: 2", "~: x", "null: 1", "1.5: a", "on: 1\nyes: 2"]
)
def test_odd_names_of_keys(tmp_path: Path, front: str) -> None:
    site = Site(tmp_path)
    entry = site.entry(f"{front}\ntitle: Odd keys")
    assert (entry.state, entry.title) == ("ready", "Odd keys")
