"""Each name that generators and pages use: without one of them a site, a date or a text is no longer found."""

from pathlib import Path

import pytest

from crosspost.sources.field_origins import Origin, slips
from crosspost.sources.git_checkout import Checkout, checkout
from crosspost.sources.hugo.themes import merged
from crosspost.sources.jekyll_site import read_site
from crosspost.sources.keys import Keys
from crosspost.sources.kinds import generator, kind_of
from crosspost.sources.overrides import of_the_post
from crosspost.sources.post_record import Record
from crosspost.sources.web import built_folder
from crosspost.sources.web.markdown_files import Pairs
from crosspost.sources.web.web_page import read_page
from crosspost.sources.yaml_text import inline

# ── which site it is ──────────────────────────────────────────────────────────────────────────────────────────────────

GENERATORS = """
    eleventy.config.js=Eleventy eleventy.config.mjs=Eleventy eleventy.config.cjs=Eleventy .eleventy.js=Eleventy
    astro.config.mjs=Astro astro.config.ts=Astro astro.config.js=Astro pelicanconf.py=Pelican mkdocs.yml=MkDocs
    _quarto.yml=Quarto gatsby-config.js=Gatsby next.config.js=Next.js lume.config.ts=Lume book.toml=mdBook
"""


@pytest.mark.parametrize("pair", GENERATORS.split())
def test_each_generator_is_told_by_its_file(tmp_path: Path, pair: str) -> None:
    name, _, wanted = pair.partition("=")
    (tmp_path / name).write_text("x", "utf-8")
    assert (generator(tmp_path), kind_of(tmp_path)) == (wanted, "built")


@pytest.mark.parametrize("name", ["_site", "public", "dist", "output", "build", "site", "docs/_site", "_book"])
def test_folders_that_generators_build_to(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(parents=True)
    for page in ("index.html", "sitemap.xml"):
        (tmp_path / name / page).write_text("x", "utf-8")
        assert built_folder.find(tmp_path) == tmp_path / name
        (tmp_path / name / page).unlink()
    assert built_folder.project_of(tmp_path, tmp_path / name) == tmp_path
    below = built_folder.project_of(tmp_path / name, tmp_path / name)
    assert below == (tmp_path if "/" not in name else tmp_path / "docs")


@pytest.mark.parametrize(
    "folder",
    ["node_modules", "_site", "public", "dist", "output", "site-packages", "vendor", "themes", "venv", "__pycache__"],
)
def test_no_page_was_made_from_what_was_installed_or_built(tmp_path: Path, folder: str) -> None:
    for name in (folder, f"src{folder}"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "beet.md").write_text("Text.", "utf-8")
    found = Pairs(tmp_path, tmp_path / "out").of("", None, "https://e.org/beet/")
    assert found is not None, "with two of them none is taken"
    assert found.path == str(tmp_path.resolve() / f"src{folder}/beet.md")


@pytest.mark.parametrize(
    ("name", "busy"),
    [
        ("rebase-merge", "a rebase"), ("rebase-apply", "a rebase"), ("MERGE_HEAD", "a merge"),
        ("CHERRY_PICK_HEAD", "a cherry-pick"), ("REVERT_HEAD", "a revert"), ("BISECT_LOG", "a bisect"), ("x", ""),
    ],
)  # fmt: skip
def test_what_git_is_in_the_middle_of_is_said(tmp_path: Path, name: str, busy: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/a/b\n", "utf-8")
    (tmp_path / ".git" / name).write_text("x", "utf-8")
    assert checkout(tmp_path) == Checkout(branch="a/b", busy=busy)


@pytest.mark.parametrize(
    ("section", "own", "wanted"),
    [
        ("params", {"a": {"x": 1}}, {"a": {"x": 1, "y": 2}, "b": 3}),
        *((section, {"a": {"x": 1}}, {"a": {"x": 1}, "b": 3}) for section in ("menus", "mediatypes", "outputformats")),
        ("other", {"a": {"x": 1}}, {"a": {"x": 1}}),
        ("other", {"_merge": "deep"}, {"_merge": "deep", "a": {"y": 2}, "b": 3}),
        ("params", {"_merge": "none"}, {"_merge": "none"}),
        ("params", "text", "text"),
        ("params", {"a": 5}, {"a": 5, "b": 3}),
    ],
)
def test_what_a_hugo_site_takes_over_from_its_theme(section: str, own: object, wanted: object) -> None:
    assert merged({section: own}, [("t", {section: {"a": {"y": 2}, "b": 3}, "x": "text"})]) == {section: wanted}
    if section == "other" and "_merge" not in wanted:  # type: ignore[operator]  # a mapping, in these rows
        whole = merged({"_merge": "shallow", section: own}, [("t", {section: {"b": 3}})])
        assert whole[section] == {"a": {"x": 1}, "b": 3}


@pytest.mark.parametrize("jekyll4", [False, True])
def test_folders_that_jekyll_leaves_out(tmp_path: Path, jekyll4: bool) -> None:
    usual = ("node_modules", "vendor/bundle/", "vendor/cache/", "vendor/gems/", "vendor/ruby/")
    assert read_site(tmp_path, {}, jekyll4=jekyll4).exclude == usual
    (tmp_path / "_config.yml").write_text("exclude: [x]\n", "utf-8")
    assert read_site(tmp_path, {}, jekyll4=jekyll4).exclude == (("x", *usual) if jekyll4 else ("x",))


# ── words of posts and pages ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    [
        "article:published_time", "og:article:published_time", "article:published", "datePublished", "parsely-pub-date",
        "date", "DC.date", "DC.date.issued", "dcterms.created", "dcterms.date", "citation_publication_date",
    ],
)  # fmt: skip
@pytest.mark.parametrize("attribute", ["property", "name", "itemprop"])
def test_where_a_page_says_its_date(name: str, attribute: str) -> None:
    html = f"<html><head><title>A</title><meta {attribute}='{name}' content='2026-01-02'></head><body></body></html>"
    assert read_page(html, "https://e.org/").published == "2026-01-02"


