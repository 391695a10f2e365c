"""Parses messages for the Signal stand-in: parameters, styles, previews, attachments."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any

from crosspost.sandbox.core import pictures

GROUPS = (("Verein Beispiel", True), ("Vorstand", True), ("Vorstand", True), ("Ehemalige", False))
"""Name, and whether the accounts are members; two groups have the same name."""
MEMBERS = [f"+4917139200{n}" for n in range(51, 55)]
REGISTERED = frozenset([*MEMBERS, "+491713920001", "+491713920002"])
"""The numbers that have Signal; every other one is unregistered."""
Target = tuple[str, tuple[str, ...]]
"""The recipients of a message: the id of a group, or the numbers of people."""
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_PARAMS = {
    "groupId",
    "recipient",
    "message",
    "attachments",
    "textStyle",
    "previewUrl",
    "previewTitle",
    "previewDescription",
    "previewImage",
    "editTimestamp",
    "notifySelf",
}
_STYLES = ("BOLD", "ITALIC", "SPOILER", "STRIKETHROUGH", "MONOSPACE")
_BODY = 2000
"""Bytes of UTF-8; longer texts are sent as a file."""


class RpcError(Exception):
    """An error of a procedure; ``results`` are the results for each member."""

    def __init__(self, code: int, message: str, results: list[dict[str, Any]] | None = None) -> None:
        self.code, self.results = code, results or []
        super().__init__(message)


@dataclass
class Message:
    """A message that may be sent."""

    group: str
    people: list[str]
    text: str
    styles: list[str]
    preview: dict[str, str]
    pictures: list[tuple[bytes, tuple[str, int, int]]] = field(default_factory=list)
    edits: int = 0
    notify_self: bool = False

    @property
    def target(self) -> Target:
        """The recipient."""
        return self.group, tuple(self.people)

    @property
    def reached(self) -> list[str]:
        """The numbers it goes to."""
        return MEMBERS if self.group else self.people


def group_id(number: int) -> str:
    """The id of a group: Base64 of 32 bytes."""
    return base64.b64encode(bytes([number + 1, 0xFB, 0xEF] + [0x2A] * 29)).decode()


def checked(params: dict[str, Any]) -> Message:
    """A message out of the parameters of ``send``.

    :raises RpcError: when signal-cli would not send it
    """
    if unknown := sorted(params.keys() - _PARAMS):
        raise RpcError(-32602, f"Unrecognized field {', '.join(unknown)}")
    text, attachments = params.get("message") or "", params.get("attachments") or []
    if not isinstance(text, str) or not isinstance(attachments, list):
        raise RpcError(-32602, "message must be text, attachments a list")
    group, people = target(params)
    if not text and not attachments:
        raise RpcError(
            -1, "Sending empty message is not allowed, either a message, attachment or sticker must be given."
        )
    preview = {
        name.removeprefix("preview").lower(): value for name, value in params.items() if name.startswith("preview")
    }
    shown = [_picture(item) for item in [*attachments, *([preview.pop("image")] if preview.get("image") else [])]]
    if preview and (preview.get("url", "") not in text or not preview.get("url") or not preview.get("title")):
        raise RpcError(-1, "The preview needs a title, and its url must stand in the message")
    styles = [_style(style, text) for style in params.get("textStyle") or []]
    if len(text.encode()) > _BODY:
        styles = [*styles, "long text: the rest is a file"]
    edits, notify = int(params.get("editTimestamp") or 0), bool(params.get("notifySelf"))
    return Message(group, list(people), text, styles, preview, shown, edits, notify)


def target(params: dict[str, Any]) -> Target:
    """The recipients of a message: one group, or people by their numbers.

    :raises RpcError: when it is neither, or the account may not write there
    """
    group, people = params.get("groupId"), params.get("recipient")
    if people is None or people == []:
        known = {group_id(n): member for n, (_, member) in enumerate(GROUPS)}
        if not isinstance(group, str) or group not in known:
            raise RpcError(-1, f"Invalid group id or group not found: {group}")
        if not known[group]:
            raise RpcError(-1, "User is not a member in group")
        return group, ()
    numbers = [people] if isinstance(people, str) else people
    if group is not None or not isinstance(numbers, list):
        raise RpcError(-1, "The sandbox sends to one group or to people, not to both")
    for number in numbers:
        if not isinstance(number, str) or not _NUMBER.fullmatch(number):
            raise RpcError(-1, f"Invalid phone number: {number}")
    return "", tuple(dict.fromkeys(numbers))


def _style(style: Any, text: str) -> str:
    match = re.fullmatch(r"(\d+):(\d+):(\w+)", str(style))
    if not match or match[3] not in _STYLES:
        raise RpcError(-1, f"Invalid textStyle syntax ({style}) expected 'start:length:STYLE'")
    if int(match[1]) + int(match[2]) > len(text.encode("utf-16-le")) // 2:
        raise RpcError(-1, f"textStyle {style} reaches beyond the message")
    return str(style)


def _picture(uri: Any) -> tuple[bytes, tuple[str, int, int]]:
    """The bytes of a data URI (RFC 2397) and what they are; a path would be one on this machine."""
    match = re.fullmatch(r"data:([\w/+.-]+)((?:;[\w-]+=[^;,]+)*);base64,([A-Za-z0-9+/=]+)", str(uri))
    if not match:
        raise RpcError(-1, "Failed to send message: attachment is no data URI (AttachmentInvalidException)")
    try:
        data = base64.b64decode(match[3], validate=True)
    except binascii.Error:
        raise RpcError(-1, "Failed to send message: broken Base64 (AttachmentInvalidException)") from None
    shape = pictures.shape(data)
    if shape is None:
        raise RpcError(-1, "Failed to send message: the sandbox shows pictures only (AttachmentInvalidException)")
    return data, shape


_STYLED = re.compile(
    r"\\(?P<plain>[*~|`])|(?P<mark>\*\*|\|\||[*~`])(?P<inner>(?:\\.|(?!(?P=mark)).)+)(?P=mark)(?!\*)", re.DOTALL
)
_MARKS = {"**": "BOLD", "||": "SPOILER", "*": "ITALIC", "~": "STRIKETHROUGH", "`": "MONOSPACE"}


def restyled(fields: dict[str, Any]) -> tuple[str, list[str]]:
    """Text and styles of the wrapper's ``styled`` mode: *it*, **bold**, ~strike~, ||spoiler|| and `mono`.

    A mark without its counterpart is plain text, and so is one after a backslash.
    """
    markup = str(fields.get("message") or "")
    return _read(markup, 0) if fields.get("text_mode", "normal") == "styled" else (markup, [])


def _read(markup: str, before: int) -> tuple[str, list[str]]:
    """Text and styles of a piece; ``before`` UTF-16 units precede it."""
    text, at, styles = "", 0, []
    for match in _STYLED.finditer(markup):
        text += markup[at : match.start()]
        at, start = match.end(), before + _units(text)
        inner, found = (match["plain"], []) if match["plain"] else _read(match["inner"], start)
        if match["mark"]:
            styles += [f"{start}:{_units(inner)}:{_MARKS[match['mark']]}", *found]
        text += inner
    return text + markup[at:], styles


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
