"""Mastodon and the servers that speak its language, through Mastodon.py.

Sources: docs.joinmastodon.org (entities/Instance, methods/{statuses,media,instance}), checked 2026-11-22.
"""

import re
from datetime import date, datetime
from typing import Any, ClassVar, Literal

import msgspec

from crosspost.errors import KeyTaken, NotSent, Rejected, Unknown
from crosspost.model import Abilities, Draft, Identity, ImageLimits, Limits, Picture, Prepared, Receipt, Value
from crosspost.networks.base import Network, Save, library, reached, recently
from crosspost.networks.ours import is_ours, links_in, plain

#: statuses of one list
_LOOKED_AT = 40
#: servers that keep no idempotency key (GoToSocial, snac) or forget the post when they refuse it (Pixelfed)
_WITHOUT_KEY = ("gotosocial", "snac", "pixelfed")


class Options(Value, frozen=True, kw_only=True):
    """``visibility`` "" is the account's own default; a ``content_warning`` hides text and pictures."""

    visibility: Literal["", "public", "unlisted", "private", "direct"] = ""
    content_warning: str = ""
    sensitive: bool = False


class Mastodon(Network):
    key = "mastodon"
    name = "Mastodon"
    limits = Limits(
        text=500,
        unit="mastodon",
        also=(("code-points", 500),),  # GoToSocial and other relatives count raw; within both, every server accepts it
        url_length=23,
        images=ImageLimits(
            count=4, formats=("JPEG", "PNG", "GIF", "WEBP"), bytes=16 * 1024 * 1024, pixels=33_177_600, alt=1500
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
    )  # the key is kept 3600 s; the rest is margin for clocks
    Options = Options
    edits = ("content_warning", "sensitive")
    hint = '# visibility = "unlisted"      # public, unlisted, private or direct; else the account\'s own default'
    ids_of_server = True
    credentials: ClassVar = {"access_token": "an access token (Preferences > Development > your application)"}

    def connect(self) -> Identity:
        client = self._client()
        with self.talking():
            me = client.account_verify_credentials()
        with self.talking():
            instance: dict[str, Any] = dict(client.instance_v2())
        software = f"{instance.get('title', '')} {instance.get('source_url', '')} {instance.get('version', '')}".lower()
        keyless = any(name in software for name in _WITHOUT_KEY)
        return Identity(
            id=str(me["id"]),
            handle=f"@{me['acct']}",
            url=str(me.get("url") or ""),
            server=str(instance.get("version", "")),
            limits=_limits(instance.get("configuration") or {}, self.limits),
            abilities=msgspec.structs.replace(self.abilities, idempotent_for=0) if keyless else None,
        )

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        return self.uploaded(prepared, save, self._upload, self._await)

    def publish(self, prepared: Prepared) -> Receipt:
        draft = prepared.draft
        options = msgspec.convert(draft.options, Options)
        media = [prepared.remote[f"media_{n}"] for n in range(len(draft.images))]
        with self.talking(irreversible=True):
            status = self._client().status_post(
                draft.text,
                in_reply_to_id=prepared.reply_to or None,
                media_ids=media or None,
                sensitive=options.sensitive,
                visibility=options.visibility or None,
                spoiler_text=options.content_warning or None,
                language=_iso_639(draft.language),
                idempotency_key=prepared.handle,
            )
        self._check(status, prepared)
        return self._receipt(status)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        client = self._client()
        with self.talking():
            statuses = client.account_statuses(self.me().id, exclude_reblogs=True, limit=_LOOKED_AT)
        for status in statuses:
            answers = str(status.get("in_reply_to_id") or "") == prepared.reply_to
            if status["created_at"] >= recently(since) and answers and self._same(status, prepared.draft):
                return self._receipt(status)
        reached(len(statuses), _LOOKED_AT, statuses[-1]["created_at"] if statuses else None, since)
        return None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # part of the shape
        """Changes text, warning, language, pictures and their descriptions; the visibility stays."""
        draft = prepared.draft
        options = msgspec.convert(draft.options, Options)
        media = [prepared.remote.get(f"media_{n}") or "" for n in range(len(draft.images))]
        if not all(media):  # nothing was uploaded for this change: the pictures that are there stay
            with self.talking():
                media = [str(one["id"]) for one in self._client().status(receipt.id)["media_attachments"]]
        said = {
            "status": draft.text,
            "spoiler_text": options.content_warning,
            "sensitive": options.sensitive,
            "language": _iso_639(draft.language),
            "media_ids": media,  # without them the server takes the pictures away
            "media_attributes": [
                {"id": one, "description": picture.alt} for one, picture in zip(media, draft.images, strict=False)
            ],
        }
        # not by the library: its status_update raises TypeError on media_ids together with media_attributes
        token = {"Authorization": f"Bearer {self.secret('access_token')}"}
        with self.talking():
            answer = self.session.put(f"{self.base_url}/api/v1/statuses/{receipt.id}", json=said, headers=token)
            answer.raise_for_status()
        return receipt

    @classmethod
    def id_in(cls, url: str) -> str:
        found = re.search(r"/(\w+)/?$", url)
        return found[1] if found else ""

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._client().status_delete(receipt.id)

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _client(self) -> Any:
        # A version and "created": otherwise media_post asks for the instance first and, when that fails, recurses
        # some 490 times. "throw": the default sleeps until the rate limit ends.
        return library("mastodon", "mastodon").Mastodon(
            access_token=self.secret("access_token"),
            api_base_url=self.base_url,
            session=self.session,
            ratelimit_method="throw",
            mastodon_version="4.5.0",
            version_check_mode="created",
            user_agent=self.session.headers["User-Agent"],
        )

    def _upload(self, picture: Picture) -> str:
        fitted = self.fitted(picture)
        with self.talking():
            media = self._client().media_post(
                fitted.data, mime_type=fitted.mime, description=picture.alt or None, file_name="picture"
            )
        if not media.get("id"):
            raise NotSent(f"{self.account}: the server took the picture but gave it no id")
        return str(media["id"])

    def _await(self, media_id: str) -> None:
        """Wait until the server has processed a picture: 206 means not yet (docs: methods/media)."""
        for pause in (0, 1, 2, 4, 8, 15):
            self.sleep(pause)
            with self.talking():
                media = self._client().media(media_id)
            if media.get("url"):
                return
        raise NotSent(f"{self.account}: the server is still processing the picture")

    def _same(self, status: Any, draft: Draft) -> bool:
        try:
            with self.talking():
                source = self._client().status_source(status["id"])
        except (NotSent, Rejected):  # a server without that end point: the link tells
            return bool(draft.link) and draft.link in str(status["content"])
        return str(source["text"]).strip() == draft.text.strip()

    def _check(self, status: Any, prepared: Prepared) -> None:
        """A server that knows our key answers with what it has under it, which must be ours.

        :raises KeyTaken: for an older status of another post
        :raises Unknown: for one that was posted just now, whatever it says
        """
        content, at = str(status.get("content") or ""), status.get("created_at")
        if not content or is_ours(plain(content), prepared.draft, links=links_in(content)):
            return
        said = f"{self.account}: the server answered with another post ({status.get('url') or status.get('id')})"
        if isinstance(at, datetime) and at < recently(prepared.begun or self.clock()):
            raise KeyTaken(f"{said}, which has our key; it is sent with another key")
        raise Unknown(f"{said} than was sent")

    def _receipt(self, status: Any) -> Receipt:
        if not status.get("id"):
            raise self.unreadable("the answer has no id")
        return Receipt(id=str(status["id"]), url=str(status.get("url") or ""), at=self.clock())


def _limits(configuration: dict[str, Any], standard: Limits) -> Limits:
    """The limits a server tells (docs: entities/Instance, ``configuration``); what it does not tell stays."""
    statuses = configuration.get("statuses") or {}
    media = configuration.get("media_attachments") or {}
    text = int(statuses.get("max_characters") or standard.text)
    images = standard.images
    known = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
    formats = tuple(known[mime] for mime in media.get("supported_mime_types") or () if mime in known)
    return msgspec.structs.replace(
        standard,
        text=text,
        also=(("code-points", text),),
        url_length=int(statuses.get("characters_reserved_per_url") or standard.url_length),
        images=msgspec.structs.replace(
            images,
            count=int(statuses.get("max_media_attachments") or images.count),
            formats=formats or images.formats,
            bytes=int(media.get("image_size_limit") or images.bytes),
            pixels=int(media.get("image_matrix_limit") or images.pixels),
            alt=int(media.get("description_limit") or images.alt),
        ),
    )


def _iso_639(language: str) -> str | None:
    """``de-DE`` → ``de``: the server takes ISO 639-1 only."""
    return language.split("-", maxsplit=1)[0].lower() or None
