"""Mastodon and servers with a compatible API, through Mastodon.py.

Sources: docs.joinmastodon.org (entities/Instance, methods/{statuses,media,instance}), checked 2026-11-22.
"""

import re
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

from crosspost.errors import KeyTaken, Rejected, Unknown, Unsupported
from crosspost.model import (
    Abilities,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Poll,
    PollLimits,
    Post,
    Prepared,
    Receipt,
    Remark,
    Value,
    VideoLimits,
)
from crosspost.networks.base import Save
from crosspost.networks.drafting import shown
from crosspost.networks.mastodon_flavours import abilities_of, flavour_of, of_kind
from crosspost.networks.mastodon_server import limits_of
from crosspost.networks.mastodon_timeline import MastodonTimeline
from crosspost.networks.own_posts import is_ours, links_in
from crosspost.networks.post_search import moment, plain, text

if TYPE_CHECKING:
    from crosspost.model.response import Responses


class Options(Value, frozen=True, kw_only=True):
    """``visibility`` "" is the account's default; a ``content_warning`` hides text and pictures.
    ``quotes`` is who may quote the post, since Mastodon 4.5; "" is the account's default."""

    visibility: Literal["", "public", "unlisted", "private", "direct"] = ""
    content_warning: str = ""
    sensitive: bool = False
    quotes: Literal["", "public", "followers", "nobody"] = ""


