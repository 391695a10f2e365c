"""A Telegram channel, through a bot that is its administrator.

Sources: core.telegram.org/bots/api (sendMessage, sendPhoto, sendMediaGroup, sendPoll, MessageEntity,
LinkPreviewOptions, ResponseParameters) and core.telegram.org/api/config (lengths are code points), checked 2026-11-27.

A bot can neither read a channel's history nor does it receive its own posts, and the Bot API has no idempotency key, so
a delivery with an unknown outcome is held for a person.
"""

import json
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import quote

import msgspec

from crosspost.errors import AuthExpired, DeliveryError, RateLimited, Rejected, Unsupported
from crosspost.model import (
    Abilities,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    PollLimits,
    Post,
    Prepared,
    Receipt,
    Remark,
    Value,
    VideoLimits,
)
from crosspost.networks.base import Network, Save
from crosspost.networks.forms import form
from crosspost.networks.telegram_text import content_of
from crosspost.transport.exchange import Exchange

#: errors (400) about the bot's role in the channel, not about the post
_NOT_ADMITTED = ("chat not found", "not enough rights", "need administrator rights", "chat_write_forbidden")

#: the name of a part → file name, content, media type
Files = dict[str, tuple[str, bytes, str]]


class Options(Value, frozen=True, kw_only=True):
    """``chat`` is the channel: "@name", or its number (-100…) when it is private.

    ``silent`` sends without a sound. ``preview`` is the size of the link preview's picture ("" leaves it to Telegram).
    ``long_text`` is what to do when the text is too long for a picture's caption (1024 characters): shorten it
    (``caption``), or send it without the picture (``message``, 4096 characters).
    """

    carried: ClassVar = ("chat",)
    chat: Annotated[str, form(r"@\w+|-?\d+", '"@name" of the channel, or its number, such as -1001234567')] | int = ""
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
            count=10,  # sendMediaGroup
            bytes=10_000_000,
            max_width=5000,  # width + height may be 10 000 together
            max_height=5000,
            min_ratio=1 / 20,
            max_ratio=20,
        ),
        # sendVideo: MPEG-4; other kinds of files are shown as documents. H.264 is what its apps play everywhere
        videos=VideoLimits(bytes=50_000_000, poster=("own", "picture"), alt=-1),
        # sendPoll, since Bot API 10.0 with a description and a picture: text, picture and poll are one message
        polls=PollLimits(
            options=12,
            characters=100,
            shortest=5,
            longest=2_628_000,
            multiple=True,
            with_images=True,
            images=1,
            question=300,
            text=1024,
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
        if draft.poll is not None:  # its description has no link preview
            return msgspec.structs.replace(draft, card=None)
        if (draft.images or draft.video) and draft.lost and draft.options["long_text"] == "message":
            return super().compose(msgspec.structs.replace(post, thumbnail=None, images=(), gallery=(), video=None))
        return draft

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # nothing is uploaded
        if prepared.draft.video is not None:
            self.sendable(prepared.draft.video)
        for picture in prepared.draft.images:
            self.fitted(picture)  # finds unusable pictures before the post counts as begun
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        draft = prepared.draft
        options = self.spoken(draft)
        content, files, method = self._message(draft, options)
        fields = {"chat_id": self.me().id, "disable_notification": options.silent} | content
        with self.talking(irreversible=True):
            answer = self._call(method, fields, files)
            if draft.poll is None:
                return self._receipt(answer)
            from crosspost.networks.telegram_poll import left_out  # few posts have one

            return self._receipt(answer, left_out(content, answer))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # nothing can be looked up
        """Always None: what a bot posted cannot be looked up."""
        return None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:
        """Changes text, caption and pictures, and can add a picture to a text, but not remove one.

        :raises Unsupported: when an album would have to get more pictures, or fewer, or a video; for a poll
        """
        draft, messages = prepared.draft, _messages_of(receipt)
        self.without_poll(draft, receipt)
        changed = len(draft.images) != len(messages) and max(len(draft.images), len(messages)) > 1
        if pictures and draft.video is not None:
            raise Unsupported(f"{self.account}: the video of a post that is out stays as it is ({receipt.url})")
        if pictures and changed:
            cannot = "Telegram cannot add pictures to a post that is out, nor take some away"
            raise Unsupported(f"{self.account}: {cannot} ({receipt.url})")
        content = content_of(draft, self.spoken(draft).preview)
        if draft.images and pictures:
            from crosspost.networks.telegram_media import photo, photos_of  # few posts are edited

            for number, (message, picture) in enumerate(zip(messages, draft.images, strict=True)):
                media = {"media": photo(0, content if number == 0 else {})}
                self._change("editMessageMedia", message, media, photos_of([self.fitted(picture)]))
        else:
            captioned = draft.images or draft.video
            self._change("editMessageCaption" if captioned else "editMessageText", messages[0], content)
        return receipt

    def delete(self, receipt: Receipt) -> None:
        for message in _messages_of(receipt):
            try:
                with self.talking():
                    self._call("deleteMessage", {"chat_id": self.me().id, "message_id": message})
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

    def _message(self, draft: Draft, options: Any) -> tuple[dict[str, Any], Files, str]:
        """The fields and files of a post, and the method that takes them."""
        content = content_of(draft, options.preview)
        if draft.poll is not None:
            from crosspost.networks.telegram_poll import asking  # few posts have one

            return asking(self, draft.poll, draft.images, content)
        if draft.video is None and len(draft.images) < 2:
            if not draft.images:
                return content, {}, "sendMessage"
            one = self.fitted(draft.images[0])
            return content, {"photo": ("picture", one.data, one.mime)}, "sendPhoto"
        from crosspost.networks.telegram_media import album, video  # few posts have one

        return album(self, draft, content) if draft.video is None else video(self, draft.video, content)

    def _call(self, method: str, fields: dict[str, Any], files: Files | None = None) -> Any:
        """Call a method of the Bot API. The token is part of the address; the session keeps it out of messages."""
        url = f"{self.base_url}/bot{quote(self.secret('bot_token'), safe=':')}/{method}"
        if not files:
            answer = self.session.post(url, json=fields).json()
        else:
            form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
            answer = self.session.post(url, data=form, files=files).json()
        if answer["ok"] is not True:
            raise ValueError("refused")
        result = answer["result"]
        return result if isinstance(result, (dict, list)) else {}

    def _change(self, method: str, message: int, content: dict[str, Any], files: Files | None = None) -> None:
        try:
            with self.talking():
                self._call(method, {"chat_id": self.me().id, "message_id": message} | content, files)
        except Rejected as error:
            if "message is not modified" not in str(error):
                raise

    def _receipt(self, answer: Any, notes: tuple[str, ...] = ()) -> Receipt:
        """A public channel's posts are at t.me/NAME/ID, a private one's at t.me/c/NUMBER/ID for its members.

        An album is a message for each picture; its id names them all, and its address is that of the first.
        """
        messages = answer if isinstance(answer, list) else [answer]
        numbers, chat = [str(int(one["message_id"])) for one in messages], messages[0]["chat"]
        place = chat.get("username") or f"c/{str(chat['id']).removeprefix('-100')}"
        url = f"{self.page('https://t.me', '/t.me')}/{place}/{numbers[0]}"
        return Receipt(id=",".join(numbers), url=url, at=self.clock(), notes=notes)


def _messages_of(receipt: Receipt) -> list[int]:
    """The numbers of a post's messages: an album has several."""
    return [int(number) for number in receipt.id.split(",")]
