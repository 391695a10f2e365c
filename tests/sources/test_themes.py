"""Posts as the documentation of the most used Jekyll themes says: title, description, picture, alt text."""

from pathlib import Path

import pytest

from tests.sources.jekyll_site import Site, picture

URL = "https://example.org"

# theme: (front matter, body, _config.yml, files, (description, picture, alt, where the picture is named))
THEMES = {
    "minima": (  # jekyll-seo-tag: https://github.com/jekyll/jekyll-seo-tag/blob/master/docs/usage.md
        "layout: post\ntitle: T\ndescription: D\nimage: /assets/a.jpg",
        "",
        ("assets/a.jpg",),
        ("D", "assets/a.jpg", "", "image"),
    ),
    "seo-tag-object": (
        "title: T\nimage:\n  path: /assets/a.jpg\n  height: 100\n  width: 100\n  alt: Ein Beet",
        "",
        ("assets/a.jpg",),
        ("Erster Satz.", "assets/a.jpg", "Ein Beet", "image.path"),
    ),
    "minimal-mistakes": (
        "title: T\nexcerpt: D\nheader:\n  overlay_image: /assets/images/o.jpg\n  overlay_filter: 0.5\n"
        '  caption: "Photo: [Pexels](https://www.pexels.com)"\n  teaser: /assets/images/t.jpg',
        "locale: en-US\n",
        ("assets/images/o.jpg", "assets/images/t.jpg"),
        ("D", "assets/images/t.jpg", "", "header.teaser"),
    ),
    "minimal-mistakes-header": (
        "title: T\nheader:\n  image: /assets/images/h.jpg\n  image_description: Ein Beet im Regen",
        "",
        ("assets/images/h.jpg",),
        ("Erster Satz.", "assets/images/h.jpg", "Ein Beet im Regen", "header.image"),
    ),
    "chirpy": (
        "title: T\ndescription: D\nmedia_subpath: /posts/2024/\nimage:\n  path: c.jpg\n"
        "  lqip: data:image/webp;base64,UklGRpoAAABXRUJQ\n  alt: Ein Beet",
        "",
        ("posts/2024/c.jpg",),
        ("D", "posts/2024/c.jpg", "Ein Beet", "image.path"),
    ),
    "chirpy-5": (
        "title: T\nimg_path: /img/posts/\nimage:\n  src: c.jpg\n  width: 1000\n  height: 400\n  alt: Ein Beet",
        "",
        ("img/posts/c.jpg",),
        ("Erster Satz.", "img/posts/c.jpg", "Ein Beet", "image.src"),
    ),
    "beautiful-jekyll": (
        "layout: post\ntitle: T\nsubtitle: D\ncover-img: /assets/img/path.jpg\nthumbnail-img: /assets/img/thumb.png\n"
        "share-img: /assets/img/share.jpg\ntags: [books, test]",
        "",
        ("assets/img/path.jpg", "assets/img/thumb.png", "assets/img/share.jpg"),
        ("D", "assets/img/share.jpg", "", "share-img"),
    ),
    "beautiful-jekyll-captions": (
        'title: T\ncover-img: ["/assets/img/path.jpg" : "Ein Beet", "/assets/img/b.jpg" : "B"]',
        "",
        ("assets/img/path.jpg",),
        ("Erster Satz.", "assets/img/path.jpg", "Ein Beet", "cover-img"),
    ),
    "al-folio": (
        "layout: post\ntitle: T\ndate: 2024-05-01 16:40:16\ndescription: D\ntags: code\nthumbnail: assets/img/9.jpg",
        "",
        ("assets/img/9.jpg",),
        ("D", "assets/img/9.jpg", "", "thumbnail"),
    ),
    "just-the-docs": (
        "title: T\nnav_order: 2\ndescription: D\nimage: /assets/images/just.png",
        "",
        ("assets/images/just.png",),
        ("D", "assets/images/just.png", "", "image"),
    ),
    "type-on-strap": (
        'layout: post\ntitle: T\nfeature-img: "assets/img/feature-img/f.jpg"\n'
        'thumbnail: "assets/img/thumbnails/t.jpg"\n'
        "tags: [Lorem]\nexcerpt_separator: <!--more-->",
        "",
        ("assets/img/feature-img/f.jpg", "assets/img/thumbnails/t.jpg"),
        ("Erster Satz.", "assets/img/thumbnails/t.jpg", "", "thumbnail"),
    ),
    "yat": (
        "layout: post\ntitle: T\nsubtitle: D\nbanner:\n  image: /assets/images/banners/b.jpg\n  opacity: 0.618\n"
        '  background: "#000"\n  height: "100vh"',
        "",
        ("assets/images/banners/b.jpg",),
        ("D", "assets/images/banners/b.jpg", "", "banner.image"),
    ),
    "hydejack": (
        "layout: post\ntitle: T\ndescription: >\n  D\nimage:\n  path: /assets/img/blog/h.jpg\n  srcset:\n"
        "    1060w: /assets/img/blog/h.jpg\n    530w: /assets/img/blog/h@0,5x.jpg",
        "",
        ("assets/img/blog/h.jpg",),
        ("D", "assets/img/blog/h.jpg", "", "image.path"),
    ),
    "mediumish": (
        'layout: post\ntitle: T\nauthor: sal\nimage: assets/images/11.jpg\ndescription: "D"\nrating: 4.5',
        "",
        ("assets/images/11.jpg",),
        ("D", "assets/images/11.jpg", "", "image"),
    ),
    "so-simple": (
        'title: T\nexcerpt: "D"\nimage:\n  path: /images/a.jpg\n  thumbnail: /images/a-th.jpg\n'
        '  caption: "Photo from [WeGraphics](https://wegraphics.net)"',
        "",
        ("images/a.jpg", "images/a-th.jpg"),
        ("D", "images/a.jpg", "Photo from WeGraphics", "image.path"),
    ),
    "hpstr": (
        "title: T\ndescription: D\nimage:\n  feature: so-simple.jpg\n  credit: dargadgetz",
        "",
        ("images/so-simple.jpg",),
        ("D", "images/so-simple.jpg", "", "image.feature"),
    ),
    "cayman": ("title: T\ndescription: D\nimage: /a.png", "", ("a.png",), ("D", "a.png", "", "image")),
    "clean-blog": (
        "layout: post\ntitle: T\nsubtitle: D\nbackground: '/img/posts/01.jpg'",
        "",
        ("img/posts/01.jpg",),
        ("D", "img/posts/01.jpg", "", "background"),
    ),
    "hux": (
        'layout: post\ntitle: T\nsubtitle: "D"\nheader-img: "img/post-bg.jpg"\nheader-mask: 0.3\ncatalog: true',
        "",
        ("img/post-bg.jpg",),
        ("D", "img/post-bg.jpg", "", "header-img"),
    ),
    "jekflix": (
        "layout: post\ntitle: T\nsubtitle: S\ndescription: >-\n  D\n"
        "image: /assets/i.jpg\noptimized_image: /assets/s.jpg",
        "",
        ("assets/i.jpg", "assets/s.jpg"),
        ("D", "assets/i.jpg", "", "image"),
    ),
    "papermod-like": (
        "title: T\nsummary: D\ncover:\n  image: images/c.jpg\n  alt: Ein Beet\n  caption: x\n  relative: false",
        "",
        ("images/c.jpg",),
        ("D", "images/c.jpg", "Ein Beet", "cover.image"),
    ),
    "lists": (
        "title: T\nlead: D\nimages:\n  - url: /i/1.jpg\n    title: Ein Beet\n  - url: /i/2.jpg",
        "",
        ("i/1.jpg", "i/2.jpg"),
        ("D", "i/1.jpg", "Ein Beet", "images.url"),
    ),
}


@pytest.mark.parametrize("theme", THEMES)
def test_title_description_and_picture_come_out(tmp_path: Path, theme: str) -> None:
    front, config, files, (description, file, alt, source) = THEMES[theme]
    site = Site(tmp_path, f"url: {URL}\n{config}")
    for name in files:
        site.put(name, picture())
    post = site.load(front, "Erster Satz.\n\n<!--more-->\n\nZweiter.")
    assert (post.title, post.description) == ("T", description)
    assert post.thumbnail is not None
    assert post.thumbnail.path == str(tmp_path / file)
    assert post.thumbnail.url == f"{URL}/{file}"
    assert (post.thumbnail.alt, post.picture_from) == (alt, source)
    origin = site.source().origin(site.source().entry(Path(post.path)))
    assert origin.picture == source
