"""Nobody is kept out of a document: columns and pictures have names, headings descend, no two are called the same.

The browser's test looks at a few pages with all of axe's rules; these few rules are looked at on every page.
"""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from crosspost.app.manual import anchor
from tests.manual.pages import DOCUMENTS, name
from tests.manual.reading import flaws


def read(text: str) -> list[str]:
    """What is wrong with a text of Markdown; its headings get the names that links use."""
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(text)
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(tokens[at + 1].content))
    return flaws(reader.renderer.render(tokens, reader.options, {}))


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
def test_nobody_is_kept_out_of_a_document(page: Path) -> None:
    assert read(page.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# A\n\n| | b |\n| --- | --- |\n| 1 | 2 |\n", ["the head of a column without words, after “A”"]),
        ("# A\n\n| a | b |\n| --- | --- |\n", ["a table without heads, or with nothing below them, after “b”"]),
        ("# A\n\n![ ](a.png)\n", ["a picture without an alternative text, after “A”"]),
        ("# A\n\n[](b.md)\n", ["a link without words, after “A”"]),
        ("# A\n\n### B\n", ["a heading of level 3 below one of level 1, after “A”"]),
        ("# A\n\n## B\n\n### C\n\n## `b`\n", ["2 places are called #b"]),
        ("# A\n\n##\n", ["a heading without words, after “A”"]),
        ("## A\n", ["the first heading is not the page's title"]),
        ("# A\n\n# B\n", ["two titles"]),
        ("# A\n\n| a |\n| --- |\n| [![x](x.png)](b.md) |\n\n## B\n\n### C\n\n## D\n", []),
    ],
)  # fmt: skip
def test_what_keeps_people_out_is_found(text: str, found: list[str]) -> None:
    assert read(text) == found
