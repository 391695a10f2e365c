"""Stand-in of Tumblr's API v2 with the Neue Post Format (tumblr/docs: api.md, npf-spec.md, 2024-10)."""

import json
from datetime import datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.code_grant import CodeGrant
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import only, route, whole
from crosspost.sandbox.core.store import Account, Picture, Post

TEXT, ALT, BLOCKS, IMAGES, LINKS, BYTES, PER_DAY = 4096, 4096, 1000, 30, 10, 10_000_000, 250
_FIELDS = ("content", "tags", "state", "slug", "date", "publish_on", "source_url", "interactability_reblog", "layout")
_BLOCK = {
    "text": ("text", "subtype", "formatting"),
    "link": ("url", "title", "description", "poster"),
    "image": ("media", "alt_text", "caption"),
}
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
        told = [self._told(post, request) for post in posts[start : start + size]]
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
        """Delete a post."""
        self._post(request, blog, dict(request.form).get("id", "")).deleted = True
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
        if not isinstance(fields, dict) or only(fields, _FIELDS) or not isinstance(fields.get("tags", ""), str):
            raise Refused(self.refusal(400, "Bad Request", 8001))
        content = fields.get("content")
        if not isinstance(content, list) or not 1 <= len(content) <= BLOCKS:
            raise Refused(self.refusal(400, "content is a list of blocks", 8001))
        if fields.get("state", "published") not in _STATES:
            raise Refused(self.refusal(400, "state", 8001))
        return fields

    def _write(self, post: Post, me: Account, request: Request, fields: dict[str, Any]) -> None:
        """The blocks of a post; pictures that are there already may be named again."""
        texts, shown, kept = [], list[Picture](), []
        for block in fields["content"]:
            kind = block.get("type") if isinstance(block, dict) else None
            if kind not in _BLOCK or only(block, ("type", *_BLOCK[kind])):
                raise Refused(self.refusal(400, "an unknown block, or an unknown field of one", 8001))
            if kind == "text":
                if not isinstance(block.get("text"), str) or len(block["text"]) > TEXT:
                    raise Refused(self.refusal(400, f"a text has at most {TEXT} characters", 8001))
                texts.append(block["text"])
            elif kind == "link":
                if not str(block.get("url", "")).startswith(("http://", "https://")):
                    raise Refused(self.refusal(400, "a link has a url", 8001))
                texts.append(block["url"])
                post.link = block["url"]
            else:
                shown.append(self._picture(me, request, block))
                media = [{"url": f"media:{shown[-1].id}"}]
                kept.append({"type": "image", "media": media, "alt_text": shown[-1].alt})
                continue
            kept.append(block)
        kinds = [block["type"] for block in kept]
        if kinds.count("image") > IMAGES or kinds.count("link") > LINKS:
            raise Refused(self.refusal(400, "too many blocks of a kind", 8001))
        post.text, post.pictures = "\n\n".join(texts), shown
        post.visibility = "private" if fields.get("state") == "private" else "public"
        post.extra |= {"tags": [tag for tag in fields.get("tags", "").split(",") if tag], "content": kept}
        post.extra.setdefault("state", fields.get("state", "published"))

    def _picture(self, me: Account, request: Request, block: dict[str, Any]) -> Picture:
        media = block.get("media")
        if not isinstance(media, list) or not media or not isinstance(media[0], dict):
            raise Refused(self.refusal(400, "an image has media", 8001))
        if str(media[0].get("url", "")).startswith("media:"):
            there = self.store.picture(me, media[0]["url"].removeprefix("media:"))
            if there is None:
                raise Refused(self.refusal(400, "there is no such media", 8005))
            return there
        file = request.files.get(str(media[0].get("identifier")))
        shape = pictures.shape(file.data) if file is not None else None
        if file is None or shape is None or len(file.data) > BYTES or len(block.get("alt_text", "")) > ALT:
            raise Refused(self.refusal(400, "the media cannot be used", 8005))
        return self.store.keep(me, file.data, shape, block.get("alt_text", ""))

    def _told(self, post: Post, request: Request) -> dict[str, Any]:
        told = {"id": int(post.id), "id_string": post.id, "slug": post.extra["slug"], "state": post.extra["state"]}
        told |= {"timestamp": int(post.time.timestamp()), "post_url": f"{request.base_url}{post.path}"}
        return told | {"tags": post.extra["tags"], "content": post.extra["content"], "summary": post.text[:80]}


def _blogs(me: Account) -> tuple[str, str]:
    return me.handle, f"{me.handle}-garten"


def _said(response: Any, status: int = 200) -> Reply:
    return Reply.json({"meta": {"status": status, "msg": "OK"}, "response": response}, status)
