"""The text of a message on Telegram (core.telegram.org/bots/api, MessageEntity and LinkPreviewOptions)."""

from typing import Any

from crosspost.compose.formats.message_entities import title_span
from crosspost.model import Draft


def content_of(draft: Draft, preview: str) -> dict[str, Any]:
    """The fields for the text. Styles are entities instead of markup, so nothing needs escaping.

    :param preview: size of the picture in the link's preview: "large", "small", or "" as Telegram likes
    """
    span = title_span(draft)
    bold = [{"type": "bold", "offset": span.offset, "length": span.length}] if span else []
    if draft.images or draft.video is not None or draft.poll is not None:
        name = "caption" if draft.poll is None else "description"
        return {name: draft.text} | ({f"{name}_entities": bold} if bold else {})
    shown: dict[str, Any] = {"is_disabled": True}
    if draft.card is not None:
        shown = {"url": draft.card.url} | ({f"prefer_{preview}_media": True} if preview else {})
    return {"text": draft.text, "link_preview_options": shown} | ({"entities": bold} if bold else {})
