"""Which pages of a Hugo site are not posts, and what is said of a mistake in one."""

from pathlib import Path

import pytest

from tests.sources.hugo_site import CONFIG, page, reasons, site


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\ntitle: a\ndate: [\n---\n", ":3: the front matter is not valid YAML"),
        ("+++\ntitle = 'a'\ndate = = 1\n+++\n", ":3: the TOML of the front matter: Invalid value"),
        ("+++\ntitle = 'a'\nslug = [7]\ndate = 2024-01-02\n+++\nText.\n", ":3: slug: should be a text"),
    ],
)
def test_a_mistake_in_the_front_matter_has_its_line(text: str, said: str, tmp_path: Path) -> None:
    source = site(tmp_path, CONFIG, {"content/posts/a.md": text})
    (entry,) = source.scan()
    assert f"content/posts/a.md{said}" in entry.reason


def test_why_a_page_is_no_post(tmp_path: Path) -> None:
    source = site(
        tmp_path,
        CONFIG + '[params]\nmainSections = ["posts"]\n',
        {
            "content/about.md": page(),
            "content/docs/a.md": page(),
            "content/posts/_index.md": page(),
            "content/posts/undated.md": "---\ntitle: U\n---\nText.\n",
            "content/posts/draft.md": page("draft: true\n"),
            "content/posts/later.md": page("publishDate: 2999-01-01\n"),
            "content/posts/gone.md": page("expiryDate: 2024-02-02\n"),
            "content/posts/bundle/index.md": page(),
            "content/posts/bundle/part.md": page(),
            "content/posts/empty.md": "---\ndate: 2024-01-02\n---\n",
            "content/posts/titled.md": "---\ntitle: T\ndate: 2024-01-02\n---\n",
            "content/posts/pageless.md": page("Build:\n  Render: never\n"),
            "content/posts/headless.md": page("headless: true\n"),
            "content/posts/unlisted.md": page("build:\n  list: never\n"),
        },
    )
    found = reasons(source)
    assert set(found) == {
        "about", "docs/a", "posts/undated", "posts/draft", "posts/later", "posts/gone", "posts/bundle", "posts/empty",
        "posts/titled", "posts/pageless", "posts/headless", "posts/unlisted",
    }  # fmt: skip
    assert found["posts/titled"] == "ready: ", "a title alone is something to say"
    assert "no page of its own" in found["posts/pageless"]
    assert "no page of its own" in found["posts/headless"]
    assert "in no section" in found["about"]
    assert "not among mainSections" in found["docs/a"]
    assert "never taken for new" in found["posts/undated"]
    assert found["posts/draft"] == "skipped: draft: true"
    assert "in the future" in found["posts/later"]
    assert "expired" in found["posts/gone"]
    assert found["posts/bundle"] == "ready: "
    assert "refused" in found["posts/empty"]


@pytest.mark.parametrize("said", ["yes", "On", "y", "'yes'"])
def test_a_draft_that_hugo_publishes_is_told_with_its_line(said: str, tmp_path: Path) -> None:
    source = site(
        tmp_path, CONFIG, {"content/posts/a.md": page(f"draft: {said}\n"), "content/about.md": page("draft: yes\n")}
    )
    found = reasons(source)
    line = page(f"draft: {said}\n").split("\n").index(f"draft: {said}") + 1
    assert f"a.md:{line}: Hugo publishes a page with draft: " in found["posts/a"]
    assert found["posts/a"].startswith("refused: ")
    assert found["about"].startswith("skipped: "), "it is no post anyway"


def test_of_two_pages_with_one_address_each_is_refused_by_itself_too(tmp_path: Path) -> None:
    pages = {f"content/posts/{name}.md": page("url: /same/\n") for name in "ab"}
    source = site(tmp_path, CONFIG, pages | {"content/posts/c.md": page()})
    listed = {entry.id: entry for entry in source.scan()}
    assert [listed[f"posts/{name}"].state for name in "abc"] == ["refused", "refused", "ready"]
    for name in "abc":
        assert source.entry(tmp_path / f"content/posts/{name}.md") == listed[f"posts/{name}"]
