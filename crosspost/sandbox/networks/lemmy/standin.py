"""Stand-in of Lemmy 0.19, Lemmy 1.0 and PieFed (LemmyNet/lemmy: routes, validation, error types; piefed-api-client)."""

import re
from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, bearer, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account, Picture, Post

SHORTEST, TITLE, BODY, URL = 3, 200, 50_000, 2000
POSTS, POST_WINDOW, LOGINS = 6, 300, 3
_VERSIONS = {"lemmy": "0.19.20", "lemmy1": "1.0.0-beta.1", "piefed": "1.7.0"}
_FIELDS = ("community_id", "url", "body", "nsfw", "language_id", "custom_thumbnail", "alt_text", "honeypot")
_SEARCH = ("q", "type_", "creator_id", "sort", "limit", "page")


class Lemmy(StandIn):
    """A link in a community, as often as somebody posts it. ``flavour``: lemmy, lemmy1 or piefed."""

    key: ClassVar = "lemmy"
    name: ClassVar = "Lemmy"
    look: ClassVar = Look(mark="#00a846")
    publishes: ClassVar = "POST /api/v3/post | POST /api/alpha/post"
    paths: ClassVar = r"/api/(?:v3|v4|alpha)/"
    options: ClassVar = {"rate_limits": True, "flavour": "lemmy", "mods_only": False, "second_factor": False}

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        known = {kind: self.store.token(self.key, name, kind) for kind in ("token", "password")}
        return Account(self.key, name, f"4{number}", name, display_name, known)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        told = super().access(account, base_url)
        password = told["credentials"].pop("password")
        return told | {"password": password, "settings": {"community": "garten@sandbox.example"}}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_LEMMY_TOKEN": account.credentials["token"]}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/u/{account.handle}",)

    def refusal(self, status: int, message: str) -> Reply:
        """``{"error": "snake_code"}``; 1.0 adds a message."""
        code = {404: "not_found", 500: "unknown", 503: "unknown"}.get(status, message)
        more = {"message": message} if self.settings["flavour"] == "lemmy1" else {}
        return Reply.json({"error": code} | more, status)

    def expired(self) -> Reply:
        """401: the only thing it is used for."""
        return Reply.json({"error": "incorrect_login"}, 401)

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # 0.19 says nothing of when
        """400 in 0.19, without a time; 429 since."""
        if self.settings["flavour"] == "lemmy1":
            reply = Reply.json({"error": "rate_limit_error"}, 429)
            reply.headers = {"Retry-After": str(retry_after)}
            return reply
        return Reply.json({"error": "rate_limit_error"}, 400)

    def answer(self, request: Request) -> Reply:
        """See :class:`StandIn`. A PieFed has none of Lemmy's paths, and the other way round."""
        versions = {"piefed": ("/api/alpha/",), "lemmy1": ("/api/v3/", "/api/v4/")}
        if not request.path.startswith(versions.get(self.settings["flavour"], ("/api/v3/",))):
            return Reply(404, b"<html><title>404</title></html>", "text/html")
        return super().answer(request)

    # ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/api/v3/site")
    @route("GET", "/api/alpha/site")
    def site(self, request: Request) -> Reply:
        """The server, and whose token it is; without a right token it says nothing of anybody."""
        told: dict[str, Any] = {"version": _VERSIONS[self.settings["flavour"]], "site_view": {"site": {"name": "x"}}}
        me = self._known(request)
        if me is not None:
            request.account = me.name
            person = {"id": int(me.id), "actor_id": f"{request.base_url}/u/{me.handle}"}
            person["user_name" if self.settings["flavour"] == "piefed" else "name"] = me.handle
            told["my_user"] = {"local_user_view": {"person": person}}
        return Reply.json(told)

    @route("POST", "/api/v3/user/login")
    @route("POST", "/api/alpha/user/login")
    def login(self, request: Request) -> Reply:
        """A token for name and password; few of them an hour."""
        field = "username" if self.settings["flavour"] == "piefed" else "username_or_email"
        form = request.json
        if only(form, (field, "password", "totp_2fa_token")):
            raise Malformed("unknown field")
        left, reset = self.store.quota((self.key, "login"), LOGINS, 3600)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(int((reset - request.now).total_seconds()), request.now))
        me = self.store.account(self.key, password=str(form.get("password", "")))
        if me is None or me.handle != form.get(field):
            raise Refused(self.expired())
        if self.settings["second_factor"] and form.get("totp_2fa_token") != "123456":
            raise Refused(self.refusal(400, "missing_totp_token"))
        return Reply.json({"jwt": me.credentials["token"], "registration_created": False})

    @route("GET", "/api/v3/community")
    @route("GET", "/api/alpha/community")
    def community(self, request: Request) -> Reply:
        """A community this server knows."""
        name = first(request.query, "name") or ""
        if name not in ("garten", "garten@sandbox.example") and ("resolved", name) not in self.store.memory:
            raise Refused(self.refusal(404, "couldnt_find_community"))
        return Reply.json({"community_view": {"community": {"id": 7, "name": "garten"}}})

    @route("GET", "/api/v3/resolve_object")
    @route("GET", "/api/alpha/resolve_object")
    def resolve(self, request: Request) -> Reply:
        """Fetch a community from another server; with a token only."""
        self._me(request)
        name = (first(request.query, "q") or "").removeprefix("!")
        if not name.endswith("@elsewhere.example"):
            raise Refused(self.refusal(400, "couldnt_find_object"))
        self.store.memory["resolved", name] = True
        return Reply.json({"community": {"community": {"id": 7, "name": name.partition("@")[0]}}})

    # ── posts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/api/v3/post")
    @route("POST", "/api/alpha/post")
    def create(self, request: Request) -> Reply:
        """Publish; the same link again is another post."""
        me, fields = self._me(request), request.json
        title = self._checked(fields, new=True)
        if self.settings["mods_only"]:
            code = "not_a_moderator" if self.settings["flavour"] == "lemmy1" else "only_mods_can_post_in_community"
            raise Refused(self.refusal(400, code))
        left, reset = self.store.quota((self.key, "post", me.name), POSTS, POST_WINDOW)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(int((reset - request.now).total_seconds()), request.now))
        new = self.store.new_id()
        post = Post(new, self.key, me.name, _text(title, fields), request.now, f"/post/{new}")
        post.extra = {"title": title, "url": fields.get("url"), "body": fields.get("body"), "nsfw": fields.get("nsfw")}
        post.link = str(fields.get("url") or "")
        if shown := fields.get("custom_thumbnail"):
            extra = {"url": shown}
            number = self.store.new_id()
            post.pictures = [Picture(number, f"{self.key}/{me.name}", b"", "", 0, 0, request.now, extra=extra)]
        return Reply.json({"post_view": self._view(self.store.commit(post), request)})

    @route("PUT", "/api/v3/post")
    @route("PUT", "/api/alpha/post")
    def change(self, request: Request) -> Reply:
        """Change title, link and text."""
        me, fields = self._me(request), dict(request.json)
        post = self._post(me, fields.pop("post_id", None))
        title = self._checked(fields, new=False)
        post.text, post.edited = _text(title, fields), request.now
        post.extra |= {"title": title, "url": fields.get("url"), "body": fields.get("body")}
        return Reply.json({"post_view": self._view(post, request)})

    @route("POST", "/api/v3/post/delete")
    @route("POST", "/api/alpha/post/delete")
    def delete(self, request: Request) -> Reply:
        """Mark a post as deleted; once more changes nothing."""
        me = self._me(request)
        if set(request.json) != {"post_id", "deleted"} or request.json["deleted"] is not True:
            raise Malformed("post_id and deleted")
        post = self._post(me, request.json["post_id"], gone=True)
        post.deleted = True
        return Reply.json({"post_view": self._view(post, request)})

    @route("GET", "/api/v3/search")
    def search(self, request: Request) -> Reply:
        """Posts by link (0.19 only) or by words of the title, newest first."""
        self._me(request)
        query = dict(request.query)
        if only(query, _SEARCH) or query.get("sort") != "New":
            raise Malformed("unknown parameter")
        if query.get("type_") not in ("Posts", *(("Url",) if self.settings["flavour"] == "lemmy" else ())):
            raise Malformed("unknown variant of type_")
        size, page = int(query.get("limit", 10)), int(query.get("page", 1))
        owner = next(
            (a for a in self.store.accounts.values() if (a.network, a.id) == (self.key, query["creator_id"])), None
        )
        posts = self.own_posts(owner) if owner else []
        field = "url" if query["type_"] == "Url" else "title"
        found = [p for p in posts if query["q"].lower() in str(p.extra[field] or "").lower()]
        return Reply.json({"posts": [self._view(p, request) for p in found[size * (page - 1) : size * page]]})

    @route("GET", "/api/v4/person/content")
    def content(self, request: Request) -> Reply:
        """1.0: what the account itself has written, newest first."""
        me = self._me(request)
        posts = self.own_posts(me)[: int(first(request.query, "limit") or 10)]
        return Reply.json({"items": [{"type_": "post", **self._view(post, request)} for post in posts]})

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _known(self, request: Request) -> Account | None:
        """Whose token it is: in the header, or in the cookie that browsers and some clients send."""
        cookie = re.search(r"(?:^|; )jwt=([^;]+)", str(request.headers.get("Cookie", "")))
        token = bearer(request) or (cookie[1] if cookie else "")
        return self.store.account(self.key, token=token) if token else None

    def _me(self, request: Request) -> Account:
        me = self._known(request)
        if me is None:
            raise Refused(self.expired())
        request.account = me.name
        return me

    def _checked(self, fields: dict[str, Any], *, new: bool) -> str:
        """The title, if everything is as it must be."""
        title_field = "title" if self.settings["flavour"] == "piefed" else "name"
        if strange := only(fields, (title_field, *_FIELDS)):
            raise Malformed(f"unknown field {strange[0]}")
        title = str(fields.get(title_field) or "").strip()
        if not SHORTEST <= len(title) <= TITLE or "\n" in title:
            raise Refused(self.refusal(400, "invalid_post_title"))
        if len(str(fields.get("body") or "")) > BODY:
            raise Refused(self.refusal(400, "invalid_body_field"))
        url = fields.get("url")
        if url is not None and (not str(url).startswith(("http://", "https://")) or len(url) > URL):
            raise Refused(self.refusal(400, "invalid_url"))
        if new and fields.get("community_id") != 7:
            raise Refused(self.refusal(400, "couldnt_find_community"))
        if fields.get("honeypot"):
            raise Refused(self.refusal(400, "honeypot_filled"))
        return title

    def _post(self, me: Account, number: Any, *, gone: bool = False) -> Post:
        post = next((p for p in self.store.posts if (p.network, p.id) == (self.key, str(number))), None)
        if post is None or (post.deleted and not gone):
            raise Refused(self.refusal(404, "couldnt_find_post"))
        if post.account != me.name:
            raise Refused(self.refusal(400, "no_post_edit_allowed"))
        return post

    def _view(self, post: Post, request: Request) -> dict[str, Any]:
        me = self.store.accounts[self.key, post.account]
        when = "published_at" if self.settings["flavour"] == "lemmy1" else "published"
        told = {"id": int(post.id), "name": post.extra["title"], "url": post.extra["url"], "body": post.extra["body"]}
        told |= {when: post.time.isoformat(), "ap_id": f"{request.base_url}{post.path}", "creator_id": int(me.id)}
        return {"post": told | {"community_id": 7, "deleted": post.deleted}}


def _text(title: str, fields: dict[str, Any]) -> str:
    """What readers see: title, text, link."""
    return "\n\n".join(filter(None, (title, fields.get("body"), fields.get("url"))))
