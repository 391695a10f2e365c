"""A Discord channel, through a webhook of the channel.

Sources: docs.discord.com/developers/resources/webhook, …/resources/message, …/resources/poll, …/topics/rate-limits,
…/topics/opcodes-and-status-codes, checked 2026-11-27.

A webhook can look at a message only by its id, and takes no idempotency key, so a delivery with an unknown outcome is
held for a person.
"""

import json
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar

from crosspost import __version__
from crosspost.compose import for_post
from crosspost.compose.discord_markdown import escape
from crosspost.errors import AuthExpired, DeliveryError, RateLimited, Rejected
from crosspost.model import (
    Abilities,
    Doubt,
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
    Value,
)
from crosspost.networks.base import Network, Save
from crosspost.networks.forms import NUMBER, form
from crosspost.text.lazy_pattern import lazy
from crosspost.transport.exchange import Exchange

_ADDRESS = lazy(r"https://(?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/(\d{1,20})/([\w-]{8,})/?")
#: flags of a message (resources/message, "Message Flags")
_NO_EMBEDS, _SILENT = 1 << 2, 1 << 12
_NAME = 100  # characters of a forum post's title
#: error codes that need another setting, with what to do
_SETTINGS = {
    10003: "the thread does not exist any more; set `thread` to another one, or remove it",
    220001: "the channel is a forum; set `forum = true`, or `thread` to one of its posts",
    220002: "`thread` and `forum` cannot both be set; remove one",
    220003: "the channel is not a forum; remove `forum`",
    40067: "the forum wants a tag; set `forum_tags` to the ids of tags",
    160006: "the channel has as many open threads as Discord allows; close some",
}
_GONE, _NO_WEBHOOK, _OLD_EDITS = 10008, (10015, 50027), 30046


class Options(Value, frozen=True, kw_only=True):
    """``thread`` is the id of a thread of the channel, or of a forum's post, in which to write.

    ``forum`` opens a new post of a forum for each post, with its title; ``forum_tags`` are the ids of its tags.
    ``silent`` sends without a sound. ``embed`` sends title, text and picture as an embed, whose title is the link.
    """

    carried: ClassVar = ("thread", "forum")
    thread: Annotated[str, form(NUMBER, 'the number of the thread, such as "1234567890123456789"')] = ""
    forum: bool = False
    forum_tags: tuple[Annotated[str, form(NUMBER, 'the numbers of tags, such as "1234567890123456789"')], ...] = ()
    silent: bool = False
    embed: bool = False


