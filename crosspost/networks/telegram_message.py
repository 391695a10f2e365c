"""Builds messages of Telegram's Bot API from drafts (core.telegram.org/bots/api). Pure."""

from collections.abc import Sequence
from typing import Any

from crosspost.compose.formats.entities import title_span
from crosspost.media import Fitted
from crosspost.model import Draft, Receipt

#: the name of a part → file name, content, media type
Files = dict[str, tuple[str, bytes, str]]


def messages_of(receipt: Receipt) -> list[int]:
    """The numbers of a post's messages: an album has several."""
    return [int(number) for number in receipt.id.split(",")]


def files(photos: Sequence[Fitted]) -> Files:
    """The pictures as parts of a form."""
    return {_part(number): ("picture", one.data, one.mime) for number, one in enumerate(photos)}


def photo(number: int, words: dict[str, Any]) -> dict[str, Any]:
    """An uploaded picture as an InputMediaPhoto.

    :param words: its caption, as :func:`content_of` gives it
    """
    return {"type": "photo", "media": f"attach://{_part(number)}"} | words


def content_of(draft: Draft, preview: str) -> dict[str, Any]:
    """The fields for the text. Styles are entities instead of markup, so nothing needs escaping.

    :param preview: size of the picture in the link's preview: "large", "small", or "" as Telegram likes
    """
    span = title_span(draft)
    bold = [{"type": "bold", "offset": span.offset, "length": span.length}] if span else []
    if draft.images or draft.video is not None:
        return {"caption": draft.text} | ({"caption_entities": bold} if bold else {})
    shown: dict[str, Any] = {"is_disabled": True}
    if draft.card is not None:
        shown = {"url": draft.card.url} | ({f"prefer_{preview}_media": True} if preview else {})
    return {"text": draft.text, "link_preview_options": shown} | ({"entities": bold} if bold else {})


def _part(number: int) -> str:
    return f"photo{number}" if number else "photo"
