"""The Jekyll source: listing, ids, front matter, pictures, text."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.errors import SourceError
from crosspost.sources.base import Source
from crosspost.sources.jekyll import JekyllSource, find_site
from crosspost.testing import SourceContract
from tests.sources.jekyll_site import CONFIG, NOW, Site


class TestJekyllContract(SourceContract):
    def make(self, root: Path) -> Source:
        return JekyllSource(root, now=NOW, url="https://example.org")

    def write(self, root: Path, name: str, *, title: str, text: str, broken: bool = False) -> Path:
        front = "title: a: b" if broken else f"title: {title}"
        file = root / "_posts" / f"2024-01-02-{name}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"---\n{front}\n---\n{text}\n", encoding="utf-8")
        return file


# ── ids ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ids_come_from_the_file_name_alone(site: Site) -> None:
    for path in (
        "_posts/2022-12-01-erstes-treffen.md",
        "news/_posts/2022-12-01-x.md",
        "_posts/sub/2022-12-01-x.md",
        "_posts/2024-01-01-newsletter.md",
        "_posts/24-2-1-newsletter.md",
        "_posts/2024-03-01-newsletter.md",
        "_posts/2024-03-01-newsletter.html",
        "_drafts/erstes-treffen.md",
    ):
        site.put(path)
    assert {path: entry.id for path, entry in site.entries().items()} == {
        "_posts/2022-12-01-erstes-treffen.md": "erstes-treffen",
        "news/_posts/2022-12-01-x.md": "news/x",
        "_posts/sub/2022-12-01-x.md": "sub/x",
        "_posts/2024-01-01-newsletter.md": "newsletter@2024-01-01",
        "_posts/24-2-1-newsletter.md": "newsletter@2024-02-01",
        "_posts/2024-03-01-newsletter.md": "newsletter@2024-03-01.md",
        "_posts/2024-03-01-newsletter.html": "newsletter@2024-03-01.html",
        "_drafts/erstes-treffen.md": "_drafts/erstes-treffen.md",
    }


def test_the_id_stays_when_the_date_changes(site: Site) -> None:
    file = site.post("title: A\ndate: 2024-05-01")
    before = site.source().entry(file)
    site.post("title: A\ndate: 2024-05-03")
    after = site.source().entry(file)
    moved = site.source().entry(file.rename(file.with_name("2024-05-04-beitrag.md")))
    assert before.id == after.id == moved.id == "beitrag"
    assert before.date != after.date


@pytest.mark.long
@given(st.lists(st.sampled_from(["2024-01-02-a.md", "2024-01-03-a.md", "2024-1-2-a.md", "24-01-02-a.html", "x.md"])))
def test_ids_are_unique_whatever_the_names(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        for number, name in enumerate(names):
            site.put(f"_posts/{'sub/' * (number % 2)}{name}")
        ids = [entry.id for entry in site.entries().values()]
    assert len(ids) == len(set(ids))


# ── what is not published ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("_posts/ohne-datum.md", "no date"),
        ("_posts/.#2024-01-02-x.md", "editor"),
        ("_posts/#2024-01-02-x.md#", "editor"),
        ("_posts/2024-01-02-x.md~", "editor"),
        ("_posts/2024-01-02-bild.jpg", "not a text"),
        ("_posts/_2024-01-02-x.md", "underscore"),
        ("_drafts/idee.md", "draft"),
        ("_posts/2024-06-02-morgen.md", "future"),
    ],
)
def test_skipped_with_its_reason(site: Site, path: str, reason: str) -> None:
    site.put(path, "Ein Satz.")
    entry = site.entries()[path]
    assert entry.state == "skipped"
    assert reason in entry.reason


@pytest.mark.parametrize(
    ("front", "state"),
    [
        ("published: false", "skipped"),
        ("published: no", "skipped"),
        ("published: 'false'", "ready"),
        ("draft: true", "skipped"),
        ("draft: 'True'", "skipped"),
        ("draft: false", "ready"),
        ("draft: ", "ready"),
    ],
)
def test_published(site: Site, front: str, state: str) -> None:
    assert site.entry(f"title: A\n{front}").state == state


@pytest.mark.parametrize(
    "title", ["title:", 'title: ""', "title: ' '", 'title: "\\u200b"', "title: {a: b}", "layout: post"]
)
def test_what_has_no_title_of_its_own_is_called_as_its_file(site: Site, title: str) -> None:
    post = site.load(title, path="_posts/2024-05-01-unser-garten.md")
    assert (post.title, post.description) == ("Unser Garten", "Ein Satz.")
    empty = site.entry(title, body="")
    assert (empty.state, empty.reason.partition(": ")[2]) == (
        "refused", "the post is empty: it has neither a title nor a text"
    )  # fmt: skip


def test_a_future_post_is_ready_when_the_site_shows_it(tmp_path: Path) -> None:
    site = Site(tmp_path, CONFIG + "future: true\n")
    assert site.entry("date: 2024-07-01 10:00").state == "ready"


def test_the_clock_decides_to_the_second(site: Site) -> None:
    file = site.post("title: A\ndate: 2024-06-01 14:00:01 +0200")
    early = JekyllSource(site.root, now=NOW).entry(file)
    late = JekyllSource(site.root, now=NOW + timedelta(seconds=1)).entry(file)
    assert (early.state, late.state) == ("skipped", "ready")


# ── the site ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_plain_folder(tmp_path: Path) -> None:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "2024-01-02-a.md").write_text("Ein Satz.", encoding="utf-8")
    (folder / "README.md").write_text("Lies mich", encoding="utf-8")
    for root in (folder, tmp_path):
        source = JekyllSource(root, now=NOW, url="https://example.org", permalink="/:year/:title/")
        entries = {Path(entry.path).name: entry for entry in source.scan()}
        assert entries["2024-01-02-a.md"].url == "https://example.org/2024/a/"
        assert entries["README.md"].state == "skipped"


def test_given_settings_go_before_the_configuration(site: Site) -> None:
    entry = site.entry("title: A", url="https://other.example", baseurl="/b", permalink="pretty", timezone="UTC")
    assert entry.url == "https://other.example/b/2024/05/01/beitrag/"
    source = site.source(url="https://other.example", baseurl="/b", lang="en")
    assert (source.url, source.lang, source.title, source.root) == (
        "https://other.example/b",
        "en",
        "Unsere Seite",
        site.root,
    )


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("url: a: b", "_config.yml:1:"),
        ("- a", "a list"),
        ("url: https://e.example\ntimezone: Mars/Olympus", ":2: timezone"),
        ("title: A", "address of the site is unknown"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_an_unreadable_site_is_explained(tmp_path: Path, config: str | bytes, reason: str) -> None:
    (tmp_path / "_config.yml").write_bytes(config if isinstance(config, bytes) else config.encode())
    with pytest.raises(SourceError, match=reason):
        list(JekyllSource(tmp_path, now=NOW).scan())


def test_a_folder_that_is_no_site_is_not_said_to_have_a_configuration(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"unknown, and there is no _config\.yml that could name it; .* correct `path`"
    ):
        list(JekyllSource(tmp_path, now=NOW).scan())


def test_find_site(site: Site, tmp_path: Path) -> None:
    file = site.post("title: A")
    assert find_site(file) == find_site(file.parent) == find_site(site.root) == site.root


def test_find_a_plain_folder(tmp_path: Path) -> None:
    file = tmp_path / "posts" / "sub" / "2024-01-02-a.md"
    file.parent.mkdir(parents=True)
    file.write_text("x", encoding="utf-8")
    assert find_site(file) == tmp_path / "posts"
    assert find_site(tmp_path) is None


def test_a_post_that_misspells_crosspost_waits_for_its_correction(site: Site) -> None:
    entry = site.entry("title: A\nCrosspost:\n  skip: true")
    assert (entry.state, entry.reason.partition(".md:")[2]) == (
        "refused", "3: nothing reads the key “Crosspost”; did you mean `crosspost`?"
    )  # fmt: skip