class Discord(Network):
    key = "discord"
    name = "Discord"
    limits = Limits(
        text=2000,
        unit="discord",
        # a request may have 25 MiB, a file 10 MiB
        images=ImageLimits(count=10, formats=("JPEG", "PNG", "GIF", "WEBP"), bytes=2_400_000, alt=1024),
        # whether files may stand beside a poll is not documented, so none do
        polls=PollLimits(
            options=10, characters=55, shortest=3600, longest=32 * 86400, step=3600, multiple=True, question=300
        ),
        source="https://docs.discord.com/developers/resources/webhook#execute-webhook",
        checked=date(2026, 11, 26),
    )
    abilities = Abilities(
        card="crawler",
        edit=True,
        edit_keeps=("language",),
        delete=True,
        absence_after=None,
        read_back=False,
        mentions="nothing",
    )
    doubt = Doubt(look="look at the channel")
    look = Look(
        layout="chat", brand=("#5865f2", "#5865f2"), link=("#0059c1", "#00a8fc"), bubble=("#f2f3f5", "#313338"),
        linked_title=True,
    )  # fmt: skip
    Options = Options
    style_defaults: ClassVar = {"hashtags": False}  # they mean nothing there
    example = """\
# thread = "1234567890123456789"  # write in this thread of the channel
# forum = true                    # the channel is a forum: each post opens a post of its own there …
# forum_tags = ["1234567890123456789"]   # … with these tags (their ids)
# silent = true                   # without a sound
# embed = true                    # title, text and picture in a box of their own, whose title is the link
"""
    hint = "forum"
    login = "crosspost.networks.logins.discord:DiscordLogin"
    credentials: ClassVar = {"webhook": "the webhook's whole address, from the channel's settings"}
    home = "https://discord.com"

    def connect(self) -> Identity:
        with self.talking():
            hook = self._call("GET", "")
            address = self.page(self.home, "")
            url = f"{address}/channels/{hook['guild_id']}/{hook['channel_id']}"
            return Identity(id=str(hook["id"]), handle=str(hook.get("name") or hook["id"]), url=url)

    def compose(self, post: Post) -> Draft:
        """With the link on the title where the post goes out as an embed."""
        plain, override = self.composed(post), post.overrides.for_account(self.account, self.key)
        style, options = for_post(self.style, self.options, override, post.path)
        if not options.embed:
            return plain
        from crosspost.networks import discord_embed  # few accounts send embeds

        return discord_embed.with_embed(self, post, plain, style)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # nothing is uploaded
        for picture in prepared.draft.images:
            self.fitted(picture)  # finds unusable pictures before the post counts as begun
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        draft, options = prepared.draft, self.spoken(prepared.draft)
        content = _content(draft, options, self._first(draft)) | self._attachments(draft)
        if options.forum:
            asked = draft.poll.question if draft.poll is not None else ""
            content["thread_name"] = (draft.title or asked or draft.text.split("\n", 1)[0])[:_NAME]
            content["applied_tags"] = list(options.forum_tags)
        self.me()
        with self.talking(irreversible=True):
            # without `wait` Discord answers before it has kept the message, and says nothing when it fails
            query = {"wait": "true"} | ({"thread_id": options.thread} if options.thread else {})
            try:
                return self._receipt(self._call("POST", "", query, content, draft))
            except ValueError:
                self._refused_poll(draft)
                raise

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # nothing can be looked up
        return None  # a webhook cannot list a channel's messages

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:
        draft = prepared.draft
        self.without_poll(draft, receipt)
        content = _content(draft, self.spoken(draft), self._first(draft))
        # a file that stays is shown twice after an edit (github.com/discord/discord-api-docs/issues/5675)
        again = pictures or (bool(draft.images) and bool(content.get("embeds")))
        if again:
            content |= self._attachments(draft)
        with self.talking():
            self._call("PATCH", *_place(receipt), content, draft if again else None)
        return receipt

    def delete(self, receipt: Receipt) -> None:
        path, query = _place(receipt)
        try:
            with self.talking():
                self._call("DELETE", path, query=query)
        except Rejected:
            if self._code(self.session.last) != _GONE:
                raise

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # the same for both
        code, message = self._code(exchange), f"{self.account}: Discord says: {self.sentence(exchange)}"
        answer = exchange.json()
        if exchange.status == 429 and isinstance(answer, dict) and "retry_after" in answer:
            seconds = min(float(answer["retry_after"]), 7 * 86400)
            return RateLimited(message, self.clock() + timedelta(seconds=seconds))
        if exchange.status in (401, 403) or code in _NO_WEBHOOK:
            return AuthExpired(f"{message}. The webhook was deleted or replaced; make a new one: {self._renew()}")
        if code in _SETTINGS:
            return AuthExpired(f"{message}. In [accounts.{self.account}]: {_SETTINGS[code]}")
        if code == _OLD_EDITS:
            return RateLimited(message, self.clock() + timedelta(hours=1))
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        content: dict[str, Any] | None = None,
        draft: Draft | None = None,
    ) -> dict[str, Any]:
        """Call the webhook. Its token is part of the address; the session keeps it out of messages."""
        number, token = self._webhook()
        url = f"{self.base_url}/api/v10/webhooks/{number}/{token}{path}"
        headers = {"User-Agent": f"DiscordBot (https://pypi.org/project/crosspost, {__version__})"}
        files = self._files(draft) if draft is not None else {}
        if files:
            sent = self.session.request(
                method, url, params=query, headers=headers, data={"payload_json": json.dumps(content)}, files=files
            )
        else:
            sent = self.session.request(method, url, params=query, headers=headers, json=content)
        if sent.status_code >= 400:  # requests' own error would quote the address
            raise ValueError("refused")
        answer = sent.json() if method != "DELETE" else {}
        return answer if isinstance(answer, dict) else {}

    def _refused_poll(self, draft: Draft) -> None:
        """What may stand beside a poll is not documented in full, so a refusal names the way out.

        :raises Rejected: when Discord refused a message with a poll, and not because of the webhook or its channel
        """
        sent = self.session.last
        refused = sent is not None and sent.status in (400, 403)
        if (
            draft.poll is not None
            and sent is not None
            and refused
            and self._code(sent) not in (*_NO_WEBHOOK, *_SETTINGS)
        ):
            without = f"To send the post without its poll, give it `poll: false` for {self.account}"
            raise Rejected(f"{self.account}: Discord refuses the poll: {self.sentence(sent)}. {without}") from None

    def _webhook(self) -> tuple[str, str]:
        """The webhook's id and token, from its address.

        :raises AuthExpired: when the credential is not such an address
        """
        address = _ADDRESS.fullmatch(self.secret("webhook"))
        if address is None:
            raise AuthExpired(f"{self.account}: this is not the address of a Discord webhook; {self._renew()}")
        self.session.hide(address[2])
        return address[1], address[2]

    def _renew(self) -> str:
        return f"crosspost accounts renew {self.account}"

    def _first(self, draft: Draft) -> str:
        """The name of the first picture's file; "" for none."""
        return _filename(0, self.fitted(draft.images[0]).mime) if draft.images else ""

    def _attachments(self, draft: Draft) -> dict[str, Any]:
        """What is said about the pictures."""
        named = [(_filename(n, self.fitted(picture).mime), picture.alt) for n, picture in enumerate(draft.images)]
        told = [{"id": n, "filename": name, "description": alt} for n, (name, alt) in enumerate(named)]
        return {"attachments": told}

    def _files(self, draft: Draft) -> dict[str, tuple[str, bytes, str]]:
        fitted = [self.fitted(picture) for picture in draft.images]
        return {f"files[{n}]": (_filename(n, file.mime), file.data, file.mime) for n, file in enumerate(fitted)}

    def _receipt(self, message: dict[str, Any]) -> Receipt:
        """A message in a thread is known by the thread's id, too: it is needed to change it."""
        guild, _, channel = self.me().url.rpartition("/")
        number, place = str(int(message["id"])), str(int(message["channel_id"]))
        known = number if place == channel else f"{place}/{number}"
        return Receipt(id=known, url=f"{guild}/{place}/{number}", at=self.clock())

    @staticmethod
    def _code(exchange: Exchange | None) -> int:
        answer = exchange.json() if exchange is not None else None
        code = answer.get("code") if isinstance(answer, dict) else 0
        return code if isinstance(code, int) else 0


