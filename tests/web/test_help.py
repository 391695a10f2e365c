"""The manual in the dashboard: words are found, and every link inside leads somewhere."""

import html
import re

import pytest

from crosspost.app.manual import topics
from tests.manual.reading import flaws
from tests.web.client import Client


def linked(page: str) -> set[str]:
    return {html.unescape(link) for link in re.findall(r'href="(/help[^"]*)"', page)}


@pytest.mark.parametrize("words", ["slots", "QUIET hours", "approve", "token end"])
def test_words_are_found_and_the_link_leads_to_their_heading(client: Client, words: str) -> None:
    page = client.get(f"/help?search={words.replace(' ', '+')}").text
    found = [link for link in linked(page) if "/help/" in link]
    assert found
    for link in found:
        path, _, anchor = link.partition("#")
        text = client.get(path).text
        assert not anchor or f'id="{anchor}"' in text


def test_what_is_nowhere_is_said(client: Client) -> None:
    assert "0 places" in client.get("/help?search=xyzzyx").text


def test_a_search_is_only_text(client: Client) -> None:
    page = client.get("/help?search=%22%3E%3Cscript%3Ealert(1)%3C/script%3E+(").text
    assert "<script>alert" not in page


@pytest.mark.parametrize("topic", sorted(topics()))
def test_every_link_of_a_page_leads_somewhere(client: Client, topic: str) -> None:
    page = client.get(f"/help/{topic}").text
    here = set(re.findall(r'id="([^"]+)"', page))
    assert [link for link in re.findall(r'href="#([^"]+)"', page) if link not in here] == []
    for link in linked(page):
        path, _, anchor = link.partition("#")
        answer = client.get(path)
        assert answer.status == 200
        assert not anchor or f'id="{anchor}"' in answer.text, link
    assert re.findall(r'href="(?!https://)[^"]*\.md[^"]*"', page) == []


def test_nobody_is_kept_out_of_a_page(client: Client) -> None:
    """The browser's test looks at a few of them with all of axe's rules."""
    pages = [f"/help/{topic}" for topic in topics()] + ["/help", "/help?search=slots", "/help?search=xyzzyx"]
    assert {page: found for page in pages if (found := flaws(client.get(page).text))} == {}