@pytest.mark.parametrize(
    "kind",
    ["BlogPosting", "NewsArticle", "Article", "TechArticle", "SocialMediaPosting", "ScholarlyArticle", "Report"],
)
@pytest.mark.parametrize("written", ['"{}"', '["Thing", "https://schema.org/{}"]'])
def test_what_json_ld_calls_an_article(kind: str, written: str) -> None:
    said = f'{{"@type": {written.format(kind)}, "headline": "A"}}'
    html = f"<html><head><script type='application/ld+json'>{said}</script></head><body></body></html>"
    assert (read_page(html, "https://e.org/").title, read_page(html, "https://e.org/").kind) == ("A", "article")


TEXTS = ("<div class=e-content>{}</div>", "<div itemprop=articleBody>{}</div>",
         "<article><div class=post-content>{}</div></article>", "<article><div class=entry-content>{}</div></article>",
         "<div class=md-content><article>{}</article></div>", "<article>{}</article>", "<main>{}</main>",
         "<div role=main>{}</div>", "<div id=content>{}</div>", "{}")  # fmt: skip


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_where_the_text_of_a_page_stands(number: int) -> None:
    around = ("<nav>N</nav><aside>A</aside><form>F</form><footer>F</footer><p class=toc>T</p><p id=toc>T</p>"
              "<p class=comments>C</p><p id=comments>C</p><a class=headerlink>H</a><a class=anchor>A</a>"
              "<p class=post-meta>P</p><p class=post-tags>P</p><p class=related>R</p><p class=pagination>P</p>"
              "<p class=md-source-file>M</p><p class=share>S</p><button>B</button>")  # fmt: skip
    inner = TEXTS[number].format(f"<p>Das ist es.</p>{around}")
    others = "".join(one.format("<p>Daneben</p>") for one in TEXTS[number + 1 : -1] if "article" not in one)
    html = f"<html><head><title>A</title></head><body>{others if number < 4 else ''}{inner}</body></html>"
    assert read_page(html, "https://e.org/").text == "<p>Das ist es.</p>"


@pytest.mark.parametrize("word", ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "No", "TRUE"])
def test_words_that_yaml_takes_for_something_else_get_quotation_marks(word: str) -> None:
    assert inline(word) == f'"{word}"'
    assert inline(f"{word}x") == f"{word}x"


@pytest.mark.parametrize(
    ("text", "written"),
    [('a"b', '"a\\"b"'), ("a\\b", '"a\\\\b"'), ("a\nb", '"a\\nb"'), ("a\tb", '"a\\tb"'), ("a\rb", '"a\\rb"'),
     ("a\x7f", '"a\\u007f"'), ("a:", '"a:"'), ("5", '"5"'), ("", '""'), ("a b-c_1", "a b-c_1")],
)  # fmt: skip
def test_a_text_is_written_so_that_it_is_read_again(text: str, written: str) -> None:
    assert inline(text) == written
    assert inline({"a b": [text, None, True, 1.5]}) == f'{{"a b": [{written}, null, true, 1.5]}}'


@pytest.mark.parametrize(
    "name",
    ["title", "description", "date", "lang", "tags", "thumbnail", "thumbnail_alt", "pictures", "video", "event"],
)
def test_what_a_post_says_of_itself_is_not_said_below_crosspost(name: str) -> None:
    assert of_the_post(name).startswith(f"`{name}` is not said below crosspost:")
    assert of_the_post(f"{name}s") == of_the_post("") == ""


SLIPS = """
    tilte=title descripton=description thubmnail=thumbnail thumbnail-atl=thumbnail_alt iamge=image image-atl=image_alt
    excertp=excerpt subttile=subtitle sumamry=summary caetgories=categories catgeory=category pemralink=permalink
    pubilshed=published crossspot=crosspost haeder=header cvoer-img=cover-img shrae-img=share-img
    thubmnail-img=thumbnail-img faeture-img=feature-img faetured_image=featured_image go_image=og_image
    langauge=language thumbnail_alternative=thumbnail_alt image_alt_text=image_alt
"""


@pytest.mark.parametrize("pair", SLIPS.split())
def test_a_slip_is_noticed_and_what_was_meant_is_told(pair: str) -> None:
    slip, _, meant = pair.partition("=")
    (found,) = slips([Origin("a", "a.md", "", "", ("layout", slip))], Keys())
    assert (found.key, found.meant, found.paths) == (slip, meant, ("a.md",))


def test_what_hugo_reads_is_what_it_keeps() -> None:
    """A post of Hugo has no Liquid, one of a web page is HTML already; Jekyll's has both to come."""
    from crosspost.sources.hugo.hugo_record import HugoRecord
    from crosspost.sources.web.web_record import WebRecord

    assert (Record.liquid, Record.generated) == (True, False)
    assert (HugoRecord.liquid, HugoRecord.generated) == (False, False)
    assert (WebRecord.liquid, WebRecord.generated) == (False, True)
