"""Which files of a site are posts, seen from their names alone."""

import os
import socket
from pathlib import Path

import pytest

from crosspost.sources.filenames import Name, Rules, list_names

PICTURES_AND_MORE = [
    *("jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "svg", "ico", "bmp", "tif", "tiff", "psd", "JPG"),
    *("mp3", "mp4", "ogg", "ogv", "wav", "webm", "mov", "zip", "gz", "ttf", "woff", "woff2"),
    *("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp"),
]


def put(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x", "utf-8")


def names(root: Path, **rules: object) -> dict[str, Name]:
    return {name.path: name for name in list_names(str(root), Rules(**rules))}  # type: ignore[arg-type]  # a test's own


def test_what_lies_beside_posts_is_no_post(tmp_path: Path) -> None:
    put(tmp_path, *(f"_posts/2024-01-02-a.{ending}" for ending in (*PICTURES_AND_MORE, "md", "txt", "html")))
    found = names(tmp_path)
    assert len(found) == len(PICTURES_AND_MORE) + 3
    posts = [path.rpartition(".")[2] for path, name in found.items() if not name.reason]
    assert sorted(posts) == ["html", "md", "txt"]
    assert {name.reason for name in found.values() if name.reason} == {"not a text"}


@pytest.mark.parametrize(
    ("exclude", "include", "published"),
    [
        (("_posts/x*",), (), ["b", "c"]),
        (("*/x-?.md",), (), ["b", "c"]),
        (("_posts/2024-01-02-?.md",), (), []),
        (("_posts",), (), []),
        (("_posts/2024-01-02-b",), (), ["c"]),
        (("*.md",), ("_posts/*c.md",), ["c"]),
        (("x?", "y*"), (), ["b", "c"]),
    ],
)
def test_patterns_of_the_config(
    tmp_path: Path, exclude: tuple[str, ...], include: tuple[str, ...], published: list[str]
) -> None:
    put(tmp_path, "_posts/2024-01-02-b.md", "_posts/2024-01-02-c.md")
    found = names(tmp_path, exclude=exclude, include=include)
    assert [name.slug for name in found.values() if not name.reason] == published


def test_a_link_is_marked_and_what_cannot_be_read_is_missed(tmp_path: Path) -> None:
    put(tmp_path, "_posts/2024-01-02-a.md", "news/_posts/2024-01-02-b.md")
    (tmp_path / "_posts/2024-01-03-link.md").symlink_to("2024-01-02-a.md")
    (tmp_path / "_posts/2024-01-04-nowhere.md").symlink_to("gone.md")
    os.mkfifo(tmp_path / "_posts/2024-01-05-pipe.md")
    found = names(tmp_path)
    marks = {path.rpartition("-")[2]: (name.link, name.unread, bool(name.reason)) for path, name in found.items()}
    assert marks == {
        "a.md": (False, False, False),
        "b.md": (False, False, False),
        "link.md": (True, False, False),
        "nowhere.md": (False, True, True),
        "pipe.md": (False, True, True),
    }
    assert found["_posts/2024-01-05-pipe.md"].reason != found["_posts/2024-01-04-nowhere.md"].reason


def test_a_name_of_bytes_that_are_no_text_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    put(tmp_path, "_posts/2024-01-02-a.md")
    with socket.socket(socket.AF_UNIX) as sock:  # what nobody can read
        sock.bind(str(tmp_path / "_posts/2024-01-02-s.md"))
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/_posts/2024-01-03-\xff.md")).write_text("x", "utf-8")
    found = names(tmp_path)
    assert [name.slug for name in found.values() if not name.reason] == ["a"]
    assert len(found) == 3
    assert all(path.isprintable() for path in found)
    assert all(name.unread for name in found.values() if name.reason)


@pytest.mark.parametrize("draft", ["_drafts/a.md", "_drafts/2024-01-02-a.md", "news/_drafts/deep/a.md"])
def test_drafts(tmp_path: Path, draft: str) -> None:
    put(tmp_path, draft)
    (name,) = names(tmp_path).values()
    assert (name.draft, name.reason, name.id) == (True, "a draft", draft)
    assert name.slug == "a"
    assert name.day == ("2024-01-02" if "2024" in draft else "")


def test_folders_jekyll_does_not_look_into(tmp_path: Path) -> None:
    hidden = (".git", "_site", "#x", "~y", "_posts/.x", "_posts/_x")
    put(tmp_path, *(f"{folder}/_posts/2024-01-02-a.md" for folder in hidden), "a/b/_posts/c/d/2024-01-02-e.md")
    assert [name.id for name in names(tmp_path).values()] == ["a/b/c/d/e"]
    assert len(names(tmp_path, include=("_site",))) == 2
    for included in ("a/_deep", "_deep"):  # by its path, or by its name wherever it is
        put(tmp_path, "a/_deep/_posts/2024-01-02-f.md")
        assert "a/_deep/f" in [name.id for name in names(tmp_path, include=(included,)).values()]
    (tmp_path / "a/_deep/_posts/2024-01-02-f.md").unlink()
    assert [name.id for name in names(tmp_path, below="a").values()] == ["a/b/c/d/e"]
    assert [name.id for name in names(tmp_path, folder="a/b/_posts/").values()] == ["a/b/c/d/e"]
    assert [name.id for name in names(tmp_path / "a/b/_posts/c/d", folder=".").values()] == ["e"]


# ── ids and their order ───────────────────────────────────────────────────────────────────────────────────────────────


def test_posts_are_listed_by_the_day_in_their_names_wherever_they_lie(tmp_path: Path) -> None:
    put(tmp_path, "a/_posts/2024-02-01-x.md", "b/_posts/2024-01-01-y.md", "c/_posts/24-1-15-z.md", "_posts/99-1-1-o.md")
    assert [name.slug for name in names(tmp_path).values()] == ["o", "y", "z", "x"]


@pytest.mark.parametrize(
    ("paths", "ids"),
    [
        (["_posts/2024-01-02-n.md"], ["n"]),
        (["_posts/2024-01-02-n.md", "_posts/2024-02-02-n.md"], ["n@2024-01-02", "n@2024-02-02"]),
        (["_posts/2024-01-02-n.md", "_posts/2024-01-02-n.txt"], ["n@2024-01-02.md", "n@2024-01-02.txt"]),
        (["_posts/24-1-2-n.md", "_posts/2024-01-02-n.md"], ["_posts/2024-01-02-n.md", "_posts/24-1-2-n.md"]),
        # years as Ruby reads them
        (["_posts/68-1-2-n.md", "_posts/69-1-2-n.md"], ["n@1969-01-02", "n@2068-01-02"]),
        (["_posts/100-1-2-n.md", "_posts/99-1-2-n.md"], ["n@0100-01-02", "n@1999-01-02"]),
        # a draft never changes the id of a post, nor a post in another folder
        (["_posts/2024-01-02-n.md", "_drafts/n.md"], ["_drafts/n.md", "n"]),
        (["_posts/2024-01-02-n.md", "news/_posts/2024-01-02-n.md"], ["n", "news/n"]),
    ],
)
def test_ids(tmp_path: Path, paths: list[str], ids: list[str]) -> None:
    put(tmp_path, *paths)
    assert sorted(name.id for name in names(tmp_path).values()) == ids


def test_what_is_no_post_has_its_path_as_id(tmp_path: Path) -> None:
    put(tmp_path, "_posts/undated.md", "_posts/#2024-01-02-a.md", "_posts/~2024-01-02-a.md", "_posts/2024-01-02-a.md~")
    put(tmp_path, "_posts/X2024-01-02-a.md")
    found = names(tmp_path)
    assert all(name.id == path for path, name in found.items())
    left = "left behind by an editor, or hidden"
    undated = "no date in the file name; name it like 2024-03-05-title.md"
    assert {path.removeprefix("_posts/"): name.reason for path, name in found.items()} == {
        "undated.md": undated,
        "X2024-01-02-a.md": undated,
        "#2024-01-02-a.md": left,
        "~2024-01-02-a.md": left,
        "2024-01-02-a.md~": left,
    }


def test_a_folder_whose_name_ends_in_x_is_named_whole(tmp_path: Path) -> None:
    put(tmp_path, "X/boX/2024-01-02-a.md")
    assert list(names(tmp_path, folder="X/boX")) == ["X/boX/2024-01-02-a.md"]
    assert list(names(tmp_path, folder="X/boX/")) == ["X/boX/2024-01-02-a.md"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    put(tmp_path, "_posts/2024-01-02-a.md", "_posts/shut/2024-01-02-b.md")
    (tmp_path / "_posts/shut").chmod(0)
    try:
        found = names(tmp_path)
    finally:
        (tmp_path / "_posts/shut").chmod(0o700)
    assert found["_posts/shut/"].reason.startswith("cannot be read")


def test_a_folder_that_vanishes_is_named_and_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "_posts/2024-01-02-a.md", "_posts/shut/2024-01-02-b.md", "news/_posts/2024-01-02-c.md")
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith(("shut", "news/_posts")):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = names(tmp_path)
    assert sorted(found) == ["_posts/2024-01-02-a.md", "_posts/shut/", "news/_posts/"]
    assert all(found[shut].unread for shut in ("_posts/shut/", "news/_posts/"))
    assert found["_posts/shut/"].reason == "cannot be read: Permission denied"


def test_a_draft_without_an_extension_and_a_hidden_name_say_what_they_are(tmp_path: Path) -> None:
    put(tmp_path, "_drafts/plain", "_posts/_2024-01-02-a.md")
    reasons = {path: name.reason for path, name in names(tmp_path).items()}
    assert reasons["_drafts/plain"] == "no extension in the file name, such as .md"
    assert "underscore" in reasons["_posts/_2024-01-02-a.md"]


def test_only_plain_digits_are_a_date(tmp_path: Path) -> None:
    put(tmp_path, "_posts/２０２４-01-02-a.md", "_posts/2024-01-02-b.md")
    assert [name.slug for name in names(tmp_path).values() if not name.reason] == ["b"]


def test_a_post_whose_name_cannot_be_shown_is_missed_and_not_merely_undated(tmp_path: Path) -> None:
    put(tmp_path, "_posts/2024-01-02-a\nb.md")
    (name,) = names(tmp_path).values()
    assert name.unread
    assert name.id == name.path
    assert name.path.isprintable()
