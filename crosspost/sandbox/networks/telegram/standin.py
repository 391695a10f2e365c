"""Stand-in of Telegram's Bot API for channels (core.telegram.org/bots/api)."""

from typing import Any, ClassVar

from crosspost.sandbox.core import films
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import route
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.telegram.chat import PER_MINUTE, Chat, channel, ok
from crosspost.sandbox.networks.telegram.polls import FIELDS, description_of, picture_of, poll_json, poll_of
from crosspost.sandbox.networks.telegram.server import Entities, only_known, params, parsed, photo, structured, true

TEXT, CAPTION = 4096, 1024
VIDEO_BYTES = 50 * 1024 * 1024
ALBUM = range(2, 11)
_WHERE = ("chat_id", "disable_notification", "protect_content", "reply_parameters", "reply_to_message_id")
_TEXT = ("text", "parse_mode", "entities", "link_preview_options", "disable_web_page_preview")
_CAPTION = ("caption", "parse_mode", "caption_entities", "show_caption_above_media")
_FLAGS = ("protect_content", "show_caption_above_media", "has_spoiler")
_PREVIEW = ("is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text")


class Telegram(Chat):
    """Code points after parsing: 4096 for a message, 1024 for a caption; no history, no idempotency key."""

    key: ClassVar = "telegram"

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/bot{token}/sendMessage")
    @route("POST", "/bot{token}/sendMessage")
    def send_message(self, request: Request, token: str) -> Reply:
        """Publish text with a link preview."""
        fields = params(request)
        only_known(fields, *_WHERE, *_TEXT)
        chat = self.own_chat(request, token, fields)
        return ok(self._publish(request, chat, fields, [(self._text(fields), [])])[0])

    @route("POST", "/bot{token}/sendPhoto")
    def send_photo(self, request: Request, token: str) -> Reply:
        """Publish a picture with a caption."""
        fields = params(request)
        only_known(fields, *_WHERE, *_CAPTION, "photo", "has_spoiler")
        chat = self.own_chat(request, token, fields)
        data, shape = photo(request, fields)
        caption = self._caption(fields)
        return ok(self._publish(request, chat, fields, [(caption, [self.store.keep(chat, data, shape)])])[0])

    @route("POST", "/bot{token}/sendMediaGroup")
    def send_media_group(self, request: Request, token: str) -> Reply:
        """Publish 2 to 10 pictures as an album: a message for each, all of them or none."""
        fields = params(request)
        only_known(fields, *_WHERE, "media")
        chat = self.own_chat(request, token, fields)
        media = structured(fields, "media", list)
        if len(media) not in ALBUM:
            raise Refused(self.refusal(400, f"wrong number of media: an album has {ALBUM[0]} to {ALBUM[-1]} items"))
        found = []
        for item in media:
            if not isinstance(item, dict) or item.get("type") != "photo":
                raise Refused(self.refusal(400, "can't parse InputMedia: the sandbox takes photos only"))
            only_known(item, *_CAPTION, "type", "media", "has_spoiler")
            if not str(item.get("media")).startswith("attach://"):
                raise Refused(self.refusal(400, "wrong file identifier/HTTP URL specified (uploads only)"))
            found.append((self._caption(item), photo(request, {"photo": item["media"]})))
        kept = [(words, [self.store.keep(chat, *data)]) for words, data in found]
        return ok(self._publish(request, chat, fields, kept, album=self.store.new_id()))

    @route("POST", "/bot{token}/sendVideo")
    def send_video(self, request: Request, token: str) -> Reply:
        """Publish an MP4 video with a caption."""
        fields = params(request)
        only_known(fields, *_WHERE, *_CAPTION, "video", "width", "height", "duration", "supports_streaming", "cover")
        chat = self.own_chat(request, token, fields)
        file = request.files.get("video")
        if file is None:
            raise Refused(self.refusal(400, "there is no video in the request"))
        if len(file.data) > VIDEO_BYTES:
            raise Refused(self.refusal(413, "Request Entity Too Large"))
        found = films.film(file.data)
        if found is None or found.container != "MP4" or found.codec not in ("h264", "hevc", "mpeg4"):
            raise Refused(self.refusal(400, "the sandbox takes MPEG-4 videos only; others become documents"))
        for name in ("width", "height", "duration"):
            if not str(fields.get(name, 0)).isdecimal():
                raise Refused(self.refusal(400, f"{name} must be an Integer"))
        kept = self.store.keep(chat, file.data, found.shape)
        kept.extra |= {"seconds": int(fields.get("duration") or 0), "poster": ""}
        if "cover" in fields:
            _, cover = photo(request, {"photo": fields["cover"]})
            kept.extra["poster"] = f"{cover[0]} {cover[1]}x{cover[2]}"
        return ok(self._publish(request, chat, fields, [(self._caption(fields), [kept])])[0])

    @route("POST", "/bot{token}/sendPoll")
    def send_poll(self, request: Request, token: str) -> Reply:
        """Publish a poll, with a text and a picture below its question; an old server leaves those out."""
        fields = params(request)
        only_known(fields, *_WHERE, *FIELDS)
        chat = self.own_chat(request, token, fields)
        poll, words, picture = poll_of(fields), description_of(fields), picture_of(request, fields)
        if self.settings["old_server"]:
            words, picture = ("", []), None
        kept = [self.store.keep(chat, *picture)] if picture is not None else []
        return ok(self._publish(request, chat, fields, [(words, kept)], poll=poll)[0])

    def _text(self, fields: dict[str, Any]) -> tuple[str, Entities]:
        text, entities = parsed(fields, "text", "entities")
        if not text:
            raise Refused(self.refusal(400, "message text is empty"))
        if len(text) > TEXT:
            raise Refused(self.refusal(400, "message is too long"))
        return text, entities

    def _caption(self, fields: dict[str, Any]) -> tuple[str, Entities]:
        text, entities = parsed(fields, "caption", "caption_entities")
        if len(text) > CAPTION:
            raise Refused(self.refusal(400, "message caption is too long"))
        return text, entities

    def _publish(
        self,
        request: Request,
        chat: Account,
        fields: dict[str, Any],
        messages: list[tuple[tuple[str, Entities], list[Picture]]],
        album: str = "",
        poll: dict[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Keep the messages in order, and return them."""
        extra = self._circumstances(fields, chat) | ({"media_group_id": album} if album else {})
        extra |= {"poll": poll} if poll else {}
        left, reset = self.store.quota((self.key, "chat", chat.name), PER_MINUTE, 60, cost=len(messages))
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(max(1, int((reset - request.now).total_seconds())), request.now))
        body = []
        for (text, entities), shown in messages:
            number = self.store.memory[self.key, "number"] = self.store.memory.get((self.key, "number"), 0) + 1
            path, link = f"/t.me/{chat.handle}/{number}", str(extra["link_preview"].get("url") or "")
            more = extra | {"entities": entities}
            post = Post(
                str(number), self.key, chat.name, text, request.now, path, link=link, pictures=shown, extra=more
            )
            body.append(self._message(self.store.commit(post)))
        return body

    def _circumstances(self, fields: dict[str, Any], chat: Account) -> dict[str, Any]:
        """A message's other settings: the preview, whether it makes a sound, what it replies to."""
        preview = structured(fields, "link_preview_options", dict)
        only_known(preview, *_PREVIEW)
        if not preview and true(fields, "disable_web_page_preview"):
            preview = {"is_disabled": True}  # its name before Bot API 7.0, which still counts
        found: dict[str, Any] = {"link_preview": preview, "silent": true(fields, "disable_notification")}
        found |= {name: True for name in _FLAGS if true(fields, name)}
        reply = structured(fields, "reply_parameters", dict) or {"message_id": fields.get("reply_to_message_id")}
        only_known(reply, "message_id", "allow_sending_without_reply")
        if "message_id" not in reply:
            raise Refused(self.refusal(400, "can't parse reply parameters: message_id is missing"))
        if reply["message_id"] is not None:
            answered = self.store.post(self.key, str(reply["message_id"]))
            if (answered is None or answered.account != chat.name) and not true(reply, "allow_sending_without_reply"):
                raise Refused(self.refusal(400, "message to be replied not found"))
            found |= {"in_reply_to_id": answered.id} if answered else {}
        return found

    # ── changing ──────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/bot{token}/editMessageText")
    def edit_text(self, request: Request, token: str) -> Reply:
        """Change the text of a message without a picture."""
        post, fields = self._sent(request, token, "edit", *_TEXT)
        if post.pictures:
            raise Refused(self.refusal(400, "there is no text in the message to edit"))
        return self._change(post, self._text(fields), request)

    @route("POST", "/bot{token}/editMessageCaption")
    def edit_caption(self, request: Request, token: str) -> Reply:
        """Change the caption of a picture."""
        post, fields = self._sent(request, token, "edit", *_CAPTION)
        if not post.pictures:
            raise Refused(self.refusal(400, "there is no caption in the message to edit"))
        return self._change(post, self._caption(fields), request)

    @route("POST", "/bot{token}/editMessageMedia")
    def edit_media(self, request: Request, token: str) -> Reply:
        """Change picture and caption, or add a picture to a message of text."""
        post, fields = self._sent(request, token, "edit", "media")
        media = structured(fields, "media", dict)
        if media.get("type") != "photo":
            raise Refused(self.refusal(400, "can't parse InputMedia: the sandbox takes photos only"))
        only_known(media, *_CAPTION, "type", "media", "has_spoiler")
        data, shape = photo(request, {"photo": media.get("media")})
        words = self._caption(media)
        post.pictures = [self.store.keep(self.store.accounts[self.key, post.account], data, shape)]
        post.text, post.extra["entities"], post.edited = *words, request.now
        return ok(self._message(post))

    @route("POST", "/bot{token}/deleteMessage")
    def delete(self, request: Request, token: str) -> Reply:
        """Delete a message."""
        post, _ = self._sent(request, token, "delete")
        post.deleted = True
        return ok(True)

    def _sent(self, request: Request, token: str, what: str, *known: str) -> tuple[Post, dict[str, Any]]:
        fields = params(request)
        only_known(fields, "chat_id", "message_id", *known)
        chat = self.own_chat(request, token, fields)
        post = self.store.post(self.key, str(fields.get("message_id", "")))
        if post is None or post.account != chat.name:
            raise Refused(self.refusal(400, f"message to {what} not found"))
        if what == "edit" and "poll" in post.extra:
            raise Refused(self.refusal(400, "message can't be edited"))
        return post, fields

    def _change(self, post: Post, words: tuple[str, Entities], request: Request) -> Reply:
        if (post.text, post.extra["entities"]) == words:
            same = "specified new message content and reply markup are exactly the same as a current content"
            raise Refused(self.refusal(400, f"message is not modified: {same} and reply markup of the message"))
        post.text, post.extra["entities"], post.edited = *words, request.now
        return ok(self._message(post))

    def _message(self, post: Post) -> dict[str, Any]:
        chat = channel(self.store.accounts[self.key, post.account])
        message = {"message_id": int(post.id), "sender_chat": chat, "chat": chat, "date": int(post.time.timestamp())}
        if album := post.extra.get("media_group_id"):
            message["media_group_id"] = album
        if answered := self.store.post(self.key, post.extra.get("in_reply_to_id", "")):
            message["reply_to_message"] = self._message(answered)
        if post.edited:
            message["edit_date"] = int(post.edited.timestamp())
        if "poll" in post.extra:
            return message | {"poll": self._poll_json(post)}
        if not post.pictures:
            return message | {"text": post.text, "entities": post.extra["entities"]}
        sizes = _sizes(post)
        if post.pictures[0].format in films.CONTAINERS:
            film = sizes[0] | {"duration": post.pictures[0].extra.get("seconds", 0)}
            return message | {"video": film, "caption": post.text, "caption_entities": post.extra["entities"]}
        return message | {"photo": sizes, "caption": post.text, "caption_entities": post.extra["entities"]}

    def _poll_json(self, post: Post) -> dict[str, Any]:
        """A poll inside its message, with the text and the picture below its question."""
        text = {"description": post.text, "description_entities": post.extra["entities"]} if post.text else {}
        return poll_json(post.extra["poll"]) | text | ({"media": {"photo": _sizes(post)}} if post.pictures else {})


def _sizes(post: Post) -> list[dict[str, Any]]:
    return [
        {"file_id": p.id, "file_unique_id": p.id, "width": p.width, "height": p.height, "file_size": len(p.data)}
        for p in post.pictures
    ]
