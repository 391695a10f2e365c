"""Small rules of sites: which folder is one, what an address is made of, which posts share one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.errors import SourceError
from crosspost.sources.front_matter_edit import _same
from crosspost.sources.front_matter_pictures import named
from crosspost.sources.jekyll_site import find_site, read_site
from crosspost.sources.keys import PICTURE_KEYS
from crosspost.sources.kinds import known
from crosspost.sources.kramdown import as_commonmark
from crosspost.sources.same_address import may_share
from crosspost.sources.strict_yaml import YamlError, load_mapping
from tests.sources.jekyll_site import CONFIG, Site


@pytest.mark.parametrize(
    ("there", "path", "found"),
    [
        ("a/2024-01-02-x.md", "a", "a"), ("a/2024-01-02-x.md", "a/2024-01-02-x.md", "a"), ("a/x.md", "a", ""),
        ("a/2024-01-02-x", "a", ""), ("a/x2024-01-02-x.md", "a", ""), ("a/24-1-2-x.md", "a", "a"),
        ("posts/b/x.md", "posts/b/x.md", "posts"), ("c/_posts/b/x.md", "c/_posts/b", "c"),
        ("posts/posts/x.md", "posts/posts", "posts"), ("a/_config.yml", "a/b", "a"),
    ],
)  # fmt: skip
def test_the_site_around_a_file(tmp_path: Path, there: str, path: str, found: str) -> None:
    (tmp_path / there).parent.mkdir(parents=True)
    (tmp_path / there).write_text("x", "utf-8")
    assert find_site(tmp_path / path) == (tmp_path / found if found else None)


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        ("2024-01-02-x.md", False),
        ("_config.yml", True),
        ("_posts/x.md", True),
        ("hugo.toml", True),
        ("posts/x.md", False),
    ],
)
def test_whether_a_folder_says_that_it_is_a_site(tmp_path: Path, name: str, is_known: bool) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("x", "utf-8")
    assert known(tmp_path) is is_known


@pytest.mark.parametrize(
    ("url", "name", "text", "share"),
    [
        ("https://e.org/2024/Über-uns.html", "über uns", b"", True), ("https://e.org/a/beet/", "beet", b"", True),
        ("https://e.org/a/beet/index.html", "beet", b"", True), ("https://e.org/beet.x.html", "beet-x", b"", True),
        ("https://e.org/beet/", "other", b"", False), ("https://e.org/beet/", "other", b"permalink: /beet/", True),
        ("https://e.org/%C3%BC/", "other", "x: ü".encode(), True), ("https://e.org/%C3%BC/",
        "other", b"/%C3%BC/", True),
        ("https://e.org/beet/", "other", b"slug: x", True), ("https://e.org/beet/", "other", b"Slug x", False),
    ],
)  # fmt: skip
def test_which_files_may_have_the_same_address(url: str, name: str, text: bytes, share: bool) -> None:
    assert may_share(url, name, text) is share


def test_two_posts_of_jekylls_with_one_address(site: Site) -> None:
    site.put("_config.yml", CONFIG + "permalink: /:title\n")
    first = site.post("title: A", path="_posts/2024-05-01-a.md")
    second = site.post("title: B\npermalink: /a", path="_posts/2024-05-02-b.md")
    draft = site.post("title: C\ndate: 2024-05-03\npermalink: /a", path="_drafts/c.md")
    later = site.post("title: D\npermalink: /a", path="_posts/2999-05-02-d.md")
    for path, other in ((first, second), (second, first)):
        found = site.source().entry(path)
        assert found.reason.startswith(f"{path}: has the same address as {other} (https://example.org/a), and")
        assert found == site.entries()[path.relative_to(site.root).as_posix()]
    for path in (draft, later):
        assert site.source().entry(path).state == "skipped"


@pytest.mark.parametrize(
    ("engine", "permalink", "file", "address"),
    [
        ("3.9", "none\ncollections: {posts: {permalink: '/X/:title'}}", "2024-05-01-a.md", "/X/a"),
        ("3.9", "/:collection/:title/", "2024-05-01-a..md", "/posts/a"), ("4.3", "/:title", "2024-05-01-a..md",
        "/a"),
        ("3.9", "/:path/x", "2024-05-01-a.md", "/2024-05-01-a/x"), ("3.9", "/:path", "2024-05-01-a.MD",
        "/2024-05-01-a"),
        ("3.9", "/:title:output_ext", "2024-05-01-a.txt", "/a.txt"), ("3.9", "/:title:output_ext",
        "2024-05-01-a.MD", "/a.html"),
    ],
)  # fmt: skip
def test_what_an_address_is_made_of(site: Site, engine: str, permalink: str, file: str, address: str) -> None:
    site.put("_config.yml", CONFIG + f"permalink: {permalink}\n")
    path = site.post("title: A", path=f"_posts/{file}")
    assert site.source(engine=engine).entry(path).url == f"https://example.org{address}"


def test_settings_of_the_site_that_are_wrong_are_told_where_they_stand(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("title: A\ntimezone: Wien\n", "utf-8")
    with pytest.raises(SourceError, match=rf"^{tmp_path}/_config\.yml:2: timezone: \"Wien\""):
        read_site(tmp_path, {}, jekyll4=False)
    with pytest.raises(SourceError, match=rf"^{tmp_path}: timezone: \"Rom\""):
        read_site(tmp_path, {"timezone": "Rom"}, jekyll4=False)


def test_values_that_are_wrong_are_all_told_and_none_of_them_used() -> None:
    found = named({"thumbnail": " ", "image": "", "photo": "zwei Worte", "img": 5, "thumb": True}, PICTURE_KEYS)
    assert [said for said, _ in found.wrong] == [
        "thumbnail: is empty", "image: is empty", "img: should be the path of a picture, not “5”",
        "photo: should be the path of a picture, not “zwei Worte”",
    ]  # fmt: skip
    assert found.named == ()


def test_references_that_explode_are_refused_and_brackets_are_counted_together() -> None:
    with pytest.raises(YamlError, match=r"^the text has too many brackets or levels$"):
        load_mapping(f"a: [{'{},' * 1000}]", "text")
    assert load_mapping("a: '*'\nb: '&'", "text") == {"a": "*", "b": "&"}


def test_two_fences_and_what_stands_between_them() -> None:
    text = "W\n: 1\n```\nW\n: 2\n```\nW\n: 3\n~~~\nW\n: 4\n~~~\nW\n: 5\n"
    assert as_commonmark(text) == "W: 1\n```\nW\n: 2\n```\nW: 3\n~~~\nW\n: 4\n~~~\nW: 5\n"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": 1}, {"a": 1}, True), ({"a": 1}, {"a": 2}, False), ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ([1, 2], (1, 2), True), ([1], [1, 2], False), ([1, 3], [1, 2], False), (1, True, False), (1, 1.0, False),
        (float("nan"), float("nan"), True),
        (datetime(2024, 1, 1), datetime(2024, 1, 1, tzinfo=UTC), False),  # noqa: DTZ001
        (datetime(2024, 1, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, 2, tzinfo=UTC).replace(hour=1), True),
        ({}, [], False),
    ],
)  # fmt: skip
def test_when_what_was_written_is_what_was_asked_for(one: object, other: object, same: bool) -> None:
    assert _same(one, other) is same


def test_a_picture_that_is_a_link_out_of_the_site_is_told(tmp_path: Path) -> None:
    (tmp_path / "out.png").write_bytes(b"x")
    site = Site(tmp_path / "site")
    (site.root / "a.png").symlink_to(tmp_path / "out.png")
    post = site.load("title: A\nthumbnail: /a.png")
    assert post.warnings == ("thumbnail: /a.png lies outside the site and is not used",)


def test_a_mistake_in_liquid_is_told_beside_one_in_the_description(site: Site) -> None:
    first, second = site.load("title: A\ndescription: [x]", "Gut. {% if %}").warnings
    assert first.startswith("a mistake in the Liquid of the text (")
    assert second == "description: should be a text, so it is not used"
