"""What is wrong with a post is told with its file, and with the line where there is one."""

from pathlib import Path

import pytest

from tests.sources import built_site, hugo_site
from tests.sources.jekyll_site import Site


def test_a_link_to_a_file_outside_of_a_jekyll_site(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("---\ntitle: A\n---\nText.\n", "utf-8")
    site = Site(tmp_path / "site")
    site.put("_posts/2024-05-02-other.md", "---\ntitle: B\n---\nText.\n")
    link = tmp_path / "site/_posts/2024-05-01-a.md"
    link.symlink_to(tmp_path / "secret.md")
    found = site.entries()
    assert found["_posts/2024-05-01-a.md"].state == "refused"
    assert found["_posts/2024-05-01-a.md"].reason == (
        f"{link}: is a link to a file outside the site; put the file itself there"
    )
    assert found["_posts/2024-05-02-other.md"].state == "ready"


def test_a_mistake_in_the_markdown_file_of_a_built_page_has_its_line(tmp_path: Path) -> None:
    built_site.write(tmp_path, "_site/index.html", built_site.HOME)
    built_site.write(tmp_path, "_site/a.html", built_site.page("A"))
    file = built_site.write(tmp_path, "src/a.md", "---\ntitle: A\ncrosspost:\n  m:\n    skip: perhaps\n---\n")
    (entry,) = built_site.source(tmp_path).scan()
    assert entry.state == "refused"
    assert entry.reason.endswith(f"{file}:5: crosspost: m: skip: should be true or false"), entry.reason


@pytest.mark.parametrize(("slug", "name"), [("neu", "neu"), ("5", "posts"), ("", "posts"), ("[a]", "posts")])
def test_a_section_is_called_by_a_slug_that_is_a_text(slug: str, name: str, tmp_path: Path) -> None:
    pages = {"content/posts/_index.md": f"---\nslug: {slug}\n---\n", "content/posts/a.md": hugo_site.page()}
    made = hugo_site.site(tmp_path, hugo_site.CONFIG, pages)
    assert hugo_site.addresses(made) == {"posts/a": f"https://tal.example.org/{name}/a/"}
