"""A Telegram channel, through a bot that is its administrator.

Sources: core.telegram.org/bots/api (sendMessage, sendPhoto, MessageEntity, LinkPreviewOptions, ResponseParameters) and
core.telegram.org/api/config (lengths are code points), checked 2026-11-22.

A bot can neither read a channel's history nor does it receive its own posts, and the Bot API has no idempotency key, so
a delivery with an unknown outcome is held for a person.
"""

import json
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal
from urllib.parse import quote

import msgspec

from crosspost.compose.formats.entities import title_span
from crosspost.errors import AuthExpired, DeliveryError, RateLimited, Rejected
from crosspost.media import Fitted
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
)
from crosspost.networks.base import Network, Save
from crosspost.transport.exchange import Exchange

#: errors (400) about the bot's role in the channel, not about the post
_NOT_ADMITTED = ("chat not found", "not enough rights", "need administrator rights", "chat_write_forbidden")


class Options(Value, frozen=True, kw_only=True):
    """``chat`` is the channel: "@name", or its number (-100…) when it is private.

    ``silent`` sends without a sound. ``preview`` is the size of the link preview's picture ("" leaves it to Telegram).
    ``long_text`` is what to do when the text is too long for a picture's caption (1024 characters): shorten it
    (``caption``), or send it without the picture (``message``, 4096 characters).
    """

    carried: ClassVar = ("chat",)
    chat: str | int = ""
    silent: bool = False
    preview: Literal["", "large", "small"] = ""
    long_text: Literal["caption", "message"] = "caption"


