"""Misskey and its relatives with the same API: Sharkey, Firefish, Iceshrimp.

Sources: misskey-hub.net API reference (notes/create, notes/delete, users/notes, drive/files/create, meta, i), and
misskey-dev/misskey; checked 2026-11-25. There is no key against repetition, so the account's own notes tell whether a
note is out.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

from crosspost.errors import AuthExpired, DeliveryError, RateLimited, Rejected
from crosspost.model import (
    Abilities,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Picture,
    PollLimits,
    Prepared,
    Receipt,
    Remark,
    Value,
)
from crosspost.networks.base import Network, Save
from crosspost.networks.post_search import Page, moment, same_words, text
from crosspost.transport.exchange import Exchange
from crosspost.transport.rate_limits import retry_at

if TYPE_CHECKING:
    from crosspost.model.response import Responses

_LOGIN = ("AUTHENTICATION_FAILED", "CREDENTIAL_REQUIRED", "YOUR_ACCOUNT_SUSPENDED", "YOUR_ACCOUNT_MOVED")
_RIGHTS = ("PERMISSION_DENIED", "ROLE_PERMISSION_DENIED", "ACCESS_DENIED")


class Options(Value, frozen=True, kw_only=True):
    """``visibility`` is who sees the note, ``content_warning`` stands before a text that is folded away.

    ``sensitive`` hides the pictures until they are clicked; ``local_only`` keeps the note on its server.
    """

    visibility: Literal["public", "home", "followers"] = "public"
    content_warning: str = ""
    sensitive: bool = False
    local_only: bool = False


class Misskey(Network):
    key = "misskey"
    name = "Misskey"
    limits = Limits(
        text=3000,
        unit="code-points",
        images=ImageLimits(
            count=16, formats=("JPEG", "PNG", "GIF", "WEBP"), bytes=10_000_000, max_width=4096, max_height=4096, alt=512
        ),
        # packages/backend/src/server/api/endpoints/notes/create.ts; there is no longest. NoteCreateService reads the
        # answers, too, for whom they mention
        polls=PollLimits(
            options=10, characters=50, shortest=60, longest=31_536_000, multiple=True, with_images=True, mentions=True
        ),
        source="https://github.com/misskey-dev/misskey/blob/develop/packages/backend/src/const.ts",
        checked=date(2026, 11, 25),
    )
    abilities = Abilities(
        card="crawler",
        delete=True,
        thread=True,
        absence_after=60,
        mentions="fediverse",
        responses=("likes", "reposts", "replies", "texts"),
    )
    boosts = "crosspost.networks.misskey_boosts:MisskeyBoosts"
    look = Look(layout="timeline", brand=("#86b300", "#86b300"), link=("#1f7891", "#5dbbd8"))
    Options = Options
    ids_of_server = True
    example = """\
