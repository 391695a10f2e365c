"""A Slack message as it is sent: its text, its blocks where it has pictures, and what readers do not see.

Sources: docs.slack.dev chat.postMessage, message metadata, the rich_text and image blocks, the Slack file object;
checked 2026-11-27.
"""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from crosspost.compose.slack_text import escape, rich_text
from crosspost.model import Draft, Picture, Prepared

#: the type of our metadata, which holds the key
EVENT = "crosspost"


def content(draft: Draft, files: Sequence[str]) -> dict[str, Any]:
    """The fields for what is seen; nothing in the text is markup. Pictures leave no room for the link's preview.

    :param files: the ids of its pictures
    """
    card = draft.card is not None and not files
    seen = {"text": escape(draft.text), "mrkdwn": False, "parse": "none", "unfurl_links": card, "unfurl_media": card}
    return seen | ({"blocks": blocks(draft, files)} if files else {})


def metadata(prepared: Prepared, files: Sequence[str]) -> dict[str, Any]:
    """The field that readers do not see: our key, and the pictures, which an edit must name again."""
    payload = {"key": prepared.handle} | ({"pictures": ",".join(files)} if files else {})
    return {"metadata": {"event_type": EVENT, "event_payload": payload}}


def noted(message: Any) -> dict[str, Any]:
    """What :func:`metadata` put on a message, as Slack gives it back."""
    return (message.get("metadata") or {}).get("event_payload") or {}


def files_of(message: Any) -> list[str]:
    """The ids of a message's pictures, as they were noted."""
    return [file for file in str(noted(message).get("pictures") or "").split(",") if file]


def blocks(draft: Draft, files: Sequence[str]) -> list[dict[str, Any]]:
    """A message's blocks: its text, then its pictures one below the other."""
    text = [rich_text(draft.text)] if draft.text else []
    return [*text, *(_image(picture, file) for picture, file in zip(draft.images, files, strict=True))]


def _image(picture: Picture, file: str) -> dict[str, Any]:
    """Words are required; a picture that nobody described has the name of its file, as in Slack's own clients."""
    words = picture.alt or PurePath(picture.path or picture.url).name or "picture"
    return {"type": "image", "slack_file": {"id": file}, "alt_text": words}
