"""Finds the picture of a post in any front matter or text."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.sources.front_matter_pictures import named
from crosspost.sources.keys import DESCRIPTION_KEYS, PICTURE_KEYS, Keys, expanded, lookup, steps
from crosspost.sources.picture_choice import BODY
from tests.sources.jekyll_site import CONFIG, Site, picture
from tests.sources.picture_site import found, load, with_pictures


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return with_pictures(tmp_path)


# ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", [key for key in PICTURE_KEYS if "." not in key and "[" not in key])
@pytest.mark.parametrize(
    "shape", ["{}", "[{}]", "{{path: {}}}", "{{src: {}}}", "{{url: {}}}", "{{image: {}}}", "[{{src: {}}}]"]
)
def test_every_key_takes_every_shape(site: Site, key: str, shape: str) -> None:
    assert found(load(site, f"{key}: {shape.format('/a.jpg')}"), site) == "a.jpg"


@pytest.mark.parametrize(
    "written", ["cover-img", "cover_img", "coverImg", "Cover-Img", "featuredImage", "featured-image"]
)
def test_themes_do_not_agree_on_dashes(site: Site, written: str) -> None:
    post = load(site, f"{written}: /a.jpg")
    assert (found(post, site), post.picture_from) == ("a.jpg", written)


def test_the_first_key_that_can_be_used_wins(site: Site) -> None:
    post = load(site, "thumbnail: /fehlt.jpg\nimage: /a.jpg\nbanner: /i/b.jpg")
    assert (found(post, site), post.picture_from) == ("a.jpg", "image")
    assert any("there is no file /fehlt.jpg" in said for said in post.warnings)


def test_the_keys_are_a_setting(site: Site) -> None:
    keys = Keys(pictures=("mein.bild[1].datei", "image"), alts=("mein.text",), descriptions=("worum",))
    front = "mein:\n  bild: [x, {datei: a.jpg}]\n  text: Ein Beet\nworum: es geht\ndescription: nicht das"
    post = load(site, front, keys=keys)
    assert (found(post, site), post.picture_from) == ("a.jpg", "mein.bild.datei")
    assert post.thumbnail is not None
    assert (post.thumbnail.alt, post.description, post.description_from) == ("Ein Beet", "es geht", "worum")


def test_dots_stand_for_the_usual_keys() -> None:
    assert expanded(("eigenes", "..."), DESCRIPTION_KEYS) == ("eigenes", *DESCRIPTION_KEYS)
    assert expanded(None, DESCRIPTION_KEYS) == DESCRIPTION_KEYS
    assert expanded((), DESCRIPTION_KEYS) == ()


@pytest.mark.parametrize("wrong", ["", "a b", "a..b", "a[", "a[x]", "[0]", "a.[0]"])
def test_an_invalid_key_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a key"):
        expanded((wrong,), ())


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.long
@given(st.dictionaries(st.sampled_from(["thumbnail", "image", "header", "cover", "images", "x"]), _VALUES))
def test_no_value_is_too_odd(data: dict[Any, Any]) -> None:
    assert all(isinstance(one.address, str) and one.address.strip() for one in named(data, PICTURE_KEYS).named)
    for key in (*PICTURE_KEYS, "a.b[0][1].c"):
        lookup(data, key)
    assert steps("a.b[0][1].c") == ("a", "b", 0, 1, "c")


# ── values that are none ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", ["5", "2024-01-01", "1.5", "{path: 5}", "[3]", "just some words", "'#'"])
def test_a_value_of_the_wrong_kind_is_a_warning_with_file_and_line(site: Site, value: str) -> None:
    post = load(site, f"title: A\nthumbnail: {value}")
    assert post.thumbnail is None
    (said,) = post.warnings
    assert said.startswith(f"{post.path}:3: thumbnail")
    assert "should be the path of a picture" in said


@pytest.mark.parametrize(
    "front", ["teaser: A few words", "hero: true", "banner: 5", "cover: dark", "background: '#fff'"]
)
def test_words_and_switches_of_a_theme_are_not_mistakes(site: Site, front: str) -> None:
    post = load(site, front)
    assert (post.thumbnail, post.warnings) == (None, ())


@pytest.mark.parametrize("front", ["image:", "image: {}", "image: []", "image: {path: }", "header: {teaser: }"])
def test_a_placeholder_is_not_a_mistake(site: Site, front: str) -> None:
    post = load(site, front)
    assert (post.thumbnail, post.warnings) == (None, ())


def test_false_under_the_first_key_wants_no_picture(site: Site) -> None:
    post = load(site, "thumbnail: false\nimage: /a.jpg", "![Ein Beet](/a.jpg)")
    assert (post.thumbnail, post.picture_from) == (None, "none")
    assert found(load(site, "banner: false\nimage: /a.jpg"), site) == "a.jpg"


# ── where the file is ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("config", "front", "file", "url"),
    [
        ("", "media_subpath: /i\nimage: b.jpg", "i/b.jpg", "https://example.org/i/b.jpg"),
        ("", "media_subpath: /i/\nimage: /b.jpg", "i/b.jpg", "https://example.org/i/b.jpg"),
        ("", "img_path: i\nimage: b.jpg", "i/b.jpg", "https://example.org/i/b.jpg"),
        ("", "image: c.jpg", "images/c.jpg", "https://example.org/images/c.jpg"),
        ("img_cdn: /i\n", "image: b.jpg", "i/b.jpg", "https://example.org/i/b.jpg"),
        ("cdn: https://cdn.example\n", "image: /a.jpg", "a.jpg", "https://example.org/a.jpg"),
        ("cdn: https://cdn.example\n", "image: https://cdn.example/a.jpg", "a.jpg", "https://example.org/a.jpg"),
    ],
)
def test_folders_for_media(tmp_path: Path, config: str, front: str, file: str, url: str) -> None:
    site = Site(tmp_path, CONFIG + config)
    for name in ("a.jpg", "i/b.jpg", "images/c.jpg"):
        site.put(name, picture())
    post = load(site, front)
    assert found(post, site) == file
    assert post.thumbnail is not None
    assert post.thumbnail.url == url


@pytest.mark.parametrize(
    ("front", "url"),
    [
        ("image: /x y.jpg", "https://cdn.example/x%20y.jpg"),
        ("media_subpath: /posts\nimage: x.jpg", "https://cdn.example/posts/x.jpg"),
        ("media_subpath: /posts\nimage: /x.jpg", "https://cdn.example/posts/x.jpg"),
    ],
)
def test_what_is_not_in_the_site_is_on_the_media_server(tmp_path: Path, front: str, url: str) -> None:
    post = load(Site(tmp_path, CONFIG + "cdn: https://cdn.example/\n"), front)
    assert post.thumbnail is not None
    assert (post.thumbnail.path, post.thumbnail.url) == ("", url)


def test_beside_the_post_and_beside_its_page(site: Site) -> None:
    site.put("_posts/nah.jpg", picture())
    site.put("2024/05/01/seite.jpg", picture())
    assert found(load(site, "image: nah.jpg"), site) == "_posts/nah.jpg"
    assert found(load(site, "image: seite.jpg"), site) == "2024/05/01/seite.jpg"


@pytest.mark.parametrize("path", ["../geheim.jpg", "/../geheim.jpg", "x/../../geheim.jpg"])
@pytest.mark.parametrize("key", ["media_subpath", "img_path"])
def test_no_folder_for_media_leads_out_of_the_site(tmp_path: Path, path: str, key: str) -> None:
    (tmp_path / "geheim.jpg").write_bytes(picture())
    (tmp_path / "site").mkdir()
    post = load(Site(tmp_path / "site"), f"title: A\n{key}: ..\nimage: {path}")
    assert post.thumbnail is None


# ── the places, in their order ────────────────────────────────────────────────────────────────────────────────────

DEFAULTS = (
    "defaults:\n- scope: {path: ''}\n  values: {image: /images/c.jpg, header: {teaser: /images/c.jpg}}\n"
    "logo: /i/b.jpg\n"
)


@pytest.mark.parametrize(
    ("front", "body", "order", "source", "file"),
    [
        ("title: A", "![x](/a.jpg)", None, BODY, "a.jpg"),
        ("title: A", "Satz.", None, "defaults: image", "images/c.jpg"),
        ("image: /i/b.jpg", "![x](/a.jpg)", None, "image", "i/b.jpg"),
        ("title: A", "![x](/a.jpg)", ("keys", "defaults", "body"), "defaults: image", "images/c.jpg"),
        ("title: A", "![x](/a.jpg)", ("keys", "site"), "_config.yml: logo", "i/b.jpg"),
        ("image: /a.jpg", "![x](/i/b.jpg)", ("body", "keys"), BODY, "i/b.jpg"),
    ],
)
def test_places(site: Site, front: str, body: str, order: Any, source: str, file: str) -> None:
    site.put("_config.yml", CONFIG + DEFAULTS)
    keys = Keys(picture_from=order) if order else Keys()
    post = load(site, front, body, keys)
    assert (post.picture_from, found(post, site)) == (source, file)


def test_nothing_replaces_a_named_picture_that_is_missing(site: Site) -> None:
    post = load(site, "thumbnail: /fehlt.jpg", "![x](/a.jpg)")
    assert post.thumbnail is None
    assert any("there is no file" in said for said in post.warnings)


@pytest.mark.parametrize(
    "first",
    [
        "![build](https://img.shields.io/badge/build-passing.svg)",
        "![x](https://github.com/me/x/actions/workflows/ci.yml/badge.svg)",
        "![x](https://codecov.io/gh/x/graph/badge)",
        "<img src='https://vg08.met.vgwort.de/na/abc' width='1' height='1' alt=''>",
        "<img src='https://example.com/x.png' width=1 height=1>",
        "<img src='https://pixel.example.com/p.gif'>",
        "<img class='emoji' src='https://github.githubassets.com/images/icons/emoji/unicode/1f44d.png'>",
        "![icon](/icons/rss.png)",
        "![x](/klein.png)",
        "![x](/fehlt.png)",
        "![x](/kaputt.png)",
        "![x](/zeichnung.svg)",
        "![x](data:image/png;base64,iVBORw0KGgo=)",
        "<img src='/a2.png' width='20px'>",
    ],
)
def test_badges_pixels_emoji_and_icons_are_not_it(site: Site, first: str) -> None:
    site.put("klein.png", picture(64, 64))
    site.put("a2.png", picture())
    site.put("icons/rss.png", picture())
    site.put("kaputt.png", b"\x89PNG\r\n\x1a\nxx")
    site.put("zeichnung.svg", b"<svg/>")
    post = load(site, "title: A", f"{first}\n\nEin Satz.\n\n![Ein Beet](/a.jpg)")
    assert (post.picture_from, found(post, site)) == (BODY, "a.jpg")
    assert post.thumbnail is not None
    assert post.thumbnail.alt == "Ein Beet"
    assert load(site, "title: A", f"{first}\n\nEin Satz.").thumbnail is None


@pytest.mark.parametrize(
    "body", ["![Ein Beet](/a.jpg)", "<p><img src='/a.jpg'></p>", "[![x]({{ '/a.jpg' | relative_url }})](/x)"]
)
def test_the_listing_and_the_post_say_the_same(site: Site, body: str) -> None:
    source = site.source()
    entry = source.entry(site.post("title: A", body))
    assert source.origin(entry).picture == source.load(entry).picture_from == BODY