class Telegram(Network):
    key = "telegram"
    name = "Telegram"
    limits = Limits(
        text=4096,
        unit="code-points",
        text_with_images=1024,
        hashtag_signs="·\u200c",  # github.com/tdlib/td, td/telegram/MessageEntity.cpp
        hashtag_length=(("code-points", 256),),
        images=ImageLimits(
            count=1,
            bytes=10_000_000,
            max_width=5000,  # width + height may be 10 000 together
            max_height=5000,
            min_ratio=1 / 20,
            max_ratio=20,
        ),
        source="https://core.telegram.org/bots/api#sendphoto",
        checked=date(2026, 11, 22),
    )
    abilities = Abilities(
        card="crawler",
        alt_text=False,
        edit=True,
        edit_keeps=("language",),
        delete=True,
        absence_after=None,
        read_back=False,
    )
    look = Look(
        layout="chat",
        brand=("#2aabee", "#2aabee"),
        link=("#168acd", "#6ab3f3"),
        bubble=("#ffffff", "#182533"),
        bold_title=True,
    )
    no_responses = "a bot cannot ask for the views, reactions or comments of what it posted"
    Options = Options
    edits = ("preview",)
    example = """\
chat = "@your_channel"           # or its number, -100…; the bot must be an administrator who may post messages
# silent = false                 # true: without a sound
# preview = "large"              # picture of the link preview: large or small; else as Telegram likes
# long_text = "message"          # a text too long to stand below the picture (1024): go without the picture;
                                 # "caption" (the default) shortens the text
"""
    hint = "long_text"
    needs: ClassVar = {"chat": "@your_channel"}
    hosts: ClassVar = ("t.me",)
    login = "crosspost.networks.logins.telegram:TelegramLogin"
    credentials: ClassVar = {"bot_token": "the bot's token, from @BotFather"}
    home = "https://api.telegram.org"

    def connect(self) -> Identity:
        with self.talking():
            self._call("getMe", {})
        if not self.options.chat:
            raise AuthExpired(
                f'{self.account}: the channel is missing: set chat = "@name" in [accounts.{self.account}]'
            )
        with self.talking():
            chat = self._call("getChat", {"chat_id": self.options.chat})
            name = str(chat.get("username") or "")
            return Identity(
                id=str(chat["id"]),
                handle=f"@{name}" if name else str(chat.get("title") or chat["id"]),
                url=f"{self.page('https://t.me', '/t.me')}/{name}" if name else "",
            )

    def remarks(self) -> list[Remark]:
        with self.talking():
            me = self._call("getMe", {})
            chat = self._call("getChat", {"chat_id": self.options.chat})
            member = self._call("getChatMember", {"chat_id": self.options.chat, "user_id": me["id"]})
        status, where = member.get("status"), f"{chat.get('title') or self.options.chat}"
        if status in ("left", "kicked"):
            why = f"the bot is not in {where}"
        elif chat.get("type") == "channel" and not (status == "creator" or member.get("can_post_messages")):
            why = f"the bot may not post in {where}"
        elif status == "restricted" and not member.get("can_send_messages"):
            why = f"the bot may not write in {where}"
        else:
            return []
        return [Remark(said=why, todo="make it an administrator there, with the right to post messages", weight="fail")]

    def compose(self, post: Post) -> Draft:
        draft = super().compose(post)
        if draft.images and draft.lost and draft.options["long_text"] == "message":
            return super().compose(msgspec.structs.replace(post, thumbnail=None))
        return draft

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # nothing is uploaded
        for picture in prepared.draft.images:
            self.fitted(picture)  # finds unusable pictures before the post counts as begun
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        draft = prepared.draft
        options = self.spoken(draft)
        photo = self.fitted(draft.images[0]) if draft.images else None
        fields = {"chat_id": self.me().id, "disable_notification": options.silent} | _content(draft, options)
        with self.talking(irreversible=True):
            return self._receipt(self._call("sendPhoto" if photo else "sendMessage", fields, photo))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # nothing can be looked up
        """Always None: what a bot posted cannot be looked up."""
        return None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:
        """Changes text, caption and picture, and can add a picture to a text, but not remove one."""
        draft = prepared.draft
        method = "editMessageCaption" if draft.images else "editMessageText"
        content = _content(draft, self.spoken(draft))
        photo = None
        if draft.images and pictures:
            method, photo = "editMessageMedia", self.fitted(draft.images[0])
            content = {"media": {"type": "photo", "media": "attach://photo"} | content}
        try:
            with self.talking():
                self._call(method, {"chat_id": self.me().id, "message_id": int(receipt.id)} | content, photo)
        except Rejected as error:
            if "message is not modified" not in str(error):
                raise
        return receipt

    def delete(self, receipt: Receipt) -> None:
        try:
            with self.talking():
                self._call("deleteMessage", {"chat_id": self.me().id, "message_id": int(receipt.id)})
        except Rejected as error:
            if "message to delete not found" not in str(error):
                raise

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # the same for both
        answer = exchange.json()
        if not isinstance(answer, dict) or answer.get("ok") is not False:
            return None
        message = f"{self.account}: Telegram says: {self.sentence(exchange)}"
        parameters = answer.get("parameters") or {}
        if exchange.status == 429:
            seconds = min(int(parameters.get("retry_after", 60)), 7 * 86400)
            return RateLimited(message, self.clock() + timedelta(seconds=seconds))
        if exchange.status in (401, 404):  # our methods exist, so 404 means the token
            return AuthExpired(f"{message}. The bot's token is not valid; get the right one from @BotFather")
        if "migrate_to_chat_id" in parameters:
            return AuthExpired(f"{message}. Set chat = {parameters['migrate_to_chat_id']}")
        if exchange.status == 403 or (
            exchange.status == 400 and any(sign in message.lower() for sign in _NOT_ADMITTED)
        ):
            return AuthExpired(f"{message}. Make the bot an administrator of the channel who may post messages")
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(self, method: str, fields: dict[str, Any], photo: Fitted | None = None) -> dict[str, Any]:
        """Call a method of the Bot API. The token is part of the address; the session keeps it out of messages."""
        url = f"{self.base_url}/bot{quote(self.secret('bot_token'), safe=':')}/{method}"
        if photo is None:
            answer = self.session.post(url, json=fields).json()
        else:
            form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
            answer = self.session.post(url, data=form, files={"photo": ("picture", photo.data, photo.mime)}).json()
        if answer["ok"] is not True:
            raise ValueError("refused")
        result = answer["result"]
        return result if isinstance(result, dict) else {}

    def _receipt(self, message: dict[str, Any]) -> Receipt:
        """A public channel's posts are at t.me/NAME/ID, a private one's at t.me/c/NUMBER/ID for its members."""
        number, chat = str(int(message["message_id"])), message["chat"]
        place = chat.get("username") or f"c/{str(chat['id']).removeprefix('-100')}"
        url = f"{self.page('https://t.me', '/t.me')}/{place}/{number}"
        return Receipt(id=number, url=url, at=self.clock())


def _content(draft: Draft, options: Options) -> dict[str, Any]:
    """The fields for the text. Styles are entities instead of markup, so nothing needs escaping."""
    span = title_span(draft)
    bold = [{"type": "bold", "offset": span.offset, "length": span.length}] if span else []
    if draft.images:
        return {"caption": draft.text} | ({"caption_entities": bold} if bold else {})
    preview: dict[str, Any] = {"is_disabled": True}
    if draft.card is not None:
        preview = {"url": draft.card.url} | ({f"prefer_{options.preview}_media": True} if options.preview else {})
    return {"text": draft.text, "link_preview_options": preview} | ({"entities": bold} if bold else {})