class Mastodon(MastodonTimeline):
    key = "mastodon"
    name = "Mastodon"
    limits = Limits(
        text=500,
        unit="mastodon",
        also=(
            ("code-points", 500),
        ),  # GoToSocial and others count plain characters; keeping both limits satisfies every server
        url_length=23,
        hashtag_signs="·・\u200c",  # github.com/mastodon/mastodon, app/models/tag.rb
        images=ImageLimits(
            count=4, formats=("JPEG", "PNG", "GIF", "WEBP"), bytes=16 * 1024 * 1024, pixels=33_177_600, alt=1500
        ),
        polls=PollLimits(options=4, characters=50, shortest=300, longest=2_629_746, multiple=True),
        videos=VideoLimits(
            containers=("MP4", "MOV", "WebM", "GIF"),
            codecs=("H.264", "HEVC", "VP8", "VP9", "AV1", "MPEG-4"),  # the server converts
            audio=("AAC", "MP3", "Opus", "Vorbis"),
            bytes=99 * 1024 * 1024,
            gif_bytes=16 * 1024 * 1024,
            pixels=8_294_400,
            rate=120,
            poster=("own", "picture"),
            alt=1500,
        ),
        source="https://docs.joinmastodon.org/entities/Instance/",
        checked=date(2026, 11, 22),
    )
    abilities = Abilities(
        card="crawler",
        edit=True,
        delete=True,
        thread=True,
        idempotent_for=3000,
        absence_after=60,
        mentions="fediverse",
        responses=("likes", "reposts", "replies", "texts"),
    )  # servers keep the key for 3600 s; the rest is a margin for clocks
    boosts = "crosspost.networks.mastodon_boosts:MastodonBoosts"
    look = Look(
        layout="timeline",
        brand=("#6364ff", "#6364ff"),
        link=("#563acc", "#a5a9ff"),
        avatar="square",
        short_links=True,
    )
    Options = Options
    edits = ("content_warning", "sensitive")
    example = """\
base_url = "https://mastodon.social"   # your server
# visibility = "unlisted"        # public, unlisted, private or direct; without it the account's own default
# content_warning = "…"          # hides text and pictures behind these words
# sensitive = false              # hides the pictures
# quotes = "followers"           # who may quote it: public, followers or nobody; Mastodon 4.5 and newer
"""
    hint = "visibility"
    ids_of_server = True
    answers = True
    login = "crosspost.networks.logins.mastodon:MastodonLogin"
    credentials: ClassVar = {
        "access_token": "an access token (Preferences > Development > New application; "
        "scopes write:statuses write:media read:statuses profile)",
    }

    def connect(self) -> Identity:
        client = self._client()
        with self.talking():
            me = client.account_verify_credentials()
        instance = self._instance()
        software, version = self._software()
        flavour = flavour_of(software, instance)
        able = abilities_of(flavour, self.abilities)
        return Identity(
            id=str(me["id"]),
            handle=f"@{me['acct']}",
            url=str(me.get("url") or ""),
            server=f"{flavour.name} {version or instance.get('version', '')}".strip(),
            limits=of_kind(limits_of(instance, self.limits), flavour),
            abilities=able if able != self.abilities else None,
        )

    def compose(self, post: Post) -> Draft:
        """Says what the kind of server does with the settings.

        :raises Unsupported: for a visibility, or a rule for quotes, that kind of server does not have
        """
        draft, flavour = self.composed(post), self._flavour()
        options = self.spoken(draft)
        if options.visibility and options.visibility not in flavour.visibilities:
            raise Unsupported(f"{self.account}: {flavour.name} has no `visibility` “{options.visibility}”")
        if options.quotes and not flavour.quotes:
            raise Unsupported(f"{self.account}: {flavour.name} has no `quotes`; remove it")
        if options.content_warning and flavour.warning_is_title:
            said = f"{flavour.name} shows the content warning as the post's title and hides nothing"
            return msgspec.structs.replace(draft, warnings=(*draft.warnings, said))
        return draft

    def remarks(self) -> list[Remark]:
        from crosspost.networks.mastodon_rights import bot_rule, missing_scopes  # for `crosspost doctor` only

        with self.talking():
            me = self._client().account_verify_credentials()
        return [*missing_scopes(self._app(), self.account), *bot_rule(me, self._instance())]

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        return self.uploaded(prepared, save, self._upload, self._await, self._upload_video)

    def publish(self, prepared: Prepared) -> Receipt:
        draft = prepared.draft
        options = self.spoken(draft)
        media = [prepared.remote[f"media_{n}"] for n in range(shown(draft))]
        with self.talking(irreversible=True):
            status = self._client(typed=False).status_post(
                draft.text,
                in_reply_to_id=prepared.reply_to or None,
                media_ids=media or None,
                sensitive=options.sensitive,
                visibility=options.visibility or None,
                spoiler_text=options.content_warning or None,
                quote_approval_policy=options.quotes or None,
                poll=_poll(draft.poll) if draft.poll is not None else None,
                language=_iso_639(draft.language),
                idempotency_key=prepared.handle if self.able.idempotent_for else None,
            )
        self._check(status, prepared)
        return self._receipt(status)

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # part of the shape
        """Changes text, warning, language, pictures and their descriptions, but not the visibility.

        :raises Unsupported: for a post with a poll: an edit takes the poll along, or begins its time anew
        """
        draft = prepared.draft
        if draft.poll is not None:
            raise Unsupported(f"{self.account}: a post with a poll is not changed: its votes would be lost")
        options = self.spoken(draft)
        media = [prepared.remote.get(f"media_{n}") or "" for n in range(shown(draft))]
        if not all(media):  # nothing was uploaded for this change: keep the existing pictures
            with self.talking():
                media = [str(item["id"]) for item in self._client().status(receipt.id)["media_attachments"]]
        alts = [draft.video.alt] if draft.video is not None else [picture.alt for picture in draft.images]
        fields = {
            "status": draft.text,
            "spoiler_text": options.content_warning,
            "sensitive": options.sensitive,
            "language": _iso_639(draft.language),
            "media_ids": media,  # without them the server removes the pictures
            "media_attributes": [{"id": item, "description": alt} for item, alt in zip(media, alts, strict=False)],
        }
        # not with the library: its status_update raises TypeError for media_ids together with media_attributes
        token = {"Authorization": f"Bearer {self.secret('access_token')}"}
        with self.talking():
            answer = self.session.put(f"{self.base_url}/api/v1/statuses/{receipt.id}", json=fields, headers=token)
            answer.raise_for_status()
        return receipt

    @classmethod
    def id_in(cls, url: str) -> str:
        """A number, a ULID (GoToSocial) or a flake id (Akkoma); Friendica's addresses have other ids than its API."""
        found = re.search(r"/(\d+|0[0-9A-HJKMNP-TV-Z]{25}|[A-Z][0-9A-Za-z]{17})/?$", url)
        return found[1] if found and "/display/" not in url else ""

    def is_here(self, url: str) -> bool:
        from crosspost.networks.mastodon_answers import is_status

        return is_status(url)

    def place_of(self, url: str) -> dict[str, Any]:
        from crosspost.networks.mastodon_answers import place  # few posts answer another

        return place(self, url)

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._client().status_delete(receipt.id)

    def responses(self, receipt: Receipt) -> "Responses | None":
        """Without replies that only some may see."""
        from crosspost.networks.mastodon_responses import responses_of  # a run needs none of it

        try:
            with self.talking():
                status = self._client().status(receipt.id)
                return responses_of(status, self._client().status_context(receipt.id), self.me().id)
        except Rejected:
            if self.gone():
                return None
            raise

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _check(self, status: Any, prepared: Prepared) -> None:
        """Check that the returned status is ours: a server that knows our key returns the status it has under it.

        :raises KeyTaken: for an older status of another post
        :raises Unknown: for another status that was posted just now
        """
        content, at = text(status.get("content")), moment(status.get("created_at"))
        if not content or is_ours(plain(content), prepared.draft, links=links_in(content)):
            return
        message = f"{self.account}: the server responded with another post ({status.get('url') or status.get('id')})"
        if at is not None and at < self.search_start(prepared.begun or self.clock()):
            raise KeyTaken(f"{message}, which has our key; it is sent again with another key")
        raise Unknown(f"{message} than was sent")


def _poll(poll: Poll) -> dict[str, Any]:
    return {"options": list(poll.options), "expires_in": poll.seconds, "multiple": poll.multiple}


def _iso_639(language: str) -> str | None:
    """``de-DE`` → ``de``: the server only accepts ISO 639-1."""
    return language.split("-", maxsplit=1)[0].lower() or None
