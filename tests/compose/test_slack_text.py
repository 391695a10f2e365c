"""What Slack shows of a text: exactly that text, its addresses as links."""

from typing import Any

import pytest

from crosspost.compose.slack_text import escape, rich_text


def said(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}


def linked(url: str) -> dict[str, str]:
    return {"type": "link", "url": url}


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("Hallo <@U1> & *du*", [said("Hallo <@U1> & *du*")]),
        ("Siehe https://e.org/b, bald.", [said("Siehe "), linked("https://e.org/b"), said(", bald.")]),
        (
            "https://e.org/1 https://b.org",
            [linked("https://e.org/1"), said(" "), linked("https://b.org")],
        ),
        ("e.org bleibt", [said("e.org bleibt")]),
        ("", []),
    ],
)
def test_addresses_are_links_and_everything_else_is_text(text: str, elements: list[Any]) -> None:
    section = {"type": "rich_text_section", "elements": elements}
    assert rich_text(text) == {"type": "rich_text", "elements": [section]}


def test_what_would_be_a_reference_is_text() -> None:
    assert escape("<!here> & &lt;") == "&lt;!here&gt; &amp; &amp;lt;"
