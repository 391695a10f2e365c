"""Nostr's events: how a draft becomes a signed note, and what a relay's answer means. nostr-sdk does the signing.

Sources: github.com/nostr-protocol/nips, 01 (events, relays), 09 (deletion), 10 (threads), 19 (npub, note), 24
(hashtags), 32 (language), 36 (content warning), 92 (pictures); hzrd149/blossom, BUD-11; checked 2026-11-26.
"""

import base64
import json
import re
from typing import Any
from urllib.parse import urlsplit

from crosspost.compose.hashtags import in_text
from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Rejected
from crosspost.model import Draft
from crosspost.networks.library import library

NOTE, DELETION, REPOST, BLOSSOM = 1, 5, 6, 24242
#: the tag that holds the delivery's key, so that a note is known again even when nothing else is
KEY = "crosspost"
#: the names that people pass on: a note, or an event with where it is found
_NAME = re.compile(r"(?:^nostr:|/)((?:note|nevent)1[02-9ac-hj-np-z]{50,500})/?$")


def keys(private: str) -> Any:
    """The key pair of an ``nsec…`` or of 64 hex digits.

    :raises ValueError: when it is neither
    """
    sdk = library("nostr_sdk", "nostr")
    try:
        return sdk.Keys.parse(private)
    except sdk.NostrSdkError:
        raise ValueError("this is not a private key: it begins with nsec1, or has 64 hex digits") from None


def signed(pair: Any, kind: int, content: str, tags: list[list[str]], seconds: int) -> dict[str, Any]:
    """A signed event.

    :param seconds: Unix time
    """
    sdk = library("nostr_sdk", "nostr")
    builder = sdk.EventBuilder(sdk.Kind(kind), content).custom_created_at(sdk.Timestamp.from_secs(seconds))
    event: dict[str, Any] = json.loads(builder.tags([sdk.Tag.parse(tag) for tag in tags]).finalize(pair).as_json())
    return event


def content_of(draft: Draft, pictures: list[tuple[str, list[str]]]) -> str:
    """The text, and below it the addresses of the pictures, which readers' apps show in their place (NIP-92)."""
    return "\n\n".join([draft.text, *([" ".join(url for url, _ in pictures)] if pictures else [])])


def tags_of(
    draft: Draft, *, key: str, warning: str, me: str, reply_to: str, root: str, author: str = ""
) -> list[list[str]]:
    """Everything about a note that is not its text.

    :param author: who wrote the note that it replies to; "": we did
    """
    tags = [[KEY, key], *(["t", tag.lower()] for tag in sorted(in_text(draft.text)))]
    if draft.language:
        code = draft.language.split("-")[0].lower()
        tags += [["L", "ISO-639-1"], ["l", code, "ISO-639-1"]]
    if warning:
        tags.append(["content-warning", warning])
    if reply_to:
        root = root or reply_to
        whose = author or me
        tags.append(["e", root, "", "root", *([whose] if reply_to == root else [])])
        tags += [["e", reply_to, "", "reply", whose]] if reply_to != root else []
        tags.append(["p", whose])
    return tags


def answered(event: dict[str, Any]) -> str:
    """The id of the note that a note replies to; "" for none (NIP-10)."""
    marked = {tag[3]: str(tag[1]) for tag in event.get("tags") or [] if len(tag) > 3 and tag[0] == "e"}
    return marked.get("reply") or marked.get("root") or ""


def root_of(event: dict[str, Any]) -> str:
    """The id of the note with which the thread of a note began; "" when it began with it (NIP-10)."""
    return next(
        (str(tag[1]) for tag in event.get("tags") or [] if len(tag) > 3 and tag[0] == "e" and tag[3] == "root"), ""
    )


def number_of(address: str) -> str:
    """The id of the note that an address ends with, by one of its names (NIP-19, NIP-21); "" for none."""
    found = _NAME.search(address)
    if found is None:
        return ""
    sdk = library("nostr_sdk", "nostr")
    try:
        if found[1].startswith("note"):
            return str(sdk.EventId.parse(found[1]).to_hex())
        return str(sdk.Nip19Event.from_bech32(found[1]).event_id().to_hex())
    except sdk.NostrSdkError:
        return ""


def permission(signer: Any, digest: str, seconds: int) -> str:
    """The header that lets a Blossom server take one file (BUD-11).

    :param signer: one of :mod:`.nostr_signers`
    :param digest: SHA-256 of the file, hex
    :param seconds: Unix time
    """
    tags = [["t", "upload"], ["x", digest], ["expiration", str(seconds + 600)]]
    event = signer.signed(BLOSSOM, "Upload a picture", tags, seconds)
    return "Nostr " + base64.urlsafe_b64encode(json.dumps(event).encode()).rstrip(b"=").decode()


def verdict(said: list[Any], event: str, who: str) -> DeliveryError | None:
    """What a relay's answer to an event means; None when it has taken it, now or before.

    :param who: account and relay, for the message
    :raises LookupError: when it says nothing about the event
    """
    told = next((one for one in said if one[:2] == ["OK", event]), None)
    if told is None:
        raise LookupError("the relay does not say whether it took the note")
    why = str(told[3]) if len(told) > 3 else ""
    kind = why.partition(":")[0]
    if told[2] is True or kind == "duplicate":
        return None
    message = f"{who} says: {why or 'no'}"
    if kind == "rate-limited":
        return RateLimited(message)
    if kind == "auth-required":
        return AuthExpired(f"{message}. It takes notes of its members only; set another relay")
    return NotSent(message) if kind == "error" else Rejected(message)


def last_of(message: Any) -> bool:
    """Whether a relay's message ends its answer."""
    return isinstance(message, list) and message[:1] in (["OK"], ["EOSE"], ["CLOSED"])


def socket_of(session: Any) -> Any:
    """The adapter through which a session talks with relays; it is mounted when it is first needed."""
    if "ws://" not in session.adapters:
        from crosspost.transport.websocket import WebSocketAdapter  # composing needs no connection

        adapter = WebSocketAdapter(last_of)
        for scheme in ("ws://", "wss://"):
            session.mount(scheme, adapter)
    return session.adapters["ws://"]


def as_socket(address: str) -> str:
    """A relay's address as a WebSocket's."""
    parts = urlsplit(address)
    return parts._replace(scheme={"https": "wss", "http": "ws"}.get(parts.scheme, parts.scheme)).geturl()


def as_web(address: str) -> str:
    """A relay's address as a web server's: there it describes itself (NIP-11)."""
    parts = urlsplit(address)
    return parts._replace(scheme={"wss": "https", "ws": "http"}.get(parts.scheme, parts.scheme)).geturl()
