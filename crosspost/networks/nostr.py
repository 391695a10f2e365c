"""Nostr: notes signed by a key of one's own, on one relay or several.

Sources: github.com/nostr-protocol/nips, 01, 09, 10, 11, 46, 92; hzrd149/blossom, BUD-02; checked 2026-11-27.

The id of a note is the hash of what it says and when, and the note is signed and stored before it is sent. A relay that
has it already says so, so a repetition is harmless, for ever.
"""

import hashlib
import mimetypes
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from crosspost.compose.picture_selection import on_the_web
from crosspost.errors import AuthExpired, DeliveryError, NotSent, Unknown
from crosspost.model import (
    Abilities,
    Doubt,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Picture,
    Post,
    Prepared,
    Receipt,
    Remark,
    Value,
)
from crosspost.networks import nostr_events as events
from crosspost.networks.base import Save
from crosspost.networks.forms import WEB, form
from crosspost.networks.library import library
from crosspost.networks.nostr_relays import Relays
from crosspost.networks.post_search import Page
from crosspost.transport.sandbox_mark import on_this_machine

if TYPE_CHECKING:
    from crosspost.networks.nostr_signers import OwnKey, RemoteSigner

_NEWEST = 500


class Options(Value, frozen=True, kw_only=True):
    """``relays`` are further relays beside ``base_url``, ``blossom`` a server that keeps pictures.

    ``viewer`` is a website that shows notes, for addresses; ``content_warning`` hides the note behind these words.
    """

    carried: ClassVar = ("relays", "blossom", "viewer")
    relays: tuple[
        Annotated[str, form(r"(?:ws|http)s?://[^\s/]+\S*", 'addresses, such as "wss://relay.example"')], ...
    ] = ()
    blossom: Annotated[str, form(WEB, 'the address of the server, such as "https://blossom.example"')] = ""
    viewer: Annotated[str, form(WEB, 'the address of the website, such as "https://njump.me"')] = "https://njump.me"
    content_warning: str = ""


