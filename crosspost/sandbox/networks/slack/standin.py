"""Stand-in of Slack's Web API (docs.slack.dev/reference/methods): messages of a bot in one channel."""

import html
import re
from typing import Any

from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import route
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.slack import blocks
from crosspost.sandbox.networks.slack.files import Files
from crosspost.sandbox.networks.slack.server import channel_of, refused

LONGEST = 40_000
#: a message a second and channel, with short bursts
PER_MINUTE = 60
_POST = (
    *("channel", "text", "mrkdwn", "parse", "unfurl_links", "unfurl_media", "metadata", "thread_ts", "link_names"),
    "blocks",
)


class Slack(Files):
    """Messages in a channel, as text or in blocks, with a thread below them."""

    # ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/api/auth.test")
    @route("POST", "/api/auth.test")
    def auth_test(self, request: Request) -> Reply:
        """Whose token it is."""
        me, _ = self.asked(request, ())
        told = {"url": "https://sandbox.slack.com/", "team": "Sandbox", "team_id": "T0000000001", "user": me.handle}
        return self.fine(told | {"user_id": me.id, "bot_id": me.id.replace("U", "B")})

    @route("GET", "/api/conversations.info")
    @route("POST", "/api/conversations.info")
    def info(self, request: Request) -> Reply:
        """One channel."""
        me, fields = self.asked(request, ("channel",))
        if fields.get("channel") != channel_of(me):
            raise Refused(refused("channel_not_found"))
        return self.fine({"channel": self._described(me, me)})

    @route("GET", "/api/conversations.list")
    @route("POST", "/api/conversations.list")
    def list_channels(self, request: Request) -> Reply:
        """The channels of the workspace, one a page."""
        me, fields = self.asked(request, ("types", "exclude_archived", "limit", "cursor"))
        all_of_them = [account for (network, _), account in self.store.accounts.items() if network == self.key]
        at = int(fields.get("cursor") or 0)
        more = str(at + 1) if at + 1 < len(all_of_them) else ""
        channels = [self._described(account, me) for account in all_of_them[at : at + 1]]
        return self.fine({"channels": channels, "response_metadata": {"next_cursor": more}})

    def _described(self, account: Account, me: Account) -> dict[str, Any]:
        """The channel of an account, as the bot of ``me`` is told of it."""
        member = account.name == me.name and self.settings["member"]
        told = {"id": channel_of(account), "name": account.name, "is_channel": True, "is_archived": False}
        return told | {"is_private": False, "is_member": member}

    # ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/api/chat.postMessage")
    def post_message(self, request: Request) -> Reply:
        """Publish a message."""
        me, fields = self.asked(request, _POST)
        self._in(me, fields)
        text, shown, metadata = *self._said(me, fields), self._metadata(fields)
        self._count(request, me)
        number = self.store.memory[self.key, "number"] = self.store.memory.get((self.key, "number"), 0) + 1
        stamp = f"{int(request.now.timestamp())}.{number:06d}"
        extra = {"metadata": metadata, "unfurl": (fields.get("unfurl_links"), fields.get("unfurl_media"))}
        extra |= {"blocks": fields.get("blocks") or [], "fallback": str(fields.get("text") or "")}
        if root := fields.get("thread_ts"):
            self._own(me, str(root), "thread_not_found")
            extra["in_reply_to_id"] = root
        path = f"/slack/archives/{channel_of(me)}/p{stamp.replace('.', '')}"
        post = self.store.commit(Post(stamp, self.key, me.name, text, request.now, path, pictures=shown, extra=extra))
        return self.fine({"channel": channel_of(me), "ts": stamp, "message": self._message(post, metadata=False)})

    @route("POST", "/api/chat.update")
    def update(self, request: Request) -> Reply:
        """Change a message; one that is too long cannot be changed. Blocks that are not given again are gone."""
        me, fields = self.asked(request, (*_POST, "ts"))
        self._in(me, fields)
        post = self._own(me, str(fields.get("ts", "")), "message_not_found")
        text, shown = self._said(me, fields)
        if len(html.escape(text, quote=False)) > 4000:
            raise Refused(refused("msg_too_long"))
        if "metadata" in fields:
            post.extra["metadata"] = self._metadata(fields)
        post.extra |= {"blocks": fields.get("blocks") or [], "fallback": str(fields.get("text") or "")}
        post.text, post.pictures, post.edited = text, shown, request.now
        return self.fine({"channel": channel_of(me), "ts": post.id, "text": post.text})

    @route("POST", "/api/chat.delete")
    def delete(self, request: Request) -> Reply:
        """Delete a message."""
        me, fields = self.asked(request, ("channel", "ts"))
        self._in(me, fields)
        self._own(me, str(fields.get("ts", "")), "message_not_found").deleted = True
        return self.fine({"channel": channel_of(me), "ts": fields["ts"]})

    @route("GET", "/api/conversations.history")
    @route("POST", "/api/conversations.history")
    def history(self, request: Request) -> Reply:
        """The channel's messages, newest first; answers in threads are not among them."""
        me, fields = self.asked(
            request, ("channel", "limit", "include_all_metadata", "oldest", "latest", "inclusive", "cursor")
        )
        self._in(me, fields)
        oldest, latest = float(fields.get("oldest") or 0), float(fields.get("latest") or "inf")
        also = fields.get("inclusive") in ("true", "1")
        found = [post for post in self.own_posts(me) if not post.extra.get("in_reply_to_id")]
        within = [
            post for post in found if oldest < float(post.id) < latest or (also and float(post.id) in (oldest, latest))
        ]
        return self._paged(within, fields)

    @route("GET", "/api/conversations.replies")
    @route("POST", "/api/conversations.replies")
    def replies(self, request: Request) -> Reply:
        """A message and the answers to it, oldest first."""
        me, fields = self.asked(request, ("channel", "ts", "limit", "include_all_metadata", "inclusive", "cursor"))
        self._in(me, fields)
        root = self._own(me, str(fields.get("ts", "")), "thread_not_found")
        answers = [post for post in self.own_posts(me)[::-1] if post.extra.get("in_reply_to_id") == root.id]
        return self._paged([root, *answers], fields)

    def _paged(self, posts: list[Post], fields: dict[str, Any]) -> Reply:
        at, most = int(fields.get("cursor") or 0), int(fields.get("limit") or 100)
        shown = [
            self._message(post, metadata=fields.get("include_all_metadata") in ("true", "1"))
            for post in posts[at : at + most]
        ]
        more = at + most < len(posts)
        following = {"response_metadata": {"next_cursor": str(at + most)}} if more else {}
        return self.fine({"messages": shown, "has_more": more} | following)

    # ── parts of a request ────────────────────────────────────────────────────────────────────────────────────────

    def _in(self, me: Account, fields: dict[str, Any]) -> None:
        if fields.get("channel") != channel_of(me):
            raise Refused(refused("channel_not_found"))
        if not self._described(me, me)["is_member"]:
            raise Refused(refused("not_in_channel"))

    def _metadata(self, fields: dict[str, Any]) -> dict[str, Any]:
        metadata: dict[str, Any] = fields.get("metadata") or {}
        if metadata and (set(metadata) != {"event_type", "event_payload"} or not metadata["event_type"]):
            raise Refused(refused("invalid_metadata_format"))
        return metadata

    def _said(self, me: Account, fields: dict[str, Any]) -> tuple[str, list[Picture]]:
        """What readers see: the blocks where there are any; the text is for notifications then."""
        given = fields.get("blocks")
        if not given:
            return self._text(fields), []
        return blocks.shown(given, lambda number: self.file_of(me, number), lambda text: self._text({"text": text}))

    def _text(self, fields: dict[str, Any]) -> str:
        """What readers see; without ``mrkdwn`` off, pairs of signs would change it."""
        text = str(fields.get("text") or "")
        if not text.strip():
            raise Refused(refused("no_text"))
        if len(text) > LONGEST:
            raise Refused(refused("msg_too_long"))
        if str(fields.get("mrkdwn", True)).lower() != "false":
            text = re.sub(r"([*_~`])(\S(?:[^\n]*?\S)?)\1", r"\2", text)
        text = re.sub(r"<([^<>|]+)(?:\|([^<>]*))?>", lambda found: found[2] or found[1], text)
        return html.unescape(re.sub(r"&(?!(?:amp|lt|gt);)", "&amp;", text))

    def _own(self, me: Account, number: str, otherwise: str) -> Post:
        post = self.store.post(self.key, number)
        if post is None or post.account != me.name:
            raise Refused(refused(otherwise))
        return post

    def _count(self, request: Request, me: Account) -> None:
        left, reset = self.store.quota((self.key, "post", me.name), PER_MINUTE, 60)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(max(1, int((reset - request.now).total_seconds())), request.now))

    def _message(self, post: Post, *, metadata: bool) -> dict[str, Any]:
        me = self.store.accounts[self.key, post.account]
        told: dict[str, Any] = {"type": "message", "user": me.id, "ts": post.id}
        plain = post.extra["fallback"] if post.extra.get("blocks") else html.escape(post.text, quote=False)
        told |= {"text": plain, "bot_id": me.id.replace("U", "B")}
        if post.extra.get("blocks"):
            told["blocks"] = post.extra["blocks"]
        if post.extra.get("in_reply_to_id"):
            told["thread_ts"] = post.extra["in_reply_to_id"]
        return told | ({"metadata": post.extra["metadata"]} if metadata and post.extra["metadata"] else {})
