"""Alternative texts of pictures, and lists of several pictures, in any front matter."""

from pathlib import Path

import pytest

from tests.sources.jekyll_site import Site
from tests.sources.picture_site import found, load, with_pictures


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return with_pictures(tmp_path)


@pytest.mark.parametrize(
    "front",
    [
        "image: {path: /a.jpg, alt: Ein Beet, title: x}",
        "image: {path: /a.jpg, caption: '*Ein* Beet'}",
        "image: {path: /a.jpg, title: Ein Beet}",
        "image: [{src: /a.jpg, alt: Ein Beet}]",
        "image: /a.jpg\nimage_alt: Ein Beet",
        "cover-img: /a.jpg\ncover-img-alt: Ein Beet",
        "header: {image: /a.jpg, image_description: Ein Beet}",
        "header: {overlay_image: /a.jpg, image_description: Ein Beet}",
        "header: {image: /a.jpg, alt: Ein Beet, caption: x}",
        "article_header: {type: cover, image: {src: /a.jpg, alt: Ein Beet}}",
        "bigimg: [{src: /a.jpg, desc: Ein Beet}]",
        "image: {filename: /a.jpg, focal_point: Smart, alt_text: Ein Beet}",
        "shareImage: /a.jpg\nshareImageAlt: Ein Beet",
        "featuredImage: /a.jpg\nfeaturedImageAlt: Ein Beet\nthumbnail_alt: x",
        "banner: /a.jpg\nthumbnail_alt: Ein Beet",
    ],
)
def test_alternative_texts(site: Site, front: str) -> None:
    post = load(site, front)
    assert post.thumbnail is not None
    assert (post.thumbnail.alt, post.warnings) == ("Ein Beet", ())


# ── several pictures ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "front",
    [
        "pictures: [{path: /a.jpg, alt: A}, {src: i/b.jpg, alt: B}]",
        "gallery:\n  - url: /a.jpg\n    image_path: /th/a.jpg\n    alt: A\n"
        "  - {url: https://else.example/page, image_path: /i/b.jpg, title: B}",
        "photos:\n  - /a.jpg: A\n  - image: /i/b.jpg\n    caption: B",
        "images: [{path: a.jpg, alt: A}, {path: i/b.jpg, alt: B}]",
    ],
)
def test_a_list_of_pictures_is_read_as_themes_write_it(site: Site, front: str) -> None:
    post = load(site, front, "![C](/images/c.jpg)")
    assert [(Path(one.path).name, one.alt) for one in post.gallery] == [("a.jpg", "A"), ("b.jpg", "B")]
    assert found(post, site) == "a.jpg", "the first stands for the post"
    assert [Path(one.path).name for one in post.images] == ["c.jpg"]
    assert post.warnings == ()


def test_an_item_that_is_missing_is_told_with_its_line(site: Site) -> None:
    post = load(site, "thumbnail: /images/c.jpg\nthumbnail_alt: C\ngallery:\n- /a.jpg\n- path: /fehlt.jpg")
    assert [Path(one.path).name for one in post.gallery] == ["a.jpg"]
    (said,) = post.warnings
    assert said == f"{post.path}:6: gallery[1]: there is no file /fehlt.jpg in the site"
    assert post.lost_pictures == (said,)
    assert post.gallery_lines == (5,), "nobody described it"


def test_a_list_of_something_else_is_none_of_pictures(site: Site) -> None:
    assert load(site, "gallery: [one, two]\nphotos: 7\nimages: {a: b}").gallery == ()
