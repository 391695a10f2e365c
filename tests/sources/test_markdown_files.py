"""Which Markdown file a built page was made from."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.sources.web.markdown_files import MarkdownFile, Pairs

URL = "https://tal.example.org/2026/beet/"
DAY = datetime(2026, 11, 20, 23, tzinfo=UTC)


def found(root: Path, title: str = "Das Beet", day: datetime | None = DAY, url: str = URL) -> str:
    file = Pairs(root, root / "out").of(title, day, url)
    return "" if file is None else Path(file.path).relative_to(root.resolve()).as_posix()


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        file = root / f"{name.replace('__', '/')}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def only(root: Path) -> MarkdownFile:
    (file,) = (one for same in Pairs(root, root / "out")._read().values() for one in same)
    return file


@pytest.mark.parametrize(
    "line",
    ["date: 2026-11-20", "pubDate: 2026-11-20T08:00:00Z", "publishDate: '2026-11-20 at noon'", "created: 2026-11-20"],
)
def test_of_two_with_the_same_title_the_day_decides(tmp_path: Path, line: str) -> None:
    put(tmp_path, a=f"---\ntitle: Das Beet\n{line}\n---\n", b="---\ntitle: Das Beet\ndate: 2026-11-21\n---\n")
    assert found(tmp_path) == "a.md"
    assert found(tmp_path, day=None) == "", "nobody knows which of them"


def test_the_day_may_stand_in_the_name(tmp_path: Path) -> None:
    put(tmp_path, **{"2026-11-20-x": "---\ntitle: Das Beet\n---\n", "2026-13-45-x": "---\ntitle: Das Beet\n---\n"})
    assert found(tmp_path) == "2026-11-20-x.md"


@pytest.mark.parametrize("name", ["beet", "2026-11-20-beet", "beet__index", "Beet"])
def test_without_a_title_the_name_in_the_address_decides(tmp_path: Path, name: str) -> None:
    put(tmp_path, **{name: "Nur Text."}, other="---\ntitle: Anderes\n---\n")
    assert found(tmp_path) == f"{name.replace('__', '/')}.md"


def test_a_name_does_not_bring_together_what_titles_keep_apart(tmp_path: Path) -> None:
    put(tmp_path, beet="---\ntitle: Ein anderes\n---\n")
    assert found(tmp_path) == ""
    assert found(tmp_path, title="") == "beet.md", "a page without a title says nothing against it"
    assert found(tmp_path, title="Ein *anderes*") == "beet.md"


def test_of_two_with_the_same_name_neither_is_taken(tmp_path: Path) -> None:
    put(tmp_path, a__beet="Text.", b__beet="Text.")
    assert found(tmp_path) == ""


def test_what_was_built_or_installed_is_no_source(tmp_path: Path) -> None:
    put(tmp_path, **{f"{folder}__beet": "Text." for folder in ("out", "node_modules", "_site", "themes", ".git")})
    assert found(tmp_path) == ""


@pytest.mark.parametrize("ending", ["md", "markdown", "mdx", "qmd", "njk", "rst", "mdown", "MD"])
def test_the_endings_of_sources(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"beet.{ending}").write_text("Text.", "utf-8")
    (tmp_path / "beet.txt").write_text("Text.", "utf-8")
    assert found(tmp_path) == f"beet.{ending}"


def test_headers_without_a_fence(tmp_path: Path) -> None:
    put(tmp_path, a="\ufeffTitle: Das Beet\nDate: 2026-11-20\nTags: garten, erde; wasser,\n\nText: nicht mehr.\n")
    assert found(tmp_path) == "a.md"
    data = only(tmp_path).front.data
    assert (data["title"], data["tags"]) == ("Das Beet", ["garten", "erde", "wasser"])
    assert "text" not in data


def test_headers_of_nikola(tmp_path: Path) -> None:
    put(tmp_path, a="<!--\n.. title: Das Beet\n.. date: 2026-11-20\n-->\nTitle: nicht dieser\n")
    assert found(tmp_path) == "a.md"
    assert only(tmp_path).front.data["title"] == "Das Beet"


def test_a_file_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    put(tmp_path, a="---\ntitle: [\n---\n")
    file = only(tmp_path)
    assert file.front.data == {}
    assert "a.md:" in file.problem
