"""Stand-in of Slack's Web API (docs.slack.dev/reference/methods): messages of a bot in one channel."""

import html
import re
from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account, Post

LONGEST = 40_000
#: a message a second and channel, with short bursts
PER_MINUTE = 60
_POST = ("channel", "text", "mrkdwn", "parse", "unfurl_links", "unfurl_media", "metadata", "thread_ts", "link_names")
_SCOPES = {
    "conversations.info": "channels:read",
    "conversations.list": "channels:read",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
}


class Slack(StandIn):
    """Each account is a bot in a channel of its own. Refusals have the status 200."""

    key: ClassVar = "slack"
    name: ClassVar = "Slack"
    look: ClassVar = Look(mark="#611f69")
    publishes: ClassVar = "POST /api/chat.postMessage"
    paths: ClassVar = r"/api/(?:auth|chat|conversations)\."
    options: ClassVar = {"rate_limits": True, "member": True, "scopes": "chat:write,channels:read,channels:history"}
    """``member``: whether the bot was invited; ``scopes``: what its app may do."""

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        token = f"xoxb-{self.store.token(self.key, name, 'token')}"
        return Account(self.key, name, f"U000000000{number}", name, display_name, {"token": token})

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/slack/archives/{_channel(account)}",)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_SLACK_TOKEN": account.credentials["token"]}

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        return super().access(account, base_url) | {"settings": {"channel": _channel(account)}}

    def refusal(self, status: int, message: str) -> Reply:
        """``{"ok": false, "error": …}``; Slack's own troubles keep their status."""
        if status >= 500:
            return Reply.json({"ok": False, "error": "internal_error"}, status)
        return _refused("invalid_arguments" if " " in message else message)

    def expired(self) -> Reply:
        """With the status 200."""
        return _refused("token_revoked")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429, with the seconds in the header only."""
        return Reply.json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(retry_after)})

    # ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/api/auth.test")
    @route("POST", "/api/auth.test")
    def auth_test(self, request: Request) -> Reply:
        """Whose token it is."""
        me, _ = self._asked(request, ())
        told = {"url": "https://sandbox.slack.com/", "team": "Sandbox", "team_id": "T0000000001", "user": me.handle}
        return self._fine(told | {"user_id": me.id, "bot_id": me.id.replace("U", "B")})

    @route("GET", "/api/conversations.info")
    @route("POST", "/api/conversations.info")
    def info(self, request: Request) -> Reply:
        """One channel."""
        me, fields = self._asked(request, ("channel",))
        if fields.get("channel") != _channel(me):
            raise Refused(_refused("channel_not_found"))
        return self._fine({"channel": self._described(me, me)})

    @route("GET", "/api/conversations.list")
    @route("POST", "/api/conversations.list")
    def list_channels(self, request: Request) -> Reply:
        """The channels of the workspace, one a page."""
        me, fields = self._asked(request, ("types", "exclude_archived", "limit", "cursor"))
        all_of_them = [account for (network, _), account in self.store.accounts.items() if network == self.key]
        at = int(fields.get("cursor") or 0)
        more = str(at + 1) if at + 1 < len(all_of_them) else ""
        channels = [self._described(account, me) for account in all_of_them[at : at + 1]]
        return self._fine({"channels": channels, "response_metadata": {"next_cursor": more}})

    def _described(self, account: Account, me: Account) -> dict[str, Any]:
        """The channel of an account, as the bot of ``me`` is told of it."""
        member = account.name == me.name and self.settings["member"]
        told = {"id": _channel(account), "name": account.name, "is_channel": True, "is_archived": False}
        return told | {"is_private": False, "is_member": member}

    # ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/api/chat.postMessage")
    def post_message(self, request: Request) -> Reply:
        """Publish a message."""
        me, fields = self._asked(request, _POST)
        self._in(me, fields)
        text, metadata = self._text(fields), fields.get("metadata") or {}
        if metadata and (set(metadata) != {"event_type", "event_payload"} or not metadata["event_type"]):
            raise Refused(_refused("invalid_metadata_format"))
        self._count(request, me)
        number = self.store.memory[self.key, "number"] = self.store.memory.get((self.key, "number"), 0) + 1
        stamp = f"{int(request.now.timestamp())}.{number:06d}"
        extra = {"metadata": metadata, "unfurl": (fields.get("unfurl_links"), fields.get("unfurl_media"))}
        if root := fields.get("thread_ts"):
            self._own(me, str(root), "thread_not_found")
            extra["in_reply_to_id"] = root
        path = f"/slack/archives/{_channel(me)}/p{stamp.replace('.', '')}"
        post = self.store.commit(Post(stamp, self.key, me.name, text, request.now, path, extra=extra))
        return self._fine({"channel": _channel(me), "ts": stamp, "message": self._message(post, metadata=False)})

    @route("POST", "/api/chat.update")
    def update(self, request: Request) -> Reply:
        """Change a message; one that is too long cannot be changed."""
        me, fields = self._asked(request, (*_POST, "ts"))
        self._in(me, fields)
        post = self._own(me, str(fields.get("ts", "")), "message_not_found")
        text = self._text(fields)
        if len(html.escape(text, quote=False)) > 4000:
            raise Refused(_refused("msg_too_long"))
        post.text, post.edited = text, request.now
        return self._fine({"channel": _channel(me), "ts": post.id, "text": post.text})

    @route("POST", "/api/chat.delete")
    def delete(self, request: Request) -> Reply:
        """Delete a message."""
        me, fields = self._asked(request, ("channel", "ts"))
        self._in(me, fields)
        self._own(me, str(fields.get("ts", "")), "message_not_found").deleted = True
        return self._fine({"channel": _channel(me), "ts": fields["ts"]})

    @route("GET", "/api/conversations.history")
    @route("POST", "/api/conversations.history")
    def history(self, request: Request) -> Reply:
        """The channel's messages, newest first; answers in threads are not among them."""
        me, fields = self._asked(
            request, ("channel", "limit", "include_all_metadata", "oldest", "latest", "inclusive", "cursor")
        )
        self._in(me, fields)
        oldest = float(fields.get("oldest") or 0)
        found = [post for post in self.own_posts(me) if not post.extra.get("in_reply_to_id")]
        return self._paged([post for post in found if float(post.id) > oldest], fields)

    @route("GET", "/api/conversations.replies")
    @route("POST", "/api/conversations.replies")
    def replies(self, request: Request) -> Reply:
        """A message and the answers to it, oldest first."""
        me, fields = self._asked(request, ("channel", "ts", "limit", "include_all_metadata", "inclusive", "cursor"))
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
        return self._fine({"messages": shown, "has_more": more} | following)

    def _fine(self, told: dict[str, Any]) -> Reply:
        return Reply.json({"ok": True} | told, headers={"X-OAuth-Scopes": self.settings["scopes"]})

    # ── parts of a request ────────────────────────────────────────────────────────────────────────────────────────

    def _asked(self, request: Request, known: tuple[str, ...]) -> tuple[Account, dict[str, Any]]:
        """The bot, and the parameters of the call."""
        scheme, _, token = (request.headers.get("Authorization") or "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refused(_refused("not_authed"))
        me = self.store.account(self.key, token=token)
        if me is None:
            raise Refused(_refused("invalid_auth"))
        request.account = me.name
        method = request.path.rpartition("/")[2]
        scope = _SCOPES.get(method, "chat:write" if method.startswith("chat.") else "")
        if scope and scope not in self.settings["scopes"].split(","):
            raise Refused(Reply.json({"ok": False, "error": "missing_scope", "needed": scope}))
        written = request.method == "POST" and request.kind == "application/json"
        fields = dict(request.json) if written else dict([*request.query, *(request.form if request.body else [])])
        if only(fields, known):
            raise Refused(_refused("invalid_arguments"))
        return me, fields

    def _in(self, me: Account, fields: dict[str, Any]) -> None:
        if fields.get("channel") != _channel(me):
            raise Refused(_refused("channel_not_found"))
        if not self._described(me, me)["is_member"]:
            raise Refused(_refused("not_in_channel"))

    def _text(self, fields: dict[str, Any]) -> str:
        """What readers see; without ``mrkdwn`` off, pairs of signs would change it."""
        text = str(fields.get("text") or "")
        if not text.strip():
            raise Refused(_refused("no_text"))
        if len(text) > LONGEST:
            raise Refused(_refused("msg_too_long"))
        if str(fields.get("mrkdwn", True)).lower() != "false":
            text = re.sub(r"([*_~`])(\S(?:[^\n]*?\S)?)\1", r"\2", text)
        text = re.sub(r"<([^<>|]+)(?:\|([^<>]*))?>", lambda found: found[2] or found[1], text)
        return html.unescape(re.sub(r"&(?!(?:amp|lt|gt);)", "&amp;", text))

    def _own(self, me: Account, number: str, otherwise: str) -> Post:
        post = self.store.post(self.key, number)
        if post is None or post.account != me.name:
            raise Refused(_refused(otherwise))
        return post

    def _count(self, request: Request, me: Account) -> None:
        left, reset = self.store.quota((self.key, "post", me.name), PER_MINUTE, 60)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(max(1, int((reset - request.now).total_seconds())), request.now))

    def _message(self, post: Post, *, metadata: bool) -> dict[str, Any]:
        me = self.store.accounts[self.key, post.account]
        told: dict[str, Any] = {"type": "message", "user": me.id, "ts": post.id}
        told |= {"text": html.escape(post.text, quote=False), "bot_id": me.id.replace("U", "B")}
        if post.extra.get("in_reply_to_id"):
            told["thread_ts"] = post.extra["in_reply_to_id"]
        return told | ({"metadata": post.extra["metadata"]} if metadata and post.extra["metadata"] else {})


def _channel(account: Account) -> str:
    return account.id.replace("U", "C")


def _refused(code: str) -> Reply:
    return Reply.json({"ok": False, "error": code})
