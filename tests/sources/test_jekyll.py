"""The Jekyll source: listing, ids, front matter, pictures, text."""

import io
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from crosspost.errors import PostRefused, SourceError
from crosspost.model import Entry, Post
from crosspost.sources.base import Source
from crosspost.sources.jekyll import JekyllSource, find_site
from crosspost.testing import SourceContract

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
CONFIG = "url: https://example.org\ntitle: Unsere Seite\nlang: de_DE\ntimezone: Europe/Berlin\n"


def picture(width: int = 300, height: int = 200) -> bytes:
    """A picture file."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(out, "PNG")
    return out.getvalue()


class Site:
    """A site in a temporary folder."""

    def __init__(self, root: Path, config: str = CONFIG) -> None:
        self.root = root
        self.put("_config.yml", config)

    def put(self, path: str, text: str | bytes = b"x") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def post(self, front: str, body: str = "Ein Satz.", path: str = "_posts/2024-05-01-beitrag.md") -> Path:
        return self.put(path, f"---\n{front}\n---\n{body}\n")

    def source(self, **given: Any) -> JekyllSource:
        return JekyllSource(self.root, now=NOW, **given)

    def entries(self, **given: Any) -> dict[str, Entry]:
        return {Path(entry.path).relative_to(self.root).as_posix(): entry for entry in self.source(**given).scan()}

    def entry(self, front: str, body: str = "Ein Satz.", **given: Any) -> Entry:
        return self.source(**given).entry(self.post(front, body))

    def load(self, front: str, body: str = "Ein Satz.", path: str = "_posts/2024-05-01-beitrag.md") -> Post:
        source = self.source()
        return source.load(source.entry(self.post(front, body, path)))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


class TestJekyllContract(SourceContract):
    def make(self, root: Path) -> Source:
        return JekyllSource(root, now=NOW, url="https://example.org")

    def write(self, root: Path, name: str, *, title: str, text: str, broken: bool = False) -> Path:
        front = "title: a: b" if broken else f"title: {title}"
        file = root / "_posts" / f"2024-01-02-{name}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"---\n{front}\n---\n{text}\n", encoding="utf-8")
        return file


# ── ids ───────────────────────────────────────────────────────────────────────────────────────────────────────────


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


@given(st.lists(st.sampled_from(["2024-01-02-a.md", "2024-01-03-a.md", "2024-1-2-a.md", "24-01-02-a.html", "x.md"])))
def test_ids_are_unique_whatever_the_names(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        for number, name in enumerate(names):
            site.put(f"_posts/{'sub/' * (number % 2)}{name}")
        ids = [entry.id for entry in site.entries().values()]
    assert len(ids) == len(set(ids))


# ── what is not published ─────────────────────────────────────────────────────────────────────────────────────────


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
    ("front", "state"), [("published: false", "skipped"), ("published: no", "skipped"), ("published: 'false'", "ready")]
)
def test_published(site: Site, front: str, state: str) -> None:
    assert site.entry(f"title: A\n{front}").state == state


def test_a_future_post_is_ready_when_the_site_shows_it(tmp_path: Path) -> None:
    site = Site(tmp_path, CONFIG + "future: true\n")
    assert site.entry("date: 2024-07-01 10:00").state == "ready"


def test_the_clock_decides_to_the_second(site: Site) -> None:
    file = site.post("title: A\ndate: 2024-06-01 14:00:01 +0200")
    early = JekyllSource(site.root, now=NOW).entry(file)
    late = JekyllSource(site.root, now=NOW + timedelta(seconds=1)).entry(file)
    assert (early.state, late.state) == ("skipped", "ready")


# ── front matter ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "line", "reason"),
    [
        (b"---\ntitle: A\nslug: b\ntitle: C\n---\nx", 4, "written twice"),
        (b"---\ntitle: A\ncrosspost:\n  at: 2024-01-01\n  at: 2024-01-02\n---\nx", 5, "written twice"),
        (b"---\n- a\n- b\n---\nx", 2, "a list"),
        (b"---\njust words\n---\nx", 2, "single value"),
        (b"---\ntitle: A: B\n---\nx", 2, "quotation marks"),
        (b"---\ntitle: A\n\tslug: b\n---\nx", 3, "not valid YAML"),
        (b"---\n\n\ntitle: {\n---\nx", 5, "not valid YAML"),
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


# ── overrides ─────────────────────────────────────────────────────────────────────────────────────────────────────


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
        ("crosspost: yes please", 2, "mapping"),
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


# ── description, pictures, text ───────────────────────────────────────────────────────────────────────────────────


def test_description_of_its_own(site: Site) -> None:
    assert site.load(
        "title: A\ndescription: 'Ein **kurzer** Satz &amp; <b>mehr</b> auf {{ site.title }}'"
    ).description == ("Ein kurzer Satz & mehr auf Unsere Seite")


@pytest.mark.parametrize("front", ["title: Das Treffen", "title: Das Treffen\ndescription: das Treffen!"])
def test_description_from_the_first_real_paragraph(site: Site, front: str) -> None:
    body = (
        "# Das Treffen\n{: .no_toc}\n\n* Inhalt\n{:toc}\n\n<!-- geheim -->\n\n![Saal](/saal.jpg)\n*Der Saal*\n\n"
        "Wir *trafen* uns\nam [Fluss](https://example.org){:target='_blank'}.\n\nMehr.\n"
    )
    assert site.load(front, body).description == "Wir trafen uns am Fluss."


def test_liquid_in_the_text(site: Site) -> None:
    body = (
        "{% include kopf.html %}{% unbekannt tag %}Auf {{ site.title }}: {{ page.title }}"
        "{% for i in (1..3) %}.{% endfor %} [hier]({{ '/x y/' | relative_url }})\n\n"
        "{% highlight ruby %}\nputs 1\n{% endhighlight %}\n"
    )
    post = site.load("title: A", body)
    assert post.excerpt == "Auf Unsere Seite: A... hier"
    assert "(/x%20y/)" in post.body
    assert "```ruby" in post.body
    assert post.warnings == ()


@pytest.mark.parametrize(
    "body", ["Gut. {% if %}", "Gut. {{ x | }", "Gut. {% for i in (1..99999999) %}x{% endfor %}", "Gut. {% endif %}"]
)
def test_a_mistake_in_liquid_does_not_lose_the_post(site: Site, body: str) -> None:
    post = site.load("title: A", body)
    assert post.body.startswith("Gut.")
    assert "{%" not in post.body


def test_attribute_lists_stay_in_code(site: Site) -> None:
    body = "Text{: .a}\n{: #b}\n\n```\n{: .c}\n```\n\n`{: .d}`\n"
    post = site.load("title: A", body)
    assert "{: .c}" in post.body
    assert "{: .d}" in post.body
    assert ".a" not in post.body
    assert "#b" not in post.body


@pytest.mark.parametrize(
    "written",
    [
        "/images/a b.jpg",
        "images/a b.jpg",
        "/images/a%20b.jpg",
        "/blog/images/a b.jpg",
        '"{{ site.url }}/blog/images/a b.jpg"',
        "https://example.org/blog/images/a%20b.jpg",
    ],
)
def test_thumbnail_in_all_its_ways(tmp_path: Path, written: str) -> None:
    site = Site(tmp_path, CONFIG + "baseurl: /blog\n")
    file = site.put("images/a b.jpg")
    post = site.load(f"thumbnail: {written}\nthumbnail_alt: Der Fluss")
    assert post.thumbnail is not None
    assert post.thumbnail.path == str(file)
    assert post.thumbnail.url == "https://example.org/blog/images/a%20b.jpg"
    assert post.thumbnail.alt == "Der Fluss"
    assert post.warnings == ()


def test_alt_text_from_the_same_picture_in_the_text(site: Site) -> None:
    site.put("images/fluss.jpg")
    post = site.load(
        "thumbnail: /images/fluss.jpg",
        '![]({{ "/images/fluss.jpg" | relative_url }})\n<img src="/images/fluss.jpg" alt="Am Ufer">',
    )
    assert post.thumbnail is not None
    assert post.thumbnail.alt == "Am Ufer"
    assert [picture.alt for picture in post.images] == ["", "Am Ufer"]


def test_no_alt_text_is_a_warning_and_never_the_file_name(site: Site) -> None:
    site.put("fluss.jpg")
    post = site.load("thumbnail: fluss.jpg")
    assert post.thumbnail is not None
    assert post.thumbnail.alt == ""
    assert any("thumbnail_alt" in warning for warning in post.warnings)


@pytest.mark.parametrize(
    "written",
    [
        "/fehlt.jpg",
        "leer.jpg",
        '""',
        "../geheim.jpg",
        "/../geheim.jpg",
        "/%2e%2e/geheim.jpg",
        "/x/../../geheim.jpg",
        "/link.jpg",
        "/ordner/geheim.jpg",
        "file:///etc/hostname",
    ],
)
def test_a_thumbnail_that_cannot_be_used_is_a_warning(tmp_path: Path, written: str) -> None:
    (tmp_path / "geheim.jpg").write_bytes(b"secret")
    (tmp_path / "site").mkdir()
    site = Site(tmp_path / "site")
    (site.root / "link.jpg").symlink_to(tmp_path / "geheim.jpg")
    (site.root / "ordner").symlink_to(tmp_path)
    site.put("leer.jpg", b"")
    post = site.load(f"title: A\nthumbnail: {written}", f"Satz.\n\n![x]({written.strip(chr(34)) or 'y'})")
    assert post.thumbnail is None
    assert any("thumbnail" in warning for warning in post.warnings)
    assert not any("geheim" in picture.path or "link" in picture.path for picture in post.images)


def test_a_thumbnail_on_the_web_keeps_its_address(site: Site) -> None:
    post = site.load("thumbnail: https://cdn.example/x.jpg\nthumbnail_alt: Ein Bild")
    assert post.thumbnail is not None
    assert (post.thumbnail.path, post.thumbnail.url) == ("", "https://cdn.example/x.jpg")


def test_a_post_that_links_out_of_the_site_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    site = Site(tmp_path / "site")
    (tmp_path / "secret.md").write_text("geheim", encoding="utf-8")
    (site.root / "_posts").mkdir()
    (site.root / "_posts" / "2024-01-02-x.md").symlink_to(tmp_path / "secret.md")
    assert site.entries()["_posts/2024-01-02-x.md"].state == "refused"


# ── the site ──────────────────────────────────────────────────────────────────────────────────────────────────────


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


def test_find_site(site: Site, tmp_path: Path) -> None:
    file = site.post("title: A")
    assert find_site(file) == find_site(file.parent) == find_site(site.root) == site.root


def test_find_a_plain_folder(tmp_path: Path) -> None:
    file = tmp_path / "posts" / "sub" / "2024-01-02-a.md"
    file.parent.mkdir(parents=True)
    file.write_text("x", encoding="utf-8")
    assert find_site(file) == tmp_path / "posts"
    assert find_site(tmp_path) is None


# ── whatever people write ─────────────────────────────────────────────────────────────────────────────────────────

_PIECES = st.one_of(
    st.sampled_from(
        [
            "---\n",
            "title: ",
            "date: ",
            "crosspost:\n  ",
            "tags: [",
            "]",
            "{",
            "}",
            ": ",
            "- ",
            "&a ",
            "*a ",
            "<<: ",
            "! ",
        ]
    ),
    st.sampled_from(
        [
            "{% if x %}",
            "{{ x",
            "}}",
            "{: .a}",
            "![a](b)",
            "<img src='",
            "'>",
            "<!--",
            "```\n",
            "\n\n",
            "*",
            "**",
            "[^1]",
        ]
    ),
    st.sampled_from(
        [
            "| a | b |\n|---|---|\n",
            "[^1]: x\n",
            "2024-02-30",
            "🌱",
            "שלום",
            "ไทย",
            "\x00",
            "\u2028",
            "\t",
            "thumbnail: ",
        ]
    ),
)


@settings(max_examples=150)
@given(st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=25).map("".join), st.booleans())
def test_whatever_is_written_is_listed_loaded_or_refused(text: str, front: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        raw = (f"---\n{text}\n---\n{text}" if front else text).encode("utf-8", "surrogatepass")
        source = site.source()
        entry = source.entry(site.put("_posts/2024-01-02-x.md", raw))
        assert entry.id == "x"
        try:
            post = source.load(entry)
        except PostRefused as error:
            assert str(error).startswith(entry.path)  # noqa: PT017 - being refused is one of two good ends
        else:
            assert entry.state != "refused"
            assert post.title
