"""A Slack channel, through a bot of one's own app.

Sources: docs.slack.dev chat.postMessage, chat.update, chat.delete, conversations.history, conversations.replies,
message metadata, formatting, rate limits; checked 2026-11-26. Its pictures: :mod:`.slack_pictures`.

Each message carries our key in its metadata, so the channel's history proves whether it is there; beside it the ids of
its pictures, which an edit must name again. Refusals come with HTTP 200.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar

import msgspec

from crosspost import compose
from crosspost.compose.slack_text import escape
from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Rejected, Unknown
from crosspost.model import (
    Abilities,
    Doubt,
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
from crosspost.networks import slack_pictures, slack_rights
from crosspost.networks.base import Network, Save
from crosspost.networks.forms import form
from crosspost.networks.post_search import Page, plain, rows
from crosspost.networks.slack_message import content, metadata, noted
from crosspost.transport.exchange import Exchange
from crosspost.transport.rate_limits import retry_at

#: error codes (docs.slack.dev, each method's "Errors"); any other proves nothing
_LOGIN = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired")
_RIGHTS = ("missing_scope", "no_permission", "ekm_access_denied", "team_access_not_granted")
_CHANNEL = ("channel_not_found", "not_in_channel", "is_archived", "restricted_action")
_REFUSED = (
    *("no_text", "msg_too_long", "invalid_blocks", "invalid_arguments", "thread_not_found", "message_not_found"),
    *("invalid_metadata_format", "invalid_metadata_schema"),
    *("cant_update_message", "cant_delete_message", "edit_window_closed"),
    *("msg_blocks_too_long", "alt_txt_too_large", "file_type_not_allowed", "file_upload_size_restricted"),
)
_TROUBLE = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")
_MINUTE = timedelta(minutes=1)
_FORMS = ("files.getUploadURLExternal", "files.completeUploadExternal")


class Options(Value, frozen=True, kw_only=True):
    """``channel`` is the channel's id (C…), to which the bot must have been invited."""

    carried: ClassVar = ("channel",)
    channel: Annotated[str, form("[CDG][A-Z0-9]+", 'the id of the channel, such as "C0123456789"')] = ""


