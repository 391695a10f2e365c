"""HTTP messages: strictly parsed requests, and responses."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl


class Malformed(Exception):
    """The request cannot be parsed; the message says why. Each network has its own form for that error."""


@dataclass(frozen=True)
class Upload:
    """One file of a multipart form."""

    filename: str
    content_type: str
    data: bytes


@dataclass
class Reply:
    """An answer: status, body and headers. ``dropped`` sends no answer at all, ``half`` only half of the body."""

    status: int
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    dropped: bool = False
    half: bool = False

    @classmethod
    def json(cls, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> "Reply":
        """An answer with ``value`` as JSON."""
        body = json.dumps(value, ensure_ascii=False).encode()
        return cls(status, body, headers=dict(headers or {}))


class Refused(Exception):
    """Raised inside a stand-in to respond with an error; nothing is committed."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(f"HTTP {reply.status}")


@dataclass
class Request:
    """A request as received. ``query`` and form fields keep their order and repetitions; ``now`` is the sandbox's time.

    ``asked`` is the query as it was written, for what is not a form, such as Rest.li's lists.
    ``fault`` is the kind of the fault that applies to this request ("" for none), for the few a stand-in plays itself.
    """

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Message
    body: bytes
    base_url: str
    now: datetime
    fault: str = ""
    account: str = ""
    asked: str = ""

    @property
    def kind(self) -> str:
        """The media type of the body, without parameters: ``application/json`` …"""
        return self.headers.get_content_type() if self.headers.get("Content-Type") else ""

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object.

        :raises Malformed: when it is not one
        """
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            raise Malformed("the body is not valid JSON") from None
        if not isinstance(value, dict):
            raise Malformed("the JSON body must be an object")
        return value

    @cached_property
    def form(self) -> list[tuple[str, str]]:
        """The text fields of a form, URL-encoded or multipart.

        :raises Malformed: when the body is neither
        """
        if self.kind == "application/x-www-form-urlencoded":
            return pairs(self.body)
        return self._multipart[0] if self.kind == "multipart/form-data" else []

    @cached_property
    def files(self) -> dict[str, Upload]:
        """The files of a multipart form by field name.

        :raises Malformed: when the form cannot be read
        """
        return self._multipart[1] if self.kind == "multipart/form-data" else {}

    @cached_property
    def _multipart(self) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
        boundary = self.headers.get_boundary()
        if not boundary:
            raise Malformed("the multipart body names no boundary")
        return _parts(self.body, boundary.encode())


def pairs(data: bytes) -> list[tuple[str, str]]:
    """URL-encoded pairs, strictly UTF-8.

    :raises Malformed: on other encodings
    """
    try:
        return parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise Malformed("form fields must be URL-encoded UTF-8") from None


def _parts(body: bytes, boundary: bytes) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
    """Parse a multipart body (RFC 7578) byte for byte, because pictures must arrive unchanged."""
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Malformed("the multipart body has no closing boundary")
    fields: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    for piece in pieces[1:-1]:
        head, gap, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        part = message_from_bytes(head + b"\r\n\r\n")
        name = part.get_param("name", header="Content-Disposition")
        if not gap or not isinstance(name, str):
            raise Malformed("a part of the multipart body has no name")
        # a client may omit the file name; then the type shows that it is a file
        typed = "Content-Type" in part and part.get_content_type().startswith(("image/", "application/octet-stream"))
        if part.get_filename() is not None or typed:
            files[name] = Upload(part.get_filename() or "", part.get_content_type(), data)
            continue
        try:
            fields.append((name, data.decode()))
        except UnicodeDecodeError:
            raise Malformed(f"the field {name} is not UTF-8") from None
    return fields, files


def first(fields: list[tuple[str, str]], name: str) -> str | None:
    """The first value of ``name``, or None."""
    return next((value for key, value in fields if key == name), None)


def bearer(request: Request) -> str:
    """The token of ``Authorization: Bearer …``, or ""."""
    match = re.fullmatch(r"Bearer\s+(\S+)\s*", str(request.headers.get("Authorization", "")), re.IGNORECASE)
    return match[1] if match else ""
