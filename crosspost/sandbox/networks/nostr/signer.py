"""A remote signer beside the Nostr stand-in, with a relay of its own at ``/nostr/bunker`` (NIP-46).

It has the private keys of the sandbox's accounts. Events of its kind are not kept: only who listens hears them.
"""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from crosspost.sandbox.core.http_messages import Malformed, Reply, Request
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.nostr import nip44, schnorr

Event = dict[str, Any]
KIND = 24133
_EVENT = {"id": str, "pubkey": str, "created_at": int, "kind": int, "tags": list, "content": str, "sig": str}
_HEX = re.compile(r"[0-9a-f]{64}")
#: a clock that is further ahead than this is refused; the later of the sandbox's time and this machine's counts
_AHEAD = timedelta(minutes=15)
_FIELDS = ("kind", "content", "tags", "created_at", "pubkey")


class Refusal(Exception):
    """The signer's words."""


class Signer(StandIn):
    """``signer`` in the settings: "on"; or "silent" (no answer), "refuses", "consent" (wants a page to be opened),
    "forges" (signs another text).
    """

    key: ClassVar = "nostr"

    def genuine(self, event: Event, request: Request) -> None:
        """Check an event's form, id and signature.

        :raises Malformed: when it is not genuine
        """
        if any(type(event.get(name)) is not kind for name, kind in _EVENT.items()) or len(event) != len(_EVENT):
            raise Malformed("invalid: an event has seven fields")
        if not all(isinstance(tag, list) and all(isinstance(part, str) for part in tag) for tag in event["tags"]):
            raise Malformed("invalid: tags are lists of texts")
        content = [0, *(event[name] for name in ("pubkey", "created_at", "kind", "tags", "content"))]
        digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
        if digest.hexdigest() != event["id"]:
            raise Malformed("invalid: the id is not the hash of the event")
        if not _HEX.fullmatch(event["pubkey"]) or not schnorr.verified(event["pubkey"], digest.digest(), event["sig"]):
            raise Malformed("invalid: bad signature")
        if datetime.fromtimestamp(event["created_at"], UTC) > max(request.now, datetime.now(UTC)) + _AHEAD:
            raise Malformed("invalid: the event is from the future")

    def bunker(self, account: Account, base_url: str) -> str:
        """The address with which a program connects to the signer; its secret is good for one connection."""
        relay = base_url.replace("http", "ws", 1) + "/nostr/bunker"
        secret = self._signer_secret(account)
        return f"bunker://{self._signer_public(account)}?relay={quote(relay, safe='')}&secret={secret}"

    @route("GET", "/nostr/bunker")
    def addresses(self, request: Request) -> Reply:
        """The addresses, for people who try it out."""
        accounts = [one for one in self.store.accounts.values() if one.network == self.key]
        lines = [f"{one.display_name}: {self.bunker(one, request.base_url)}" for one in accounts]
        return Reply(200, "\n".join(lines).encode(), "text/plain; charset=utf-8")

    @route("REQ", "/nostr/bunker")
    def listen(self, request: Request) -> Reply:
        """Somebody listens for answers to a key."""
        message = json.loads(request.body)
        if len(message) != 3 or only(message[2], ("kinds", "#p")) or message[2].get("kinds") != [KIND]:
            raise Malformed("here one listens for answers of the signer only")
        for client in message[2].get("#p", []):
            self.store.memory[self.key, "listening", client] = message[1]
        return Reply.json([["AUTH", "a challenge that nobody has to answer here"], ["EOSE", message[1]]])

    @route("EVENT", "/nostr/bunker")
    def question(self, request: Request) -> Reply:
        """A question to the signer, and its answer for who listens."""
        event = json.loads(request.body)[1]
        try:
            self.genuine(event, request)
            account = self._asked(event)
        except Malformed as malformed:
            return Reply.json([["OK", str(event.get("id")), False, str(malformed)]])
        request.account = account.name
        taken = ["OK", event["id"], True, ""]
        name = self.store.memory.pop((self.key, "listening", event["pubkey"]), None)
        if name is None or self.settings["signer"] == "silent":
            return Reply.json([taken])
        return Reply.json([taken, ["EVENT", name, self._answered(event, account, request)]])

    # ── the signer ────────────────────────────────────────────────────────────────────────────────────────────────

    def _asked(self, event: Event) -> Account:
        named = [tag[1] for tag in event["tags"] if tag[0] == "p"]
        if event["kind"] != KIND:
            raise Malformed("blocked: only questions to the signer here")
        for account in self.store.accounts.values():
            if account.network == self.key and named == [self._signer_public(account)]:
                return account
        raise Malformed("blocked: no signer has this key")

    def _answered(self, event: Event, account: Account, request: Request) -> Event:
        key = nip44.conversation_key(self._signer_private(account), event["pubkey"])
        question = json.loads(nip44.decrypt(key, event["content"]))
        if strange := only(question, ("id", "method", "params")):
            raise Malformed(f"the sandbox does not know {strange[0]} in a question to the signer")
        answer = {"id": question["id"], "result": "", "error": ""}
        try:
            answer["result"] = self._result(question["method"], question["params"], event["pubkey"], account)
        except Refusal as refusal:
            answer["error"] = str(refusal)
        if self.settings["signer"] == "consent":
            answer |= {"result": "auth_url", "error": f"{request.base_url}/nostr/agree"}
        nonce = hashlib.sha256(event["id"].encode()).digest()  # a question has one answer
        content = nip44.encrypt(key, nonce, json.dumps(answer))
        told = {"kind": KIND, "content": content, "tags": [["p", event["pubkey"]]]}
        return _signed(told | {"created_at": int(request.now.timestamp())}, self._signer_private(account))

    def _result(self, method: str, params: list[str], client: str, account: Account) -> str:
        if self.settings["signer"] == "refuses":
            raise Refusal("user rejected")
        if method == "connect":
            return self._connect(params, client, account)
        if (rights := self.store.memory.get((self.key, "connected", account.name, client))) is None:
            raise Refusal("unauthorized: connect first")
        if method == "ping":
            return "pong"
        if method == "get_public_key":
            return schnorr.public_key(account.credentials["private_key"])
        if method != "sign_event":
            raise Refusal(f"unknown method {method}")
        return self._sign(json.loads(params[0]), rights, account)

    def _connect(self, params: list[str], client: str, account: Account) -> str:
        signer, secret, rights = (*params, "", "", "")[:3]
        used = self.store.memory.setdefault((self.key, "used"), set())
        if signer != self._signer_public(account) or secret != self._signer_secret(account) or secret in used:
            raise Refusal("invalid secret")
        used.add(secret)
        self.store.memory[self.key, "connected", account.name, client] = rights.split(",")
        return "ack"

    def _sign(self, wanted: Event, rights: list[str], account: Account) -> str:
        me = schnorr.public_key(account.credentials["private_key"])
        if only(wanted, _FIELDS) or wanted.get("pubkey", me) != me:
            raise Refusal("invalid event")
        if f"sign_event:{wanted.get('kind')}" not in rights:
            raise Refusal(f"no permission for kind {wanted.get('kind')}")
        if self.settings["signer"] == "forges":
            wanted["content"] = "something else"
        return json.dumps(_signed(wanted, account.credentials["private_key"]))

    def _signer_private(self, account: Account) -> str:
        return hashlib.sha256(self.store.token(self.key, account.name, "signer").encode()).hexdigest()

    def _signer_public(self, account: Account) -> str:
        return schnorr.public_key(self._signer_private(account))

    def _signer_secret(self, account: Account) -> str:
        return hashlib.blake2s(self.store.token(self.key, account.name, "secret").encode(), digest_size=8).hexdigest()


def _signed(event: Event, private: str) -> Event:
    whole = event | {"pubkey": schnorr.public_key(private)}
    content = [0, *(whole[name] for name in ("pubkey", "created_at", "kind", "tags", "content"))]
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
    return whole | {"id": digest.hexdigest(), "sig": schnorr.signature(private, digest.digest())}
