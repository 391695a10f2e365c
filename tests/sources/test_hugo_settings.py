"""What each setting of a Hugo site means, and which of two that say different things counts."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crosspost.errors import SourceError
from crosspost.sources.hugo.hugo_config import HugoConfig, Language, read_config
from tests.sources.hugo_site import NOW, page, site, write

URL = "https://tal.example/"


def read(root: Path, settings: dict[str, Any], **given: str | None) -> HugoConfig:
    write(root, "hugo.json", json.dumps({"baseURL": URL} | settings))
    return read_config(root, given)


def languages(root: Path, settings: dict[str, Any], **given: str | None) -> dict[str, Language]:
    return read(root, settings, **given).languages


#: setting as written → the field, and what it is without and with it
SETTINGS: list[tuple[dict[str, Any], str, Any, Any]] = [
    ({"timeZone": "Europe/Vienna"}, "zone", UTC, ZoneInfo("Europe/Vienna")),
    ({"timeZone": "Europe/Vienna"}, "timezone", "", "Europe/Vienna"),
    ({"uglyURLs": True}, "ugly", False, True),
    ({"uglyURLs": "yes"}, "ugly", False, False),
    ({"uglyURLs": {"Posts": True, "news": "true"}}, "ugly", False, {"posts": True, "news": False}),
    ({"disablePathToLower": True}, "to_lower", True, False),
    ({"removePathAccents": True}, "without_accents", False, True),
    ({"enableEmoji": True}, "emoji", False, True),
    ({"buildDrafts": True}, "drafts", False, True),
    ({"buildFuture": True}, "future", False, True),
    ({"buildExpired": True}, "expired", False, True),
    ({"frontmatter": {"date": [":filename", ":Default"]}}, "dates", (), (":filename", ":default")),
    ({"frontmatter": {"date": ":filename"}}, "dates", (), ()),
    ({"frontmatter": ["date"]}, "dates", (), ()),
    ({"params": {"mainSections": ["posts", "news"]}, "mainSections": ["x"]}, "sections", (), ("posts", "news")),
    ({"mainSections": "posts"}, "sections", (), ("posts",)),
    ({"mainSections": ""}, "sections", (), ()),
    ({"staticDir": ["static", "more"]}, "statics", ("static",), ("static", "more")),
    ({"staticDir": "files"}, "statics", ("static",), ("files",)),
    ({"staticDir": []}, "statics", ("static",), ("static",)),
    ({"cascade": [{"draft": True}]}, "cascade", None, [{"draft": True}]),
    ({"params": {"author": {"name": "Ada  L."}}, "author": "Grace"}, "author", "", "Ada L."),
    ({"author": {"name": "Grace"}}, "author", "", "Grace"),
    ({"params": "x", "author": "Grace"}, "author", "", "Grace"),
]


@pytest.mark.parametrize(("settings", "field", "without", "wanted"), SETTINGS)
def test_each_setting(settings: dict[str, Any], field: str, without: object, wanted: object, tmp_path: Path) -> None:
    assert getattr(read(tmp_path, {}), field) == without
    assert getattr(read(tmp_path, settings), field) == wanted


MAIN = Language(code="en", base_url=URL, title="Tal")
#: settings beside the title → the languages they make
LANGUAGES: list[tuple[dict[str, Any], dict[str, Language]]] = [
    ({}, {"en": MAIN}),
    ({"languageCode": "de-at"}, {"en": Language(code="en", tag="de-AT", base_url=URL, title="Tal")}),
    ({"locale": "de_CH"}, {"en": Language(code="en", tag="de-CH", base_url=URL, title="Tal")}),
    ({"languageCode": "deutsch"}, {"en": MAIN}),
    ({"defaultContentLanguage": "DE"}, {"de": Language(code="de", tag="de", base_url=URL, title="Tal")}),
    ({"contentDir": "/docs/", "permalinks": {"Posts": "/p/", "x": 5}},
     {"en": Language(code="en", base_url=URL, title="Tal", content="docs", permalinks={"posts": "/p/"})}),
    ({"permalinks": {"posts": "/old/", "page": {"posts": "/new/"}, "section": {"posts": "/s/"}}},
     {"en": Language(code="en", base_url=URL, title="Tal", permalinks={"posts": "/new/"})}),
    ({"permalinks": ["x"]}, {"en": MAIN}),
    ({"languages": {"EN": {}, "de": {"title": "Das Tal", "languageCode": "de-AT", "contentDir": "inhalt",
                                     "permalinks": {"posts": "/beitrag/"}}, "fr": {"disabled": True},
                    "nl": {"locale": "nl-BE"}, "odd": "x"},
      "disableLanguages": ["NL"], "permalinks": {"posts": "/p/"}, "languageCode": "en-GB"},
     {"en": Language(code="en", tag="en-GB", base_url=URL, title="Tal", permalinks={"posts": "/p/"}),
      "de": Language(code="de", tag="de-AT", base_url=URL, title="Das Tal", content="inhalt", prefix="/de",
                     permalinks={"posts": "/beitrag/"}),
      "fr": Language(code="fr", tag="fr", base_url=URL, title="Tal", prefix="/fr", permalinks={"posts": "/p/"},
                     disabled=True),
      "nl": Language(code="nl", tag="nl-BE", base_url=URL, title="Tal", prefix="/nl", permalinks={"posts": "/p/"},
                     disabled=True)}),
    ({"languages": {"de": {}}, "defaultContentLanguageInSubdir": True},
     {"de": Language(code="de", tag="de", base_url=URL, title="Tal", prefix="/de"),
      "en": Language(code="en", tag="en", base_url=URL, title="Tal", prefix="/en")}),
    ({"languages": {"en": {"baseURL": "https://en.example/"}, "de": {}}},
     {"en": Language(code="en", tag="en", base_url="https://en.example/", title="Tal"),
      "de": Language(code="de", tag="de", base_url=URL, title="Tal", prefix="/de")}),
    ({"languages": {"en": {"baseURL": "https://en.example/"}, "de": {"baseURL": "https://de.example/"}}},
     {"en": Language(code="en", tag="en", base_url="https://en.example/", title="Tal"),
      "de": Language(code="de", tag="de", base_url="https://de.example/", title="Tal")}),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "wanted"), LANGUAGES)
def test_each_language(settings: dict[str, Any], wanted: dict[str, Language], tmp_path: Path) -> None:
    assert languages(tmp_path, {"title": " Tal "} | settings) == wanted


def test_what_crossposts_own_settings_say_counts_first(tmp_path: Path) -> None:
    settings = {"languages": {"en": {"baseURL": "https://old.example/"}, "de": {}}, "timeZone": "Europe/Vienna"}
    found = languages(tmp_path, settings, url="https://new.example/", lang="fr")
    assert {one.base_url for one in found.values()} == {"https://new.example/"}
    assert (found["en"].tag, found["de"].tag) == ("fr", "de"), "it is the language of the site, not of every page"
    for path in ("/blog/", "blog", "/Xaver/X/"):
        below = languages(tmp_path, {}, url="https://new.example/", baseurl=path)
        assert below["en"].base_url == f"https://new.example/{path.strip('/')}/"
    assert languages(tmp_path, {}, baseurl="/blog/")["en"].base_url == URL, "a path alone says no address"
    hosts = {"languages": {"en": {"baseURL": "https://en.example/"}, "de": {"baseURL": "https://de.example/"}}}
    apart = languages(tmp_path, hosts, url="https://new.example/")
    assert [one.base_url for one in apart.values()] == ["https://en.example/", "https://de.example/"]
    assert read(tmp_path, settings, timezone="Asia/Tokyo").timezone == "Asia/Tokyo"


def test_settings_that_cannot_be_used_are_told_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such folder"):
        read_config(tmp_path / "nowhere", {})
    with pytest.raises(SourceError, match="is not a Hugo site"):
        read_config(tmp_path, {})
    with pytest.raises(SourceError, match=r"hugo\.json: timeZone: .*Wien"):
        read(tmp_path, {"timeZone": "Wien"})
    file = tmp_path / "hugo.json"
    (said,) = read(tmp_path, {"languageCode": "deutsch", "locale": "de"}).warnings
    assert said.startswith(f"{file}: languageCode: “deutsch” is not a language tag")
    assert read(tmp_path, {"locale": "de"}).warnings == ()
    (said,) = read(tmp_path, {"theme": "gone"}).warnings
    assert said.startswith(f"{file}: the theme or module gone is neither in themes nor in _vendor")


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("posts", "ready"),
    [
        ("", {"posts/a", "posts/sub/b", "postscript/c"}),
        ("posts", {"posts/a", "posts/sub/b"}),
        ("/content/posts/", {"posts/a", "posts/sub/b"}),
        ("posts/sub", {"posts/sub/b"}),
        ("sub", set()),
    ],
)
def test_which_folder_holds_the_posts(posts: str, ready: set[str], tmp_path: Path) -> None:
    names = ("about", "posts/a", "posts/sub/b", "postscript/c")
    made = site(tmp_path, f'baseURL = "{URL}"\n', {f"content/{name}.md": page() for name in names})
    made = type(made)(tmp_path, now=NOW, posts=posts)
    found = {entry.id: entry for entry in made.scan()}
    assert {name for name, entry in found.items() if entry.state == "ready"} == ready
    if posts:
        assert found["about"].reason == f"it is not in {posts.strip('/')}, which [site] posts names"
    else:
        assert found["about"].reason == "it is in no section, as a page such as “About” is"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("draft: true", "draft: true"),
        *((line, line.replace("'", "").replace("1", "true")) for line in ("draft: 'true'", "draft: 1", "draft: '1'")),
        ("draft: ja", ""),
        ("published: false", "published: false"),
        ("published: 'false'", "published: false"),
        ("published: true", ""),
        ("published: true\ndraft: true", "draft: true"),
        ("published: false\ndraft: false", ""),
        ("published: ''", ""),
        ("headless: 'true'", "it has no page of its own (headless, or build: render: never)"),
        ("headless: true", "it has no page of its own (headless, or build: render: never)"),
        *((f"{key}: {{Render: {how}}}", "it has no page of its own (headless, or build: render: never)")
          for key in ("build", "_build") for how in ("never", "link", "false")),
        ("build: {render: always}", ""),
        ("build: never", ""),
        ("publishDate: 2026-11-22T12:00:01Z", "its date is in the future: 2026-11-22 12:00 UTC"),
        ("publishDate: 2026-11-22T12:00:00Z", ""),
        ("pubdate: 2999-01-01", "its date is in the future: 2999-01-01 00:00 UTC"),
        ("published: 2999-01-01", "its date is in the future: 2999-01-01 00:00 UTC"),
        ("expiryDate: 2026-11-22T12:00:00Z", "it has expired: expiryDate 2026-11-22"),
        ("unpublishDate: 2026-11-22T12:00:00Z", "it has expired: expiryDate 2026-11-22"),
        ("expiryDate: 2026-11-22T12:00:01Z", ""),
    ],
)  # fmt: skip
def test_what_a_page_says_about_being_shown(lines: str, reason: str, tmp_path: Path) -> None:
    made = site(tmp_path, f'baseURL = "{URL}"\n', {"content/posts/a.md": page(f"{lines}\n")})
    (entry,) = made.scan()
    assert (entry.state, entry.reason) == ("skipped" if reason else "ready", reason)


def test_when_the_site_next_shows_another_page(tmp_path: Path) -> None:
    moments = {"a": "publishDate: 2026-12-03", "b": "expiryDate: 2026-12-02", "c": "publishDate: 2026-11-01"}
    pages = {f"content/posts/{name}.md": page(f"{line}\n") for name, line in moments.items()}
    made = site(tmp_path, f'baseURL = "{URL}"\n', pages)
    list(made.scan())
    assert made.turn == datetime(2026, 12, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("/a/b/", "/a/b/"), ("/a/b", "/a/b/"), ("a/b", "/a/b/"), ("/a/b.html", "/a/b.html"), ("/a.b/c", "/a.b/c/"),
        ("/a/.b", "/a/.b/"), ("/a/b.", "/a/b./"), (" /a/ ", "/a/"), ("/ä b/", "/%C3%A4%20b/"),
    ],
)  # fmt: skip
def test_an_address_that_a_page_has_chosen(own: str, found: str, tmp_path: Path) -> None:
    made = site(tmp_path, f'baseURL = "{URL}"\n', {"content/posts/a.md": page(f"url: '{own}'\n")})
    assert [entry.url for entry in made.scan()] == [URL.rstrip("/") + found]
