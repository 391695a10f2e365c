"""Every link of the documents leads somewhere: to a file that exists, and to a heading in it."""

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.manual.pages import DOCUMENTS, MANUAL, ROOT, name, pages


def anchors(page: Path) -> set[str]:
    """The headings of a page as the places that host repositories name them."""
    tokens = MarkdownIt().parse(page.read_text("utf-8"))
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(text: str) -> list[str]:
    """Where the links and pictures of a page lead."""
    tokens = [child for token in MarkdownIt().enable("table").parse(text) for child in token.children or []]
    return [
        str(token.attrs.get("href") or token.attrs.get("src"))
        for token in tokens
        if token.type in ("link_open", "image")
    ]


def broken(page: Path, text: str) -> list[str]:
    """The links of a page that lead nowhere."""
    found = []
    for link in links(text):
        file, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or not target.is_relative_to(ROOT) or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", DOCUMENTS, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page, page.read_text("utf-8")) == []


def test_a_link_into_the_manual_does_not_leave_it_but_for_samples() -> None:
    """Whoever installed a wheel has the manual only."""
    outside = {
        link.partition("#")[0]
        for page in pages()
        for link in links(page.read_text("utf-8"))
        if "://" not in link and not (page.parent / link.partition("#")[0]).resolve().is_relative_to(MANUAL)
    }
    assert all(link.startswith("../../config/") for link in outside), outside


def test_what_leads_nowhere_is_found() -> None:
    page = MANUAL / "index.md"
    assert links("| a |\n| --- |\n| [x](no.md) |\n") == ["no.md"]
    assert broken(page, "[a](no.md) [b](doubt.md#no) [c](doubt.md#an-example) ![d](no.svg) [e](https://x.example)") == [
        "no.md",
        "doubt.md#no",
        "no.svg",
    ]
