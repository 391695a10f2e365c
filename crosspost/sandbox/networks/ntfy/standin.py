"""Stand-in of an ntfy server with access control (docs.ntfy.sh; binwiederhier/ntfy, server/errors.go)."""

import json
from datetime import datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, bearer, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account, Picture, Post

MESSAGE, BURST, KEPT = 4096, 60, timedelta(hours=12)
_FIELDS = ("topic", "title", "message", "tags", "priority", "click", "attach", "filename", "markdown", "icon", "delay")
_CODES = {400: 40001, 401: 40101, 403: 40301, 404: 40401, 413: 41301, 429: 42901, 500: 50001, 503: 50301}


class Ntfy(StandIn):
    """Messages to a topic, kept for twelve hours. ``daily``: messages a day."""

    key: ClassVar = "ntfy"
    name: ClassVar = "ntfy"
    look: ClassVar = Look(mark="#338574")
    publishes: ClassVar = "POST /ntfy | POST /"
    paths: ClassVar = r"/ntfy(?:/|$)|/$"
    options: ClassVar = {"rate_limits": True, "daily": 250, "cache": True}

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        return Account(
            self.key, name, f"{number}", name, display_name, {"token": self.store.token(self.key, name, "tk")}
        )

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        told = super().access(account, base_url)
        return told | {"base_url": f"{base_url}/ntfy", "settings": {"topic": f"news-{account.handle}"}}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_NTFY_TOKEN": account.credentials["token"]}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/ntfy/news-{account.handle}",)

    def refusal(self, status: int, message: str) -> Reply:
        """``{"code", "http", "error", "link"}``."""
        code = _CODES.get(status, status * 100 + 1)
        return Reply.json({"code": code, "http": status, "error": message, "link": "https://ntfy.sh/docs"}, status)

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "unauthorized")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # it says nothing of when
        """429."""
        return self.refusal(429, "limit reached: too many requests")

    @route("POST", "/ntfy")
    @route("POST", "/")
    def publish(self, request: Request) -> Reply:
        """Publish as JSON. What is too long becomes a file, which readers do not see as a message: refused here."""
        me, fields = self._me(request), request.json
        if strange := only(fields, _FIELDS):
            raise Malformed(f"the sandbox does not know {strange[0]} here")
        topic, message = str(fields.get("topic", "")), str(fields.get("message") or "triggered")
        self._allowed(me, topic)
        if len(message.encode()) > MESSAGE:
            raise Refused(self.refusal(413, "the message would become an attachment"))
        if fields.get("priority", 3) not in (1, 2, 3, 4, 5):
            raise Malformed("invalid request: priority")
        self._count(request, me)
        new, click = self.store.new_id(), str(fields.get("click") or "")
        title = str(fields.get("title") or "")
        text = "\n\n".join(dict.fromkeys(filter(None, (title, message, click))))
        extra = {
            "title": title,
            "message": message,
            "click": click,
            "topic": topic,
            "priority": fields.get("priority", 3),
        }
        extra |= {"tags": fields.get("tags", [])}
        post = Post(new, self.key, me.name, text, request.now, f"/ntfy/{topic}/{new}", link=click, extra=extra)
        if attach := fields.get("attach"):
            number = self.store.new_id()
            post.pictures = [Picture(number, f"ntfy/{me.name}", b"", "", 0, 0, request.now, extra={"url": attach})]
        return Reply.json(_message(self.store.commit(post)))

    @route("GET", "/ntfy/{topic}/json")
    def messages(self, request: Request, topic: str) -> Reply:
        """What the topic still has, oldest first, one JSON object a line."""
        me = self._me(request)
        self._allowed(me, topic)
        if first(request.query, "poll") != "1":
            raise Malformed("the sandbox only polls")
        since = _since(first(request.query, "since") or "", request.now)
        found = [post for post in self.store.timeline(self.key, me.name) if self.settings["cache"]]
        found = [post for post in found if post.time >= max(since, request.now - KEPT)]
        lines = "".join(f"{json.dumps(_message(post), ensure_ascii=False)}\n" for post in found)
        return Reply(200, lines.encode(), "application/x-ndjson; charset=utf-8")

    def _me(self, request: Request) -> Account:
        me = self.store.account(self.key, token=bearer(request)) if bearer(request) else None
        if me is None:
            raise Refused(self.expired())
        request.account = me.name
        return me

    def _allowed(self, me: Account, topic: str) -> None:
        if topic != f"news-{me.handle}":
            raise Refused(self.refusal(403, "forbidden"))

    def _count(self, request: Request, me: Account) -> None:  # noqa: ARG002  # the quota has the sandbox's time
        if not self.settings["rate_limits"]:
            return
        if self.store.quota((self.key, "burst", me.name), BURST, 300)[0] < 0:
            raise Refused(self.refusal(429, "limit reached: too many requests"))
        if self.store.quota((self.key, "day", me.name), self.settings["daily"], 86400)[0] < 0:
            raise Refused(self.refusal(429, "limit reached: daily message quota reached"))


def _message(post: Post) -> dict[str, Any]:
    seconds = int(post.time.timestamp())
    told = {"id": post.id, "time": seconds, "expires": seconds + int(KEPT.total_seconds()), "event": "message"}
    known = ("topic", "title", "message", "click", "priority", "tags")
    return told | {name: post.extra[name] for name in known if post.extra[name]}


def _since(text: str, now: datetime) -> datetime:
    """A Unix time, or so many seconds, minutes or hours ago."""
    if text.isdecimal():
        return datetime.fromtimestamp(int(text), now.tzinfo)
    units = {"s": 1, "m": 60, "h": 3600}
    if not text[:-1].isdecimal() or text[-1] not in units:
        raise Malformed("invalid since parameter")
    return now - timedelta(seconds=int(text[:-1]) * units[text[-1]])