def _content(draft: Draft, options: Options, picture: str) -> dict[str, Any]:
    """The fields for the text; ``picture`` names the first file. Nobody is called; what looks like markup is not."""
    text: dict[str, Any] = {"content": escape(draft.text)}
    if options.embed:
        from crosspost.networks import discord_embed  # few accounts send embeds

        text = discord_embed.fields(draft, picture)
    no_card = not text.get("embeds") and (draft.images or draft.card is None)
    flags = (_SILENT if options.silent else 0) | (_NO_EMBEDS if no_card else 0)
    content = text | {"allowed_mentions": {"parse": []}, "flags": flags}
    return content | ({"poll": _poll(draft.poll)} if draft.poll is not None else {})


def _poll(poll: Poll) -> dict[str, Any]:
    """A poll create request (resources/poll): its time is in hours."""
    answers = [{"poll_media": {"text": option}} for option in poll.options]
    rules = {"duration": poll.seconds // 3600, "allow_multiselect": poll.multiple}
    return {"question": {"text": poll.question}, "answers": answers, **rules}


def _place(receipt: Receipt) -> tuple[str, dict[str, str]]:
    """The path of a message below its webhook, and the query that names its thread."""
    thread, _, number = receipt.id.rpartition("/")
    return f"/messages/{number}", {"thread_id": thread} if thread else {}


def _filename(number: int, mime: str) -> str:
    return f"picture-{number}.{mime.rpartition('/')[2]}"
