"""Slack's text: three characters are written as references, everything else as it is; or a block without markup.

Sources: docs.slack.dev/messaging/formatting-message-text ("Escaping text"), checked 2026-11-26;
docs.slack.dev/reference/block-kit/blocks/rich-text-block, checked 2026-11-27.
"""

from typing import Any

from crosspost.compose.twitter_text import find_urls


def escape(text: str) -> str:
    """``text`` as a message's ``text``: what would be a link, a mention or a reference is only text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rich_text(text: str) -> dict[str, Any]:
    """``text`` as a ``rich_text`` block: its addresses are links, and nothing else in it is more than text."""
    elements, at = [], 0
    for url in find_urls(text, bare=False):
        elements += [_words(text[at : url.start]), {"type": "link", "url": text[url.start : url.end]}]
        at = url.end
    elements.append(_words(text[at:]))
    said = [element for element in elements if element.get("text") != ""]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": said}]}


def _words(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}
