"""Description, text and pictures of a post of Jekyll."""

from pathlib import Path

import pytest

from tests.sources.jekyll_site import CONFIG, Site


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
