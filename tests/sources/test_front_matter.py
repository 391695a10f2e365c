"""What a post says about itself: titles, tags, languages, overrides, and what is refused with its line."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.sources.jekyll_site import CONFIG, Site

# ── front matter ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "line", "reason"),
    [
        (b"---\ntitle: A\nslug: b\ntitle: C\n---\nx", 4, "written twice"),
        (b"---\ntitle: A\ncrosspost:\n  at: 2024-01-01\n  at: 2024-01-02\n---\nx", 5, "written twice"),
        (b"---\n- a\n- b\n---\nx", 2, "a list"),
        (b"---\njust words\n---\nx", 2, "single value"),
        (b"---\ntitle: A: B\n---\nx", 2, "quotation marks"),
        (b"---\ntitle: A\n\tslug: b\n---\nx", 3, "not valid YAML"),
        (b"---\n\n\ntitle: {\n---\nx", 4, "not valid YAML"),
        ("---\ntitle: Grüße\n---\nx".encode("latin-1"), 2, "UTF-8"),
        (b"---\ntitle: A\n\nx", 1, "no closing"),
        (b"---\ntitle: !!python/object/apply:os.system [ls]\n---\nx", 2, "not valid YAML"),
        (b"---\ntitle: A\ndate: soon\n---\nx", 3, "not a date"),
        (b"---\ntitle: A\nslug: 2035\n---\nx", 3, "quotation marks"),
        (b"---\ntitle: A\npermalink: /:nope/\n---\nx", 3, ":nope"),
        (b"---\ntitle: A\ncategories: {a: b}\n---\nx", 3, "categories"),
        (b"---\ntitle: A\ntags: {a: b}\n---\nx", 3, "tags"),
    ],
)
def test_refused_with_file_line_and_reason(site: Site, raw: bytes, line: int, reason: str) -> None:
    file = site.put("_posts/2024-05-01-beitrag.md", raw)
    site.post("title: Nachbar", path="_posts/2024-05-02-nachbar.md")
    entries = site.entries()
    entry = entries["_posts/2024-05-01-beitrag.md"]
    assert entry.state == "refused"
    assert entry.reason.startswith(f"{file}:{line}: ")
    assert reason in entry.reason
    assert entry.id == "beitrag"
    assert entries["_posts/2024-05-02-nachbar.md"].state == "ready"


@pytest.mark.parametrize(
    "front",
    [
        "a: " + "[" * 100_000,
        "- " * 50_000 + "a",
        "? " * 50_000 + "a",
        "\n".join(["a: &a [x, x, x]", *(f"{b}: &{b} [*{a}, *{a}, *{a}]" for a, b in pairwise("abcdefghij"))]),
        "a: &a [*a]",
        "a: '" + "x" * 300_000 + "'",
    ],
    ids=["brackets", "dashes", "questions", "bomb", "itself", "long"],
)
def test_too_much_is_refused_and_not_tried(site: Site, front: str) -> None:
    assert site.entry(front).state == "refused"


def test_a_huge_file_is_refused(site: Site) -> None:
    assert site.entry("title: A", "x" * (5 * 1024 * 1024)).state == "refused"


def test_a_byte_order_mark_and_windows_lines_are_fine(site: Site) -> None:
    file = site.put("_posts/2024-05-01-beitrag.md", "\ufeff---\r\ntitle: Größe\r\n---\r\nEin\r\nSatz.\r\n")
    entry = site.source().entry(file)
    assert (entry.state, entry.title) == ("ready", "Größe")
    assert site.source().load(entry).excerpt == "Ein Satz."


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: 2024", "2024"),
        ("title: 007", "007"),
        ("title: 12:30", "12:30"),
        ("title: 1.10", "1.10"),
        ("title: 2024-05-01", "2024-05-01"),
        ("title:", "Beitrag"),
        ("layout: post", "Beitrag"),
        ("title: >\n  zwei\n  Zeilen", "zwei Zeilen"),
        ("title: ประชุมครั้งแรก", "ประชุมครั้งแรก"),
    ],
)
def test_titles(site: Site, front: str, title: str) -> None:
    assert site.entry(front).title == title


@pytest.mark.parametrize(
    ("front", "tags"),
    [
        ("tags: a b", ("a", "b")),
        ("tags: a, b", ("a", "b")),
        ("tag: Grüne Stadt", ("Grüne Stadt",)),
        ("tags: [Grüne Stadt, 2024, C++, null, Grüne Stadt]", ("Grüne Stadt", "2024", "C++")),
        ("tag: eins\ntags: zwei", ("eins",)),
        ("tags:", ()),
    ],
)
def test_tags(site: Site, front: str, tags: tuple[str, ...]) -> None:
    assert site.entry(front).tags == tags


@pytest.mark.parametrize(
    ("front", "lang"), [("lang: no", "no"), ("lang: pt_br", "pt-BR"), ("title: A", "de-DE"), ("lang: [a]", "de-DE")]
)
def test_language(site: Site, front: str, lang: str) -> None:
    assert site.load(front).lang == lang


def test_author_and_site(tmp_path: Path) -> None:
    site = Site(tmp_path, CONFIG + "author: {name: Redaktion}\n")
    assert (site.load("title: A").author, site.load("author: Gast").author) == ("Redaktion", "Gast")
    assert site.load("title: A").site == "Unsere Seite"


def test_an_empty_post_is_refused(site: Site) -> None:
    entry = site.entry("layout: post", "")
    assert entry.state == "refused"
    assert "empty" in entry.reason


# ── overrides ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_overrides(site: Site) -> None:
    said = site.entry(
        "crosspost:\n  only: [mastodon, x]\n  at: 2024-07-01 18:30\n  text: Für alle\n"
        "  mastodon: {text: Nur dort, visibility: unlisted}\n  x: false\n  verein: {at: 2024-07-02}\n"
    ).overrides
    assert said.only == ("mastodon", "x")
    assert said.everywhere.text == "Für alle"
    assert said.everywhere.at is not None
    assert said.everywhere.at.isoformat() == "2024-07-01T18:30:00+02:00"
    assert said.targets["mastodon"].settings == {"visibility": "unlisted"}
    assert said.for_account("club", "mastodon").text == "Nur dort"
    assert said.targets["x"].skip is True
    assert said.targets["verein"].at is not None
    assert said.targets["verein"].at.isoformat() == "2024-07-02T00:00:00+02:00"


def test_at_without_a_zone_is_local_however_yaml_reads_it(site: Site) -> None:
    moments = {
        site.entry(f"crosspost: {{at: {at}}}").overrides.everywhere.at
        for at in ("2024-07-01 18:30:00", '"2024-07-01 18:30"', "2024-07-01T18:30:00+02:00", "2024-07-01 16:30:00Z")
    }
    assert moments == {datetime(2024, 7, 1, 16, 30, tzinfo=UTC)}


def test_false_skips_everywhere(site: Site) -> None:
    assert site.entry("crosspost: false").overrides.for_account("a", "b").skip is True


@pytest.mark.parametrize(
    ("front", "line", "reason"),
    [
        ("crosspost: yes please", 2, "needs lines below it"),
        ("crosspost:\n  skpi: true!", 3, "`skip`"),
        ("crosspost:\n  skip: maybe", 3, "true or false"),
        ("crosspost:\n  only: {a: b}", 3, "list of names"),
        ("crosspost:\n  at: soon", 3, "not a date"),
        ("crosspost:\n  x:\n    at: [1]", 4, "crosspost: x: at:"),
        ("crosspost:\n  text: [a]", 3, "text"),
        ("crosspost:\n  x:\n    only: a", 4, "one level up"),
    ],
)
def test_wrong_overrides_are_refused(site: Site, front: str, line: int, reason: str) -> None:
    entry = site.entry(front)
    assert entry.state == "refused"
    assert f":{line}: " in entry.reason
    assert reason in entry.reason
