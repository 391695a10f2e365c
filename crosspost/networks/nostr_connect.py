"""Asking a remote signer (NIP-46): it has the account's key, and answers encrypted questions (NIP-44) over a relay.

Sources: github.com/nostr-protocol/nips, 44 (encryption, version 2), 46 (remote signing), checked 2026-11-27. nostr-sdk
does the cryptography; the conversation goes through our own guarded session.

A key of our own (``client``) stands for this account at the signer. It is made when the account is connected, because
the secret of a ``bunker://`` address is good for one connection only.
"""

import json
import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from crosspost.networks import nostr_events as events
from crosspost.networks.library import library
from crosspost.transport.session import TransportError

if TYPE_CHECKING:
    from crosspost.transport.session import Session

SCHEME = "bunker://"
#: the kind of questions and answers
_KIND = 24133
#: what crosspost wants signed: notes, deletions, reposts, and permissions to upload
_RIGHTS = ",".join(f"sign_event:{kind}" for kind in (events.NOTE, events.DELETION, events.REPOST, events.BLOSSOM))
_HEX = re.compile(r"[0-9a-f]{64}")
_HOW = "it looks like bunker://…?relay=wss://…&secret=…"


class Refused(Exception):
    """The signer says no; the message has its words."""


class WantsConsent(Refused):
    """A person must agree on a page first; the message is its address."""


class Bunker(NamedTuple):
    """A remote signer: its public key and relays, and how this account is known there.

    ``secret`` is for connecting, once; ``client`` is our private key, ``user`` the account's public one.
    """

    signer: str
    relays: tuple[str, ...]
    secret: str = ""
    client: str = ""
    user: str = ""

    def kept(self) -> str:
        """How it is kept as a credential."""
        relays = "&".join(f"relay={quote(relay, safe='')}" for relay in self.relays)
        return f"{SCHEME}{self.signer}?{relays}&client={self.client}&user={self.user}"


def bunker_of(address: str) -> Bunker:
    """Read a ``bunker://`` address, from a signer or as it is kept.

    :raises ValueError: with a sentence, when it is none
    """
    parts = urlsplit(address.strip())
    told = parse_qs(parts.query)
    relays = tuple(events.as_socket(relay) for relay in told.get("relay", []))
    if f"{parts.scheme}://" != SCHEME or not _HEX.fullmatch(parts.netloc):
        raise ValueError(f"this is not the address of a signer: {_HOW}")
    if not relays or not all(relay.startswith(("ws://", "wss://")) for relay in relays):
        raise ValueError(f"the signer's address names no relay; {_HOW}")
    secret, client, user = (told.get(name, [""])[0] for name in ("secret", "client", "user"))
    if any(value and not _HEX.fullmatch(value) for value in (client, user)):
        raise ValueError(f"this is not the address of a signer: {_HOW}")
    return Bunker(parts.netloc, relays, secret, client, user)


def connected(session: "Session", given: Bunker, seconds: int) -> Bunker:
    """Connect to a signer with a new key of ours: the signer as it is kept from now on.

    :param seconds: Unix time
    :raises Refused: with the signer's words
    :raises TransportError: when no relay brings an answer
    """
    mine = library("nostr_sdk", "nostr").Keys.generate()
    bunker = given._replace(client=str(mine.secret_key().to_hex()))
    session.hide(bunker.client, *filter(None, (bunker.secret,)))
    said = asked(session, bunker, "connect", [bunker.signer, bunker.secret, _RIGHTS], seconds)
    if said not in ("ack", bunker.secret):
        raise Refused("it did not confirm the connection")
    user = asked(session, bunker, "get_public_key", [], seconds)
    if not _HEX.fullmatch(user):
        raise Refused("it did not say whose key it has")
    return bunker._replace(user=user, secret="")


def asked(session: "Session", bunker: Bunker, method: str, params: list[str], seconds: int) -> str:
    """Ask the signer something: its answer. Asking again is harmless: nothing is published by it.

    :raises Refused: with the signer's words
    :raises TransportError: when no relay brings an answer
    """
    failed: TransportError | None = None
    for relay in bunker.relays:
        try:
            return _asked(session, relay, bunker, method, params, seconds)
        except TransportError as error:
            failed = error
    raise failed or TransportError("the signer has no relay")


def _asked(session: "Session", relay: str, bunker: Bunker, method: str, params: list[str], seconds: int) -> str:
    sdk = library("nostr_sdk", "nostr")
    mine, signer = sdk.Keys.parse(bunker.client), sdk.PublicKey.parse(bunker.signer)
    number = secrets.token_hex(16)
    question = json.dumps({"id": number, "method": method, "params": params}, ensure_ascii=False)
    sent = events.signed(mine, _KIND, mine.nip44_encrypt(signer, question), [["p", bunker.signer]], seconds)
    listen = {"kinds": [_KIND], "#p": [str(mine.public_key().to_hex())]}
    found: list[dict[str, Any]] = []

    def ends(message: Any) -> bool:
        """Whether a message of the relay is the answer, or says that there will be none."""
        if not isinstance(message, list) or message[:1] == ["CLOSED"]:
            return True
        if message[:1] == ["OK"]:
            return message[1:3] == [sent["id"], False]
        answer = _read(message, mine, signer, bunker.signer) if message[:1] == ["EVENT"] else {}
        if answer.get("id") != number:
            return False
        found.append(answer)
        return True

    heard = _conversed(session, relay, [["REQ", "signer", listen], ["EVENT", sent]], ends)
    if not found:  # the question did not get through
        last = heard[-1] if heard and isinstance(heard[-1], list) and heard[-1] else ["nothing that can be read"]
        raise TransportError(f"{relay} says: {str(last[-1])[:200]}")
    result, error = str(found[0].get("result") or ""), str(found[0].get("error") or "")
    if result == "auth_url":
        raise WantsConsent(error)
    if error:
        raise Refused(error)
    return result


def _conversed(session: "Session", relay: str, messages: list[Any], ends: Callable[[Any], bool]) -> list[Any]:
    """Send some messages to a relay, one after the other: everything it answers until ``ends``."""
    with events.socket_of(session).until(ends):
        lines = "\n".join(json.dumps(message, ensure_ascii=False) for message in messages)
        answer = session.request("EVENT", relay, data=lines.encode())
    said = answer.json() if answer.status_code == 200 else []
    return said if isinstance(said, list) else []


def _read(message: list[Any], mine: Any, signer: Any, who: str) -> dict[str, Any]:
    """What the signer says in an event; {} when it is not from the signer, or cannot be read."""
    sdk = library("nostr_sdk", "nostr")
    try:
        event = sdk.Event.from_json(json.dumps(message[2]))
        if str(event.author().to_hex()) != who or not event.verify():
            return {}
        answer = json.loads(mine.nip44_decrypt(signer, event.content()))
    except (sdk.NostrSdkError, ValueError, IndexError, TypeError):
        return {}
    return answer if isinstance(answer, dict) else {}