base_url = "https://misskey.example"
# visibility = "home"            # public, home (not in the public timelines), followers
# content_warning = "Politics"
# sensitive = true               # pictures are shown after a click
# local_only = true              # not to other servers
"""
    hint = "visibility"
    needs: ClassVar = {"base_url": "https://misskey.example"}
    login = "crosspost.networks.logins.misskey:MisskeyLogin"
    credentials: ClassVar = {"access_token": "an access token with write:notes, write:drive and read:account"}

    def connect(self) -> Identity:
        with self.talking():
            me, server = self.call("i"), self.call("meta", detail=False)
            name = str(me["username"])
            return Identity(
                id=str(me["id"]),
                handle=f"@{name}",
                url=f"{self.page(self.base_url, '/misskey')}/@{name}",
                server=f"{server.get('name') or 'Misskey'} {server.get('version') or ''}".strip(),
                limits=_limits(server, self.limits),
            )

    def remarks(self) -> list[Remark]:
        """Which rights the token has, Misskey does not tell; what the account's role allows, it does."""
        with self.talking():
            policies = self.call("i").get("policies")
        allowed = policies.get("canPublicNote", True) if isinstance(policies, dict) else True
        if allowed is not False or self.options.visibility != "public":
            return []
        said = "the server shows its public notes to followers and on its own page only (visibility “home”)"
        return [Remark(said=said, todo="ask who runs the server why the account is silenced")]

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        sensitive = self.spoken(prepared.draft).sensitive
        return self.uploaded(prepared, save, lambda picture: self._upload(picture, sensitive=sensitive))

    def publish(self, prepared: Prepared) -> Receipt:
        draft, options = prepared.draft, self.spoken(prepared.draft)
        note: dict[str, Any] = {"text": draft.text, "visibility": options.visibility}
        if options.local_only:
            note["localOnly"] = True
        if options.content_warning:
            note["cw"] = options.content_warning
        if draft.images:
            note["fileIds"] = [prepared.remote[f"media_{number}"] for number in range(len(draft.images))]
        if (poll := draft.poll) is not None:
            timed = {"expiredAfter": poll.seconds * 1000}
            note["poll"] = {"choices": list(poll.options), "multiple": poll.multiple} | timed
        if prepared.reply_to:
            note["replyId"] = prepared.reply_to
        with self.talking(irreversible=True):
            return self.receipt_of(self.call("notes/create", **note)["createdNote"])

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The newest note with this text, in the same place, that is not older than ``since``."""
        with self.talking():
            found = self.search(
                self.notes(),
                since,
                at=lambda note: moment(note.get("createdAt")),
                same=lambda note: _is(note, prepared),
                shows=lambda note: (note.get("text"), self.receipt_of(note).url),
            )
        return self.receipt_of(found) if found is not None else None

    def delete(self, receipt: Receipt) -> None:
        try:
            with self.talking():
                self.call("notes/delete", noteId=receipt.id)
        except Rejected:
            if _code(self.session.last) != "NO_SUCH_NOTE":
                raise

    def responses(self, receipt: Receipt) -> "Responses | None":
        """Without replies that only some may see."""
        from crosspost.networks.misskey_responses import responses_of  # a run needs none of it

        me = self.me().id
        try:
            with self.talking():
                note = self.call("notes/show", noteId=receipt.id)
                return responses_of(note, lambda **asked: self.call("notes/replies", **asked), me, self.base_url)
        except Rejected:
            if _code(self.session.last) == "NO_SUCH_NOTE":
                return None
            raise

    @classmethod
    def id_in(cls, url: str) -> str:
        found = re.search(r"/notes/(\w+)/?$", url)
        return found[1] if found else ""

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # the same for both
        code, message = _code(exchange), f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if code == "RATE_LIMIT_EXCEEDED":
            return RateLimited(message, retry_at(exchange.headers, self.clock()))
        if code in _LOGIN:
            return AuthExpired(f"{message}. Give a new token: crosspost accounts renew {self.account}")
        if code in _RIGHTS:
            return AuthExpired(f"{message}. The token needs write:notes, write:drive and read:account")
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def call(self, path: str, **fields: Any) -> Any:
        answer = self.session.post(f"{self.base_url}/api/{path}", json=fields, headers=self._token())
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def _token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret('access_token')}"}

    def _upload(self, picture: Picture, *, sensitive: bool) -> str:
        fitted = self.fitted(picture)
        name = f"picture.{fitted.mime.rpartition('/')[2]}"
        # without `force` a server gives back an old file for the same bytes, with its old description
        form = {"force": "true", "isSensitive": "true" if sensitive else "false"}
        if picture.alt:
            form["comment"] = picture.alt
        with self.talking():
            answer = self.session.post(
                f"{self.base_url}/api/drive/files/create",
                data=form,
                files={"file": (name, fitted.data, fitted.mime)},
                headers=self._token(),
            )
            answer.raise_for_status()
            return str(answer.json()["id"])

    def notes(self, *, renotes: bool = False) -> Iterator[Page]:
        below = None
        while True:
            where: dict[str, Any] = {"userId": self.me().id, "limit": 100, "withReplies": True, "withRenotes": renotes}
            notes = self.call("users/notes", **where | ({"untilId": below} if below else {}))
            if not isinstance(notes, list):
                raise ValueError("the answer is not a list")
            yield Page(notes, more=bool(notes))  # filters are applied after the limit
            if not notes or not (below := notes[-1].get("id")):
                return

    def receipt_of(self, note: dict[str, Any]) -> Receipt:
        number = self.id_of(note)
        return Receipt(id=number, url=f"{self.base_url}/notes/{number}", at=self.clock())


def _is(note: dict[str, Any], prepared: Prepared) -> bool | None:
    """Whether a note has this text in the same place; None where it lacks its text."""
    if "replyId" in note and str(note["replyId"] or "") != prepared.reply_to:
        return False
    content = text(note.get("text"))
    return None if content is None else same_words(content, prepared.draft.text)


def time_of(note: dict[str, Any]) -> datetime | None:
    return moment(note.get("createdAt"))


def _limits(server: dict[str, Any], standard: Limits) -> Limits:
    most = server.get("maxNoteTextLength")
    return msgspec.structs.replace(standard, text=most) if isinstance(most, int) and most > 0 else standard


def _code(exchange: Exchange | None) -> str:
    answer = exchange.json() if exchange is not None else None
    error = answer.get("error") if isinstance(answer, dict) else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""
