"""Bluesky: plain XRPC, without the SDK (which cannot send the ``null`` that at-most-once delivery needs).

The record and its key are stored before they are sent, and the key is the same wherever the post is sent from.
``putRecord`` with ``swapRecord: null`` writes the record once: repeating the request with the same record changes
nothing, and with another record it is refused.

Sources: github.com/bluesky-social/atproto lexicons/{app/bsky/feed/post,app/bsky/embed,com/atproto/repo}.json,
atproto.com/specs/{tid,record-key,blob}, checked 2026-11-22.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

from crosspost.compose.picture_selection import only_card
from crosspost.compose.post_link import as_uri
from crosspost.errors import AuthExpired, KeyTaken, NotSent, Rejected
from crosspost.model import (
    Abilities,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Post,
    Prepared,
    Receipt,
    Remark,
    Value,
    VideoLimits,
)
from crosspost.networks import bluesky_repository as repository
from crosspost.networks.base import Save
from crosspost.networks.bluesky_record import COLLECTION, links_of, pictures, record_of, tid
from crosspost.networks.bluesky_repository import SMALL, BlueskyUploads
from crosspost.networks.own_posts import is_ours
from crosspost.networks.post_search import moment, text
from crosspost.networks.protocols.xrpc import error_of

if TYPE_CHECKING:
    from crosspost.model.response import Responses

#: a record that has waited longer gets a new time, because clients sort by it
_FRESH = timedelta(hours=1)

Label = Literal["porn", "sexual", "nudity", "graphic-media"]


class Options(Value, frozen=True, kw_only=True):
    """``embed``: a link card with the thumbnail, or the picture itself with its alternative text; Bluesky shows only
    one of them. ``labels`` hide the post behind a warning. ``replies`` is who may answer ("": everybody), ``quotes``
    False: nobody may quote it. With ``standard_site`` each article gets a record of its
    own, to which the card refers.
    """

    embed: Literal["card", "images"] = "card"
    labels: tuple[Label, ...] = ()
    replies: Literal["", "mentioned", "following", "followers", "nobody"] = ""
    quotes: bool = True
    standard_site: bool = False
    carried: ClassVar = ("standard_site",)


class Bluesky(BlueskyUploads):
    key = "bluesky"
    name = "Bluesky"
    limits = Limits(
        text=300,
        unit="graphemes",
        also=(("utf-8", 3000),),
        # the official client allows everything but spaces, ends a tag at a joiner, and drops trailing punctuation
        hashtag_signs="·・׳״־་༌゠〜～゛゜〃\ua67e",
        hashtag_length=(("graphemes", 64), ("utf-8", 640)),
        images=ImageLimits(count=4, formats=("JPEG", "PNG"), bytes=2_000_000, alt=2000),
        # the server keeps 50 MiB at most, whatever the lexicon allows; how long a video may be is not documented, this
        # is what the app takes
        videos=VideoLimits(bytes=50_000_000, longest=180, captions=20_000, alt=1000),
        source="https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json",
        checked=date(2026, 11, 22),
    )
    # The record's key works for ever; a month is longer than any retry. If there is nothing under the key, it is not
    # out.
    abilities = Abilities(
        card="client",
        mentions="domains",
        delete=True,
        thread=True,
        idempotent_for=30 * 24 * 3600,
        absence_after=0,
        responses=("likes", "reposts", "replies", "texts"),
    )
    boosts = "crosspost.networks.bluesky_boosts:BlueskyBoosts"
    look = Look(layout="timeline", brand=("#1083fe", "#1083fe"), link=("#1083fe", "#1083fe"), short_links=True)
    Options = Options
    example = """\