class Slack(Network):
    key = "slack"
    name = "Slack"
    limits = Limits(
        text=4000,  # a longer message cannot be changed any more
        unit="slack",
        # a message may have 50 blocks, one of which is the text; no size is documented for pictures in blocks
        images=ImageLimits(count=49, formats=("JPEG", "PNG", "GIF"), bytes=10_000_000, alt=1000),
        source="https://docs.slack.dev/reference/methods/chat.postMessage",
        checked=date(2026, 11, 26),
    )
    abilities = Abilities(
        card="crawler",
        edit=True,
        edit_keeps=("language",),
        delete=True,
        thread=True,
        absence_after=60,
        mentions="nothing",
    )
    doubt = Doubt(look="look at the channel")
    look = Look(layout="timeline", brand=("#611f69", "#611f69"), link=("#1264a3", "#1d9bd1"), avatar="square")
    Options = Options
    style_defaults: ClassVar = {"hashtags": False}  # they mean nothing there
    example = """\
channel = "C0123456789"          # the channel's id; the bot must have been invited (/invite @name)
"""
    needs: ClassVar = {"channel": "C0123456789"}
    login = "crosspost.networks.logins.slack:SlackLogin"
    credentials: ClassVar = {"token": "the bot's token (xoxb-…)"}
    home = "https://slack.com"

    def connect(self) -> Identity:
        if not self.options.channel:
            raise AuthExpired(f'{self.account}: set channel = "C…" in [accounts.{self.account}]')
        with self.talking():
            me = self.call("auth.test")
            channel = self.call("conversations.info", channel=self.options.channel)["channel"]
            if not channel.get("is_member"):
                raise AuthExpired(f"{self.account}: the bot is not in the channel: write /invite @{me['user']} there")
            url = f"{self.page(str(me['url']).rstrip('/'), '/slack')}/archives/{channel['id']}"
            limits = self.limits if slack_rights.may_upload(self.session.last) else _WITHOUT_PICTURES
            handle = f"{me['user']} in #{channel['name']}"
            return Identity(id=str(me["user_id"]), handle=handle, url=url, limits=limits)

    def remarks(self) -> list[Remark]:
        return slack_rights.remarks(self.session.last)  # the answer to `connect`

    @property
    def allowed(self) -> Limits:
        """Without pictures where the bot's token may not upload any, as far as that is known."""
        if self.identity is not None and self.identity.limits is None:
            return _WITHOUT_PICTURES  # remembered by a version that asked for no right to upload
        return super().allowed

    def compose(self, post: Post) -> Draft:
        """With a warning where a picture stays at home."""
        draft = self.composed(post)
        override = post.overrides.for_account(self.account, self.key)
        style, _ = compose.for_post(self.style, self.options, override, post.path)
        named = post.thumbnail is not None or (style.gallery and bool(post.gallery or post.images))
        if self.allowed.images.count or not style.images or not (named or style.title_card):
            return draft
        return msgspec.structs.replace(draft, warnings=(*draft.warnings, slack_rights.NO_PICTURES))

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        upload, ready = partial(slack_pictures.upload, self), partial(slack_pictures.wait, self)
        return self.uploaded(prepared, save, upload, ready)

    def publish(self, prepared: Prepared) -> Receipt:
        files = slack_pictures.uploaded(prepared)
        fields = content(prepared.draft, files) | metadata(prepared, files)
        if prepared.reply_to:
            fields["thread_ts"] = prepared.root
        self.me()
        with self.talking(irreversible=True):
            return self._receipt(self.call("chat.postMessage", channel=self.options.channel, **fields))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The message with our key, in the channel or below the one it answers."""
        with self.talking():
            found = self.search(
                self._messages(prepared, since),
                since,
                at=_time,
                same=lambda one: self._is(one, prepared),
                shows=lambda one: (plain(str(one.get("text") or "")), self._receipt(one).url),
            )
        return self._receipt({"ts": self.id_of({"id": found.get("ts")})}) if found is not None else None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:
        """Change it. A message whose blocks are not given again would lose them, and its pictures with them."""
        if pictures:
            files = slack_pictures.uploaded(prepared)
            fields = content(prepared.draft, files) | metadata(prepared, files)
        else:
            fields = content(prepared.draft, slack_pictures.shown(self, receipt, len(prepared.draft.images)))
        with self.talking():
            self.call("chat.update", channel=self.options.channel, ts=receipt.id, **fields)
        return receipt

    def delete(self, receipt: Receipt) -> None:
        try:
            with self.talking():
                self.call("chat.delete", channel=self.options.channel, ts=receipt.id)
        except Rejected:
            if _code(self.session.last) != "message_not_found":
                raise

    @classmethod
    def id_in(cls, url: str) -> str:
        number = url.partition("?")[0].rpartition("/")[2].removeprefix("p")
        return f"{number[:-6]}.{number[-6:]}" if number.isdecimal() and len(number) > 6 else ""

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        code, message = _code(exchange), f"{self.account}: Slack says: {self.sentence(exchange)}"
        if code == "ratelimited":
            return RateLimited(message, retry_at(exchange.headers, self.clock()) or self.clock() + _MINUTE)
        if code in _LOGIN:
            return AuthExpired(f"{message}. Give a new token: crosspost accounts renew {self.account}")
        if code in _RIGHTS:
            return AuthExpired(f"{message}. Add what is missing to the app, and install it again")
        if code in _CHANNEL:
            return AuthExpired(f"{message}. Look at `channel` in the config, and whether the bot is in it")
        if code in _TROUBLE:
            return Unknown(message) if irreversible else NotSent(message)
        return Rejected(message) if code in _REFUSED else None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def call(self, method: str, **fields: Any) -> dict[str, Any]:
        """Call a method of the Web API.

        :raises ValueError: when it refuses; :meth:`explain` knows what that means
        """
        url, headers = f"{self.base_url}/api/{method}", {"Authorization": f"Bearer {self.secret('token')}"}
        if method.startswith("chat."):
            answer = self.session.post(url, json=fields, headers=headers)
        elif method in _FORMS:
            answer = self.session.post(url, data=fields, headers=headers)
        else:
            answer = self.session.get(url, params=fields, headers=headers)
        found = answer.json()
        if answer.status_code >= 400 or not isinstance(found, dict) or found.get("ok") is not True:
            raise ValueError("refused")
        return found

    def _messages(self, prepared: Prepared, since: datetime) -> Iterator[Page]:
        """The channel's messages, or the answers to the first one of a thread; with their metadata."""
        cursor, where = "", {"ts": prepared.root} if prepared.reply_to else {}
        method = "conversations.replies" if prepared.reply_to else "conversations.history"
        oldest = f"{self.search_start(since).timestamp():.6f}"
        while True:
            query: dict[str, Any] = {"channel": self.options.channel, "limit": 200, "include_all_metadata": "true"}
            query |= where | ({} if prepared.reply_to else {"oldest": oldest}) | ({"cursor": cursor} if cursor else {})
            answer = self.call(method, **query)
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            messages = rows(answer, "messages")
            yield Page(messages[::-1] if prepared.reply_to else messages, more=answer.get("has_more") is not False)
            if not cursor:
                return

    def _is(self, message: Any, prepared: Prepared) -> bool | None:
        """Whether a message is the one with our key; None where it lacks what would tell."""
        if message.get("user") and message["user"] != self.me().id:
            return False
        if key := noted(message).get("key"):
            return bool(key == prepared.handle)
        text = message.get("text")
        return None if text in (None, escape(prepared.draft.text)) else False

    def _receipt(self, answer: dict[str, Any]) -> Receipt:
        number = str(answer["ts"])
        return Receipt(id=number, url=f"{self.me().url}/p{number.replace('.', '')}", at=self.clock())


_WITHOUT_PICTURES = msgspec.structs.replace(Slack.limits, images=ImageLimits())


def _time(message: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(message["ts"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _code(exchange: Exchange | None) -> str:
    answer = exchange.json() if exchange is not None else None
    return str(answer.get("error", "")) if isinstance(answer, dict) and answer.get("ok") is False else ""
