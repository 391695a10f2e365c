"""Stand-in of Tumblr's API v2 with the Neue Post Format (tumblr/docs: api.md, npf-spec.md, 2024-10)."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.code_grant import CodeGrant
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import only, route, whole
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.tumblr import blocks

BYTES, PER_DAY = 10_000_000, 250
#: field of a post → its type
_FIELDS = {
    "content": list, "tags": str, "state": str, "slug": str, "date": str, "publish_on": str, "source_url": str,
    "interactability_reblog": str, "layout": list,
}  # fmt: skip
_STATES = ("published", "queue", "draft", "private")


class Tumblr(CodeGrant):
    """Blogs. ``queues``: whether the blog puts every post into its queue."""

    key: ClassVar = "tumblr"
    name: ClassVar = "Tumblr"
    look: ClassVar = Look(mark="#001935")
    publishes: ClassVar = "POST /v2/blog/*/posts"
    paths: ClassVar = r"/v2/(?:blog|user|oauth2)/|/oauth2/authorize$|/tumblr/"
    options: ClassVar = {"callbacks": ("http://localhost:8723/callback",), "rate_limits": True, "queues": False}
    scopes = frozenset({"basic", "write", "offline_access"})
    life = timedelta(seconds=2520)
    offline = "offline_access"

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        token = {"access_token": self.store.token(self.key, name, "token")}
        return Account(self.key, name, f"{number}", name, display_name, token)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        return super().access(account, base_url) | {"settings": {"blog": account.handle}, "app": self.app}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_TUMBLR_ACCESS_TOKEN": account.credentials["access_token"]}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/tumblr/{account.handle}",)

    def refusal(self, status: int, message: str, code: int = 0) -> Reply:
        """``{"meta": {…}, "errors": [{"title", "code"}]}``."""
        error = {"title": message, "code": code or status, "detail": message}
        return Reply.json({"meta": {"status": status, "msg": message}, "errors": [error]}, status)

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "Unauthorized")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429."""
        reply = self.refusal(429, "Limit Exceeded")
        reply.headers = {"Retry-After": str(retry_after)}
        return reply

    # ── who ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/oauth2/authorize")
    def authorize(self, request: Request) -> Reply:
        """The page of consent."""
        return self.asked(request, "/oauth2/authorize")

    @route("POST", "/oauth2/authorize")
    def decide(self, request: Request) -> Reply:
        """The person's answer on that page."""
        return self.decided(request)

    @route("POST", "/v2/oauth2/token")
    def token(self, request: Request) -> Reply:
        """Tokens for a code or a refresh token."""
        return self.exchanged(request)

    @route("GET", "/v2/user/info")
    def user(self, request: Request) -> Reply:
        """The account and its blogs."""
        me = self._me(request)
        blogs = [{"name": name, "url": f"https://{name}.tumblr.com/", "title": name} for name in _blogs(me)]
        return _said({"user": {"name": me.handle, "blogs": blogs}})

    # ── posts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/v2/blog/{blog}/posts")
    def create(self, request: Request, blog: str) -> Reply:
        """Publish, or put into the queue, or keep."""
        me, fields = self._owner(request, blog), self._fields(request)
        left, _ = self.store.quota((self.key, "posts", me.name), PER_DAY, 86_400)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.refusal(403, "You've hit the daily limit of posts", 8023))
        new = self.store.new_id()
        post = Post(new, self.key, me.name, "", request.now, f"/tumblr/{blog}/{new}")
        post.extra = {"blog": blog, "slug": fields.get("slug") or "post"}
        self._write(post, me, request, fields)
        state = "queued" if self.settings["queues"] else fields.get("state", "published")
        post.extra["state"] = state
        if state in ("published", "private"):
            self.store.commit(post)
        return _said({"id": new, "state": state}, 201)

    @route("GET", "/v2/blog/{blog}/posts")
    def listed(self, request: Request, blog: str) -> Reply:
        """The blog's posts, newest first; those of the queue are not among them."""
        me = self._owner(request, blog)
        size = whole(first(request.query, "limit"), 20, 1, 20, "limit")
        start = whole(first(request.query, "offset"), 0, 0, 100_000, "offset")
        posts = [post for post in self.own_posts(me) if post.extra["blog"] == blog]
        npf = first(request.query, "npf") == "true"  # without it they come in the old form, which has no blocks
        told = [self._told(post, request, npf=npf) for post in posts[start : start + size]]
        return _said({"posts": told, "total_posts": len(posts)})

    @route("GET", "/v2/blog/{blog}/posts/{number}")
    def read(self, request: Request, blog: str, number: str) -> Reply:
        """One post, with its blocks."""
        return _said(self._told(self._post(request, blog, number), request))

    @route("PUT", "/v2/blog/{blog}/posts/{number}")
    def change(self, request: Request, blog: str, number: str) -> Reply:
        """All of a post anew."""
        post, fields = self._post(request, blog, number), self._fields(request)
        self._write(post, self.store.accounts[self.key, post.account], request, fields)
        post.edited = request.now
        return _said({"id": post.id})

    @route("POST", "/v2/blog/{blog}/post/delete")
    def delete(self, request: Request, blog: str) -> Reply:
        """Delete a post, named in a form or in JSON."""
        named = request.json if request.kind == "application/json" else dict(request.form)
        self._post(request, blog, str(named.get("id", ""))).deleted = True
        return _said({})

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _me(self, request: Request, scope: str = "write") -> Account:
        me, scopes = self.holder(request)
        if me is None:
            raise Refused(self.expired())
        if scope not in scopes:
            raise Refused(self.refusal(403, "Forbidden"))
        request.account = me.name
        return me

    def _owner(self, request: Request, blog: str) -> Account:
        me = self._me(request)
        if blog not in _blogs(me):
            raise Refused(self.refusal(403, "You can't do that on this blog"))
        return me

    def _post(self, request: Request, blog: str, number: str) -> Post:
        me, post = self._owner(request, blog), self.store.post(self.key, number)
        if post is None or post.account != me.name or post.extra["blog"] != blog:
            raise Refused(self.refusal(404, "Not Found"))
        return post

    def _fields(self, request: Request) -> dict[str, Any]:
        """The body: JSON, or the first part of a form, called ``json``."""
        if request.kind == "multipart/form-data":
            if not request.form or request.form[0][0] != "json":
                raise Malformed("the first part is called json")
            fields = json.loads(request.form[0][1])
        else:
            fields = request.json
        if not isinstance(fields, dict):
            raise Refused(self.refusal(400, "the body is an object", 8001))
        if (wrong := next(_mistakes(fields), None)) is not None:
            raise Refused(self.refusal(400, wrong, 8001))
        named = [one.get("identifier") for one in _media(fields) if one.get("identifier") is not None]
        if len(set(named)) < len(named) or set(named) != set(request.files):
            raise Refused(self.refusal(400, "each file belongs to one medium, by its identifier", 8005))
        return fields

    def _write(self, post: Post, me: Account, request: Request, fields: dict[str, Any]) -> None:
        """The blocks of a post; pictures that are there already may be named again."""
        texts, shown, kept = [], list[Picture](), []
        for block in fields["content"]:
            if block["type"] == "text":
                texts.append(block["text"])
            elif block["type"] == "link":
                texts.append(block["url"])
                post.link = block["url"]
            else:
                shown.append(self._picture(me, request, block))
                media = [{"url": f"media:{shown[-1].id}"}]
                kept.append({"type": "image", "media": media, "alt_text": shown[-1].alt})
                continue
            kept.append(block)
        post.text, post.pictures = "\n\n".join(texts), shown
        post.visibility = "private" if fields.get("state") == "private" else "public"
        post.extra |= {"tags": [tag for tag in fields.get("tags", "").split(",") if tag], "content": kept}
        post.extra.setdefault("state", fields.get("state", "published"))

    def _picture(self, me: Account, request: Request, block: dict[str, Any]) -> Picture:
        media = blocks.media_of(block)
        if str(media[0].get("url", "")).startswith("media:"):
            there = self.store.picture(me, media[0]["url"].removeprefix("media:"))
            if there is None:
                raise Refused(self.refusal(400, "there is no such media", 8005))
            return there
        file = request.files.get(str(media[0].get("identifier")))
        shape = pictures.shape(file.data) if file is not None else None
        if file is None or shape is None or len(file.data) > BYTES:
            raise Refused(self.refusal(400, "the media cannot be used", 8005))
        if media[0].get("type", pictures.TYPES[shape[0]]) != pictures.TYPES[shape[0]]:
            raise Refused(self.refusal(400, "the media is of another type than it says", 8005))
        return self.store.keep(me, file.data, shape, block.get("alt_text", ""))

    def _told(self, post: Post, request: Request, *, npf: bool = True) -> dict[str, Any]:
        told = {"id": int(post.id), "id_string": post.id, "slug": post.extra["slug"], "state": post.extra["state"]}
        told |= {"timestamp": int(post.time.timestamp()), "post_url": f"{request.base_url}{post.path}"}
        content = {"content": post.extra["content"]} if npf else {"type": "text"}
        return told | {"tags": post.extra["tags"], "summary": post.text[:80]} | content


def _mistakes(fields: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a post's fields."""
    if strange := only(fields, _FIELDS):
        yield f"there is no field {strange[0]}"
    for name, kind in _FIELDS.items():
        if name in fields and not isinstance(fields[name], kind):
            yield f"{name} is of another type"
            return
    if fields.get("state", "published") not in _STATES:
        yield "state"
    if "publish_on" in fields and fields.get("state") != "queue":
        yield "publish_on goes with the state queue only"
    if fields.get("interactability_reblog", "everyone") not in ("everyone", "noone"):
        yield "interactability_reblog"
    yield from blocks.mistakes(fields.get("content"))
    if len(json.dumps(fields)) > blocks.STORED:
        yield "a post has at most 1 MB"


def _media(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """The media of a post whose fields are right."""
    return [one for block in fields["content"] if block["type"] == "image" for one in blocks.media_of(block)]


def _blogs(me: Account) -> tuple[str, str]:
    return me.handle, f"{me.handle}-garten"


def _said(response: Any, status: int = 200) -> Reply:
    return Reply.json({"meta": {"status": status, "msg": "OK"}, "response": response}, status)