# embed = "images"               # the picture itself with its alt text; without it a link card with the thumbnail
# labels = ["graphic-media"]     # hidden behind a warning: porn, sexual, nudity, graphic-media
# replies = "followers"          # who may answer: mentioned, following (whom you follow), followers, nobody; else all
# quotes = false                 # nobody may quote the post
# standard_site = true           # a record of each article, and a card that names your site: `crosspost links`
"""
    hint = "embed"
    hosts: ClassVar = ("bsky.app",)
    answers = True
    login = "crosspost.networks.logins.bluesky:BlueskyLogin"
    credentials: ClassVar = {
        "handle": "the account's handle, such as name.bsky.social",
        "app_password": "an app password (Settings > Privacy and security > App passwords)",
    }
    home = "https://bsky.social"

    def connect(self) -> Identity:
        me = self.call("GET", "com.atproto.server.getSession")
        if not me.get("did") or not me.get("handle"):
            raise NotSent(f"{self.account}: the server did not return whose session this is")
        if me.get("active") is False:
            raise AuthExpired(f"{self.account}: the account is {me.get('status') or 'not active'}")
        url = f"{self.page('https://bsky.app', '')}/profile/{me['handle']}"
        return Identity(id=str(me["did"]), handle=f"@{me['handle']}", url=url)

    def remarks(self) -> list[Remark]:
        from crosspost.networks import bluesky_rights  # for `crosspost doctor` only

        return bluesky_rights.remarks(str(self.remembered().get("access", "")), self.account)

    def compose(self, post: Post) -> Draft:
        draft = super().compose(post)
        options = self.spoken(draft)
        if draft.video is not None:
            return msgspec.structs.replace(draft, card=None)
        if draft.card is None or not as_uri(draft.card.url) or (options.embed == "images" and draft.images):
            return msgspec.structs.replace(draft, card=None)
        return only_card(draft)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        remote, draft = dict(prepared.remote), prepared.draft
        most, uploaded = self._most(draft), False
        for number, picture in enumerate(pictures(draft)):
            media = remote.get(f"media_{number}")
            if media is None or media["blob"]["size"] > most:
                remote[f"media_{number}"] = self._upload(picture, most)
                save(f"media_{number}", remote[f"media_{number}"])
                uploaded = True
        if draft.video is not None:
            uploaded = self.upload_video(draft.video, remote, save) or uploaded
        new: dict[str, Any] = {}  # only `publish` uses these, so they are written down together
        if "mentions" not in remote:
            new["mentions"] = repository.resolved(self, draft.text)
        if prepared.reply_to and "reply" not in remote:
            parent = repository.reference(self, prepared.reply_to)
            new["reply"] = {"root": repository.reference(self, prepared.root), "parent": parent}
        now = self.clock().astimezone(UTC)
        if "rkey" not in remote:
            new["rkey"] = tid(prepared.dated, prepared.handle)
        if "created" not in remote or now - datetime.fromisoformat(remote["created"]) > _FRESH:
            new["created"] = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if draft.card is not None and self.options.standard_site and "article" not in remote:
            new["article"] = self.refer(prepared, draft.card, remote, save)
        if new or uploaded or "record" not in remote:
            remote |= new
            remote["record"] = record_of(draft, remote, self.spoken(draft).labels)
            save("record", remote["record"], *new.items())
        return msgspec.structs.replace(prepared, remote=remote)

    def publish(self, prepared: Prepared) -> Receipt:
        body = {
            "repo": self.me().id,
            "collection": COLLECTION,
            "rkey": prepared.remote["rkey"],
            "record": prepared.remote["record"],
            "swapRecord": None,  # nothing may exist there yet, except this very record
        }
        options, me = self.spoken(prepared.draft), self.me().id
        path, gated = "com.atproto.repo.putRecord", bool(options.replies) or not options.quotes
        if gated:
            from crosspost.networks.bluesky_gates import writes_of  # few accounts have gates

            writes = writes_of(prepared, me, options.replies, quotes=options.quotes)
            path, body = "com.atproto.repo.applyWrites", {"repo": me, "writes": writes}  # all together or none
        try:
            answer = self.call("POST", path, irreversible=True, json=body)
        except Rejected as error:
            if "blob too big" not in str(error) or self._most(prepared.draft) <= SMALL:
                raise
            self.remember(picture_bytes=SMALL)
            message = f"{self.account}: this server accepts pictures of at most {SMALL:,} bytes"
            raise NotSent(f"{message}; the next attempt sends a smaller one") from error
        why = (prepared.remote.get("article") or {}).get("why", "")
        notes = (f"out with an ordinary card, because its article has no record: {why}",) if why else ()
        written = next(iter(answer.get("results") or ({},))) if gated else answer
        return msgspec.structs.replace(self.receipt_of(written), notes=notes)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # a key needs no clock
        record = prepared.remote.get("record")
        if record is None or record["text"] != prepared.draft.text:
            return None
        return self._at(prepared.remote["rkey"], prepared.draft)

    def look_back(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """Look under this post's key; older versions derived keys from the time, so the latest posts are searched,
        too.
        """
        rkey = str(prepared.remote.get("rkey") or tid(prepared.dated, prepared.handle))
        return self._at(rkey, prepared.draft) or self._listed(prepared, since)

    @classmethod
    def id_in(cls, url: str) -> str:
        found = re.search(r"/profile/([^/]+)/post/(\w+)", url)
        return f"at://{found[1]}/{COLLECTION}/{found[2]}" if found else ""

    def place_of(self, url: str) -> dict[str, Any]:
        """With the beginning of the thread, which a reply names too (atproto.com/blog/create-post#replies)."""
        repo, _, rkey = (self.id_in(url) or self.nowhere(url)).removeprefix("at://").split("/")
        try:
            where = {"repo": repo, "collection": COLLECTION, "rkey": rkey}
            answer = self.call("GET", "com.atproto.repo.getRecord", params=where)
        except Rejected:
            self.nowhere(url)
        uri = str(answer.get("uri") or "") or self.nowhere(url)
        above = (answer.get("value") or {}).get("reply") or {}
        return {"reply_to": uri, "root": str((above.get("root") or {}).get("uri") or uri)}

    def delete(self, receipt: Receipt) -> None:
        where = {"repo": self.me().id, "collection": COLLECTION, "rkey": receipt.id.rpartition("/")[2]}
        self.call("POST", "com.atproto.repo.deleteRecord", json=where)

    def responses(self, receipt: Receipt) -> "Responses | None":
        from crosspost.networks.bluesky_responses import DEPTH, responses_of  # a run needs none of it

        where = {"uri": receipt.id, "depth": DEPTH, "parentHeight": 0}
        try:
            answer = self.call("GET", "app.bsky.feed.getPostThread", params=where)
        except Rejected:
            if error_of(self.session.last) == "NotFound":
                return None
            raise
        if answer["thread"].get("notFound"):
            return None
        return responses_of(answer["thread"], self.me().id, self.page("https://bsky.app", ""))

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _at(self, rkey: str, draft: Draft) -> Receipt | None:
        """The record under a key; None when there is none.

        :raises KeyTaken: when it is another post
        """
        where = {"repo": self.me().id, "collection": COLLECTION, "rkey": rkey}
        try:
            answer = self.call("GET", "com.atproto.repo.getRecord", params=where)
        except Rejected:
            if error_of(self.session.last) == "RecordNotFound":
                return None
            raise
        record = answer.get("value")
        content = text(record.get("text")) if isinstance(record, dict) else None
        if isinstance(record, dict) and content is not None and not is_ours(content, draft, links=links_of(record)):
            taken = f"{self.account}: another post has our key ({answer.get('uri')})"
            raise KeyTaken(f"{taken}; it is sent again with another key")
        return self.receipt_of(answer)

    def _listed(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The newest record with this text, in the same place, that is not older than ``since``."""
        found = self.search(
            repository.records(self),
            since,
            at=lambda record: moment(record["value"].get("createdAt")),
            same=lambda record: repository.same(record["value"], prepared),
            shows=lambda record: (record["value"].get("text"), self.receipt_of(record).url),
        )
        return self.receipt_of(found) if found is not None else None

    def receipt_of(self, answer: dict[str, Any]) -> Receipt:
        if not answer.get("uri"):
            raise self.unreadable("the answer has no uri")
        uri = str(answer["uri"])
        return Receipt(id=uri, url=f"{self.me().url}/post/{uri.rpartition('/')[2]}", at=self.clock())
