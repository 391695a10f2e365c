"""``crosspost check``: what strangers wrote is one block of code in the comment, and never too long for GitHub."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from crosspost.cli import check

NONE = "No post differs from the branch main."
HOSTILE = [
    "``` </code></pre>\n~~~\n</details> @verein #12",
    "a\rb\r\n\r\n@everyone ![x](https://tracker.example/p.png)",
    "<!-- crosspost: nothing -->\n--> <img src=x onerror=alert(1)>",
    "[a]: https://evil.example\n\n[a]\n\n- [ ] task\n\n| a |\n|---|",
    "\u2028@one\u2029@two\x0b@three\x0c@four\x85@five",
    "\t\t@tabs\n   @three blanks\n\n\n\n# title\n\n---\n",
]


def kinds(text: str) -> list[str]:
    """What a reader of Markdown makes of it."""
    return [token.type for token in MarkdownIt("commonmark").parse(text)]


def test_what_strangers_wrote_is_one_block_of_code() -> None:
    said = check._comment(HOSTILE, NONE)
    assert kinds(said) == ["html_block", "code_block"]
    assert said.splitlines()[:3] == ["<!-- crosspost -->", "", "    6 posts would be new or changed:"]
    assert "\n    \t\t@tabs\n" in said


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_so_is_any_text(texts: list[str]) -> None:
    said = check._comment(texts, NONE)
    assert kinds(said) == ["html_block", "code_block"]
    assert not re.search(r"^(?! {4}|$)", said.partition("\n")[2], re.MULTILINE)


def test_nothing_to_say_is_marked() -> None:
    assert check._comment([], NONE) == f"<!-- crosspost: nothing -->\n\n    {NONE}\n"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_what_is_too_long_is_cut_at_a_line_and_says_so() -> None:
    posts = [f"post {number}\n" + "line\n" * 800 for number in range(1, 21)]
    said = check._comment(posts, NONE)
    assert 60_000 < units(said) < 65_536
    assert said.startswith("<!-- crosspost -->\n\n    20 posts would be")
    left = re.search(r"\n    …\n\n    (\d+) posts not shown here, or not wholly", said)
    assert left is not None
    assert f"post {20 - int(left[1])}\n" in said
    assert kinds(said) == ["html_block", "code_block"]


def test_one_long_text_does_not_push_out_the_others() -> None:
    said = check._comment(["one " * 40_000, "two"], NONE)
    assert "one one  …\n\n    two\n" in said
    assert units(said) < 2_000


@given(st.lists(st.text(alphabet="a \n`😀\x0b", max_size=60).map(lambda text: text * 1200), min_size=1, max_size=2))
def test_it_never_is_too_long_for_github(texts: list[str]) -> None:
    assert units(check._comment(texts, NONE)) < 65_536


def test_the_page_of_a_run_has_a_bound_too(tmp_path: Path) -> None:
    page = tmp_path / "summary.md"
    page.write_text("what other steps said\n", "utf-8")
    check._add(page, [f"post {number}\n" + "line\n" * 20_000 for number in range(1, 21)])
    said = page.read_text("utf-8")
    assert len(said) < 1024 * 1024
    assert said.startswith("what other steps said\n```text\npost 1\n")
    assert said.endswith("```\n\n11 posts not shown here, or not wholly: what the job has printed shows all.\n")
