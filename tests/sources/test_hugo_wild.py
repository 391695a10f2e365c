"""What a real Hugo 0.168.0 made of wild sites, see ``tests/generators/opt_in_hugo_wild.py``."""

from pathlib import Path

from tests.sources.hugo_site import CONFIG, addresses, page, reasons, site, write

TWO = CONFIG + 'defaultContentLanguage = "de"\n[languages.de]\n[languages.en]\n'


def test_dates_as_go_writes_them(tmp_path: Path) -> None:
    patterns = {"a": "/:06/:1/:_2/:slug/", "b": "/:Jan/:Monday/:02/:slug/", "c": "/:2006-01-02/:2007/"}
    config = f"{CONFIG}[permalinks.page]\n" + "".join(f'{name} = "{one}"\n' for name, one in patterns.items())
    source = site(tmp_path, config, {f"content/{name}/p.md": page() for name in "abc"})
    assert list(addresses(source).values()) == [
        "https://tal.example.org/24/1/-2/a-b/",
        "https://tal.example.org/jan/tuesday/02/a-b/",
        "https://tal.example.org/2024-01-02/2007/",
    ]


def test_what_only_a_build_knows_is_said(tmp_path: Path) -> None:
    config = f'{CONFIG}[permalinks.page]\nposts = "/:sectionslug/:slug/"\n'
    files = {"content/posts/a.md": page(), "content/auto/_content.gotmpl": "{{ $.AddPage (dict) }}"}
    source = site(tmp_path, config, files | {"content/b/c.md": page("sites: {matrix: {languages: [en]}}\n")})
    assert (
        'crosspost cannot fill in; build the site, and have crosspost read that: source = "built"'
        in reasons(source)["posts/a"]
    )
    assert "for which languages it is" in reasons(source)["b/c"]
    assert "content/auto/_content.gotmpl makes pages while Hugo builds" in source.warnings[-1]


def test_a_date_may_be_a_number_of_seconds(tmp_path: Path) -> None:
    source = site(tmp_path, CONFIG, {"content/posts/a.md": "---\ntitle: A\ndate: 1720173600\n---\nText.\n"})
    (entry,) = source.scan()
    assert f"{entry.date:%Y-%m-%d %H:%M %Z}" == "2024-07-05 10:00 UTC"


def test_languages_that_sites_names(tmp_path: Path) -> None:
    row = '[[module.mounts]]\nsource = "{0}"\ntarget = "content"\nsites.matrix.languages = ["{0}"]\n'
    mounts = row.format("de") + row.format("en")
    cascade = "cascade:\n- target: {sites: {matrix: {languages: ['! de']}}}\n  draft: true\n"
    files = {"de/posts/_index.md": page(cascade), "de/posts/a.md": page(), "en/posts/a.md": page()}
    assert sorted(addresses(site(tmp_path, TWO + mounts, files)).values()) == [
        "https://tal.example.org/en/posts/a/",
        "https://tal.example.org/posts/a/",
    ]


def test_a_bundles_picture_may_have_another_name_and_words(tmp_path: Path) -> None:
    meta = "resources:\n- {src: z.png, name: feature, params: {alt: Ein Alt}}\n- {src: cover.png, title: Titel}\n"
    pages = {"content/posts/a/index.md": page(meta), "content/posts/b/index.md": page("coverAlt: Ein Beet\n")}
    source = site(tmp_path, CONFIG, pages)
    for name in ("a/z.png", "a/cover.png", "b/cover.png"):
        write(tmp_path, f"content/posts/{name}", "not empty")
    found = [picture for entry in source.scan() if (picture := source.load(entry).thumbnail) is not None]
    assert [(one.url.rpartition("posts/")[2], one.alt) for one in found] == [
        ("a/z.png", "Ein Alt"),
        ("b/cover.png", "Ein Beet"),
    ]


def test_a_pages_own_cascade_is_for_itself_too(tmp_path: Path) -> None:
    files = {
        "content/posts/_index.md": page("cascade: {description: from above}\n"),
        "content/posts/a/index.md": page("cascade: {description: its own}\n"),
    }
    source = site(tmp_path, CONFIG, files)
    (entry,) = source.scan()
    assert source.load(entry).description == "its own"
