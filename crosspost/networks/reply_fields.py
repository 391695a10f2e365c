"""What other people answered, as networks tell it, made safe to keep: bounded, without anything a terminal acts on."""

from typing import Any
from urllib.parse import urlsplit

from crosspost.text.printable import OBEYED

#: characters of a reply that are kept; no network above takes more from its users by much
_TEXT, _NAME = 10_000, 200


def number(value: Any) -> int | None:
    """A figure; None where the network tells none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def words(value: Any) -> str:
    """A reply's text, plain, without control characters but line breaks."""
    text = OBEYED.sub("", str(value or "").replace("\r\n", "\n").replace("\t", " "))
    return text.strip()[:_TEXT]


def name(value: Any) -> str:
    """A name of somebody, in one line."""
    return " ".join(OBEYED.sub("", str(value or "")).split())[:_NAME]


def web(value: Any) -> str:
    """An address that may be shown as a link: on the web, or ""."""
    try:
        parts = urlsplit(str(value or ""))
    except ValueError:
        return ""
    address = str(value)
    return address if parts.scheme in ("http", "https") and parts.hostname and address.isprintable() else ""
