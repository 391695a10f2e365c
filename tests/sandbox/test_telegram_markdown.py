"""MarkdownV2 as the Telegram stand-in reads it: every rule of the documentation, and its refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Malformed
from crosspost.sandbox.networks.telegram import markdown
from tests.sandbox.conftest import Bot

ESCAPED = "_*[]()~`>#+-=|{}.!"


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("*fett* _kursiv_", "fett kursiv", [("bold", 0, 4), ("italic", 5, 6)]),
        (
            "__unter__ ~durch~ ||heimlich||",
            "unter durch heimlich",
            [("underline", 0, 5), ("strikethrough", 6, 5), ("spoiler", 12, 8)],
        ),
        ("*a _b_ c*", "a b c", [("bold", 0, 5), ("italic", 2, 1)]),
        ("_kursiv __beides___", "kursiv beides", [("italic", 0, 13), ("underline", 7, 6)]),
        ("`a_b.c` ```python\nx = 1```", "a_b.c x = 1", [("code", 0, 5), ("pre", 6, 5)]),
        ("😀 *fett*", "😀 fett", [("bold", 3, 4)]),
        (">erste\n>zweite\ndanach", "erste\nzweite\ndanach", [("blockquote", 0, 12)]),
        ("".join(f"\\{char}" for char in ESCAPED), ESCAPED, []),
        ("[ohne]", "ohne", []),
        ("  *Rand* ", "Rand", [("bold", 0, 4)]),
    ],
)
def test_markdown_is_read(bot: Bot, markup: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    message = bot("sendMessage", chat_id="@verein", text=markup, parse_mode="MarkdownV2")
    assert message["text"] == text
    assert [(e["type"], e["offset"], e["length"]) for e in message["entities"]] == entities


def test_a_markdown_link_has_its_address(bot: Bot) -> None:
    markup = r"[hier](https://example.org/a_(b\))"
    (entity,) = bot("sendMessage", chat_id="@verein", text=markup, parse_mode="MarkdownV2")["entities"]
    assert entity == {"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/a_(b)"}


@pytest.mark.parametrize("char", [char for char in ESCAPED if char not in "_*[~`>"])
def test_what_markdown_reserves_must_be_escaped(bot: Bot, sandbox: Sandbox, char: str) -> None:
    said = bot("sendMessage", chat_id="@verein", text=f"a{char}b", parse_mode="MarkdownV2")
    assert said.endswith(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
    assert sandbox.posts() == []


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("ä *offen", "Can't find end of Bold entity at byte offset 3"),
        ("_offen", "Can't find end of Italic entity at byte offset 0"),
        ("a_b", "Can't find end of Italic entity"),
        ("`offen", "Can't find end of Code entity"),
        ("```offen", "Can't find end of Pre entity"),
        ("[offen", "Can't find end of TextUrl entity"),
        ("[hier](https://example.org", "Can't find end of a URL at byte offset 6"),
        ("*a _b* c_", "Can't find end of Italic entity"),
        ("Grüße.", "Character '.' is reserved"),
        ("![👍](tg://emoji?id=1)", "no custom emoji"),
    ],
)
def test_broken_markdown_is_refused(bot: Bot, sandbox: Sandbox, markup: str, words: str) -> None:
    assert words in bot("sendMessage", chat_id="@verein", text=markup, parse_mode="MarkdownV2")
    assert sandbox.posts() == []


@given(st.text(max_size=60))
def test_escaped_text_comes_out_as_it_was(text: str) -> None:
    escaped = "".join(f"\\{char}" if char in ESCAPED or char == "\\" else char for char in text)
    assert markdown.read(escaped) == (text, [])


@given(st.text(alphabet=ESCAPED + "\\ab\n😀", max_size=40))
def test_no_markdown_is_too_strange(markup: str) -> None:
    try:
        text, entities = markdown.read(markup)
    except Malformed:
        return
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= len(text.encode("utf-16-le")) // 2 for e in entities)
