"""A message of ours as an event of a Matrix room: what it says, and how it is recognised.

Source: spec.matrix.org/latest/client-server-api (m.room.message, m.image), checked 2026-11-26.
"""

from datetime import UTC, datetime
from html import escape
from typing import Any

from crosspost.compose.formats.message_entities import title_span
from crosspost.compose.twitter_text import find_urls
from crosspost.model import Draft, Prepared

#: the field of an event's content that holds our key
KEY = "page.crosspost.delivery"
TYPE = "m.room.message"


def is_delivery(event: Any, prepared: Prepared, me: str) -> bool | None:
    """Whether an event is the one with our key; None where it lacks what would tell.

    :param me: the account's user id
    """
    sender, kind, content = event.get("sender"), event.get("type"), event.get("content")
    if (sender and sender != me) or (kind and kind != TYPE):
        return False
    if isinstance(content, dict) and content.get(KEY):
        return bool(content[KEY] == prepared.handle)
    if not content:  # taken back; to us the server still tells the id it was sent with
        sent_as = (event.get("unsigned") or {}).get("transaction_id")
        return sent_as == prepared.handle if sent_as else None
    # a member's own words have no key; words like ours without it may be ours all the same
    body = content.get("body") if isinstance(content, dict) else None
    return None if body in (None, prepared.draft.text) else False


def content_of(draft: Draft, kind: str, picture: dict[str, Any] | None) -> dict[str, Any]:
    """The content of a message; below a picture the text is its caption.

    :param kind: "text" or "notice"
    :param picture: the fields for an uploaded picture; None without one
    """
    html = {"format": "org.matrix.custom.html", "formatted_body": _html(draft)} if draft.text else {}
    if picture is None:
        return {"msgtype": f"m.{kind}", "body": draft.text, "m.mentions": {}} | html
    caption = draft.text or picture["filename"]
    return {"msgtype": "m.image", "body": caption, "m.mentions": {}} | html | picture


def _html(draft: Draft) -> str:
    """The text as HTML: the title in bold, links as links."""
    out, at = [], 0
    for url in find_urls(draft.text, bare=False):
        address = draft.text[url.start : url.end]
        out += [escape(draft.text[at : url.start]), f'<a href="{escape(address)}">{escape(address)}</a>']
        at = url.end
    html = "".join([*out, escape(draft.text[at:])])
    title = escape(draft.title)
    if title_span(draft) is not None and html.startswith(title):
        html = f"<strong>{title}</strong>{html[len(title) :]}"
    return html.replace("\n", "<br>")


def time_of(event: Any) -> datetime | None:
    """When the server received an event; None where it does not say."""
    stamp = event.get("origin_server_ts") if isinstance(event, dict) else None
    return datetime.fromtimestamp(stamp / 1000, UTC) if isinstance(stamp, int | float) else None


def filename_of(mime: str) -> str:
    """The name a picture is sent under."""
    return f"picture.{mime.rpartition('/')[2]}"