class Nostr(Relays):
    key = "nostr"
    name = "Nostr"
    limits = Limits(
        text=0,
        unit="code-points",
        images=ImageLimits(count=4, formats=("JPEG", "PNG", "GIF", "WEBP")),
        source="https://github.com/nostr-protocol/nips/blob/master/11.md",
        checked=date(2026, 11, 26),
    )
    #: the id is derived from what is said, and relays know it for ever
    abilities = Abilities(
        card="crawler", delete=True, thread=True, idempotent_for=10 * 365 * 86400, absence_after=0, mentions="nothing"
    )
    doubt = Doubt(guarded="No relay shows it, so it is sent again: a relay that has it takes it only once")
    look = Look(layout="timeline", brand=("#8e30eb", "#8e30eb"), link=("#7426c4", "#c79bf2"))
    Options = Options
    example = """\
base_url = "wss://relay.example"   # the relay
# relays = ["wss://other.example"]        # and further ones; each is told about by itself
# blossom = "https://blossom.example"     # keeps your pictures; without it they stay on your site
# viewer = "https://njump.me"             # a website that shows notes
# content_warning = "…"                   # hides the note behind these words
"""
    hint = "relays"
    schemes: ClassVar = ("https", "http", "wss", "ws")
    at_root: ClassVar = False
    needs: ClassVar = {"base_url": "wss://relay.example"}
    kind: ClassVar = events.NOTE
    boosts = "crosspost.networks.nostr_boosts:NostrBoosts"
    answers = True
    login = "crosspost.networks.logins.nostr:NostrLogin"
    credentials: ClassVar = {"private_key": "the account's private key (nsec1…), or its remote signer (bunker://…)"}

    def connect(self) -> Identity:
        me = library("nostr_sdk", "nostr").PublicKey.parse(self._signer().public)
        told = self._told_by_relays()
        lengths = [limit for one in told.values() if isinstance(limit := one.get("max_content_length"), int) and limit]
        limits = msgspec.structs.replace(self.limits, text=min(lengths)) if lengths else None
        npub = str(me.to_bech32())
        url = self._shown(str(me.to_hex()) if on_this_machine(self.base_url) else npub)
        return Identity(id=str(me.to_hex()), handle=f"{npub[:12]}…", url=url, limits=limits)

    def remarks(self) -> list[Remark]:
        """What each relay asks of those who write (NIP-11), and whether a remote signer answers."""
        asks = {"payment_required": "takes notes of those who pay only", "auth_required": "wants a login of its own"}
        asks |= {
            "restricted_writes": "takes notes of some people only",
            "min_pow_difficulty": "wants proof of work for each note",
        }
        todo = "if it refuses your notes, set another relay in the config"
        return self._signs() + [
            Remark(said=f"the relay {relay} {what}", todo=todo)
            for relay, told in self._told_by_relays().items()
            for name, what in asks.items()
            if told.get(name)
        ]

    def compose(self, post: Post) -> Draft:
        """Without pictures that are nowhere on the web, unless a Blossom server takes them."""
        draft = self.composed(post)
        return draft if self.options.blossom else on_the_web(draft, "; set `blossom` to a server that keeps it")

    @property
    def uploads(self) -> bool:  # type: ignore[override]  # it depends on the settings here
        return bool(self.options.blossom)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Upload the pictures, then sign: from here on the note has its id."""
        prepared = self.uploaded(prepared, save, self._kept)
        if "event" in prepared.remote:
            return prepared
        event = self._note(prepared)
        save("event", event)
        return msgspec.structs.replace(prepared, remote={**prepared.remote, "event": event})

    def publish(self, prepared: Prepared) -> Receipt:
        event = prepared.remote["event"]
        failed = self._sent(event)
        if len(failed) == len(self._relays()):
            raise max(failed.values(), key=lambda error: (isinstance(error, Unknown), isinstance(error, NotSent)))
        return self._receipt(event["id"], tuple(f"not on every relay: {error}" for error in failed.values()))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        event = prepared.remote.get("event")
        errors: list[DeliveryError] = []
        for relay in self._relays():
            try:
                found = self._by_id(relay, event["id"]) if event else self._by_key(relay, prepared, since)
            except DeliveryError as error:
                errors.append(error)
                continue
            if found:
                return self._receipt(found)
        if errors:
            raise errors[0]
        return None

    def delete(self, receipt: Receipt) -> None:
        """Ask every relay to delete it (NIP-09); a relay need not, and others may have copies."""
        now, tags = int(self.clock().timestamp()), [["e", receipt.id], ["k", str(self.kind)]]
        request = self._signer().signed(events.DELETION, "", tags, now)
        if failed := self._sent(request, irreversible=False):
            raise next(iter(failed.values()))

    @classmethod
    def id_in(cls, url: str) -> str:
        found = re.search(r"/([0-9a-f]{64})/?$", url)
        return found[1] if found else events.number_of(url)

    def is_here(self, url: str) -> bool:
        """A note's address (NIP-21), or any website's that ends with its name (NIP-19)."""
        return bool(events.number_of(url)) or super().is_here(url)

    def place_of(self, url: str) -> dict[str, Any]:
        number, errors = self.id_in(url) or self.nowhere(url), []
        for relay in self._relays():
            try:
                found = next((one for one in self._asked(relay, ids=[number]) if one.get("id") == number), None)
            except DeliveryError as error:
                errors.append(error)
                continue
            if found is not None:
                root = {"root": above} if (above := events.root_of(found)) else {}
                return {"reply_to": number, "answered": str(found.get("pubkey") or "")} | root
        raise errors[0] if errors else self.missing(url)

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _signer(self) -> "OwnKey | RemoteSigner":
        """Who signs for this account."""
        from crosspost.networks.nostr_signers import OwnKey, RemoteSigner  # composing signs nothing

        secret = self.secret("private_key")
        try:
            return RemoteSigner(self, secret) if secret.startswith("bunker:") else OwnKey(secret)
        except ValueError as error:
            raise AuthExpired(f"{self.account}: {error}") from None

    def _signs(self) -> list[Remark]:
        """What is wrong with the remote signer, when there is one."""
        from crosspost.networks.nostr_signers import RemoteSigner

        signer = self._signer()
        try:
            if isinstance(signer, RemoteSigner):
                signer.asked("ping")
        except DeliveryError as error:
            return [Remark(said=str(error).removeprefix(f"{self.account}: ").rstrip(".?"), weight="fail")]
        return []

    def _by_id(self, relay: str, number: str) -> str | None:
        found = self._asked(relay, ids=[number])
        if found and all(one.get("id") != number for one in found):
            raise Unknown(f"{self.account}: {relay} answered with a note without its id")
        return number if found else None

    def _by_key(self, relay: str, prepared: Prepared, since: datetime) -> str | None:
        """The note with the delivery's key, among the newest of ours."""
        start = int(self.search_start(since).timestamp())
        asked = {"authors": [self.me().id], "kinds": [self.kind], "since": start, "limit": _NEWEST}

        def pages() -> Iterator[Page]:
            found = self._asked(relay, **asked)
            yield Page(found, more=len(found) >= _NEWEST)

        found = self.search(
            pages(),
            since,
            at=_time,
            same=lambda one: _has_key(one, prepared.handle),
            shows=lambda one: (one.get("content"), self._receipt(self.id_of(one)).url),
        )
        return str(self.id_of(found)) if found else None

    def _note(self, prepared: Prepared) -> dict[str, Any]:
        """The signed note of a delivery."""
        draft, signer = prepared.draft, self._signer()
        shown = [(prepared.remote[f"media_{n}"], picture.alt) for n, picture in enumerate(draft.images)]
        pictures = [(url, _imeta(url, alt)) for url, alt in shown]
        tags = events.tags_of(
            draft,
            key=prepared.handle,
            warning=self.spoken(draft).content_warning,
            me=signer.public,
            reply_to=prepared.reply_to,
            root=prepared.root,
            author=str(prepared.remote.get("answered", "")),
        )
        tags += [tag for _, tag in pictures if len(tag) > 2]  # NIP-92 wants something beside the address
        seconds = int(self.clock().timestamp())
        return signer.signed(events.NOTE, events.content_of(draft, pictures), tags, seconds)

    def _kept(self, picture: Picture) -> str:
        """The public address of a picture: on a Blossom server (BUD-02), or on the site."""
        if not (server := self.options.blossom.rstrip("/")):
            return picture.url
        fitted = self.fitted(picture)
        digest = hashlib.sha256(fitted.data).hexdigest()
        token = events.permission(self._signer(), digest, int(self.clock().timestamp()))
        headers = {"Authorization": token, "Content-Type": fitted.mime, "X-SHA-256": digest}
        with self.talking():
            answer = self.session.put(f"{server}/upload", data=fitted.data, headers=headers)
            answer.raise_for_status()
            return str(answer.json()["url"])

    def _shown(self, number: str) -> str:
        """The address at which people see a note or an account."""
        home = f"{events.as_web(self.base_url)}" if on_this_machine(self.base_url) else self.options.viewer.rstrip("/")
        return f"{home}/{number}"

    def _receipt(self, number: str, notes: tuple[str, ...] = ()) -> Receipt:
        shown = number
        if not on_this_machine(self.base_url):
            shown = str(library("nostr_sdk", "nostr").EventId.parse(number).to_bech32())
        return Receipt(id=number, url=self._shown(shown), at=self.clock(), notes=notes)


def _imeta(url: str, alt: str) -> list[str]:
    mime = mimetypes.guess_type(url)[0]
    more = [f"m {mime}"] if mime else []
    return ["imeta", f"url {url}", *more, *([f"alt {' '.join(alt.split())}"] if alt else [])]


def _time(event: dict[str, Any]) -> datetime | None:
    seconds = event.get("created_at")
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def _has_key(event: dict[str, Any], key: str) -> bool | None:
    """Whether a note has this delivery's key; None where it lacks its tags."""
    tags = event.get("tags")
    return [events.KEY, key] in tags if isinstance(tags, list) else None
