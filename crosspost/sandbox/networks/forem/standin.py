"""Stand-in of dev.to (developers.forem.com/api/v1; forem/forem, models/article.rb and rack_attack.rb)."""

import re
from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core import article
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account, Post

TITLE, BODY, TAGS, TAG, PER_HALF_MINUTE = 128, 819_200, 4, 30, 9
MENTIONED = 7  # people whom one article may name
_FIELDS = (
    *("title", "body_markdown", "published", "series", "main_image", "canonical_url", "description", "tags"),
    *("published_at", "language", "organization_id"),
)


class Forem(StandIn):
    """Articles in Markdown. A canonical address is taken once, whoever publishes it."""

    key: ClassVar = "forem"
    name: ClassVar = "dev.to"
    look: ClassVar = Look(mark="#0a0a0a")
    publishes: ClassVar = "POST /api/articles"
    paths: ClassVar = r"/api/(?:articles|users/me)(?:/|$)"
    options: ClassVar = {"rate_limits": True}

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        key = {"api_key": self.store.token(self.key, name, "api_key")}
        return Account(self.key, name, f"70{number}", name, display_name, key)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_FOREM_API_KEY": account.credentials["api_key"]}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`. The usual address belongs to nobody in the sandbox."""
        return (f"/forem/{account.handle}",)

    def refusal(self, status: int, message: str) -> Reply:
        """``{"error", "status"}``."""
        return Reply.json({"error": message, "status": status}, status)

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "unauthorized")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429."""
        reply = self.refusal(429, f"Rate limit reached, try again in {retry_after} seconds")
        reply.headers = {"Retry-After": str(retry_after)}
        return reply

    @route("GET", "/api/users/me")
    def who(self, request: Request) -> Reply:
        """Whose key it is."""
        me = self._me(request)
        return Reply.json({"id": int(me.id), "username": me.handle, "name": me.display_name})

    @route("GET", "/api/articles/me/all")
    def mine(self, request: Request) -> Reply:
        """The account's articles, also drafts."""
        me = self._me(request)
        size = int(first(request.query, "per_page") or 30)
        posts = [post for post in self.store.posts[::-1] if (post.network, post.account) == (self.key, me.name)]
        return Reply.json([self._told(post, request) for post in posts[:size]])

    @route("POST", "/api/articles")
    def create(self, request: Request) -> Reply:
        """Publish an article."""
        me, fields = self._me(request), self._fields(request)
        left, reset = self.store.quota((self.key, "articles", me.name), PER_HALF_MINUTE, 30)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(max(1, int((reset - request.now).total_seconds())), request.now))
        new = self.store.new_id()
        post = Post(new, self.key, me.name, "", request.now, f"/forem/{me.handle}/{new}")
        self._fill(post, fields)
        return Reply.json(self._told(self.store.commit(post), request), 201)

    @route("PUT", "/api/articles/{number}")
    def change(self, request: Request, number: str) -> Reply:
        """Change an article; ``published: false`` makes it a draft."""
        me, fields = self._me(request), self._fields(request)
        post = next((p for p in self.store.posts if (p.network, p.id, p.account) == (self.key, number, me.name)), None)
        if post is None:
            raise Refused(self.refusal(404, "not found"))
        if fields.get("published") is False:
            post.deleted = True
        else:
            self._fill(post, fields)
            post.edited = request.now
        return Reply.json(self._told(post, request))

    def _me(self, request: Request) -> Account:
        if request.headers.get("Accept") != "application/vnd.forem.api-v1+json":
            raise Malformed("the sandbox speaks version 1 only")
        me = self.store.account(self.key, api_key=str(request.headers.get("api-key", "")))
        if me is None:
            raise Refused(self.expired())
        request.account = me.name
        return me

    def _fields(self, request: Request) -> dict[str, Any]:
        article = request.json.get("article")
        if not isinstance(article, dict):
            raise Refused(self.refusal(422, "article param must be a JSON object"))
        if strange := only(article, _FIELDS):
            raise Malformed(f"the sandbox does not know {strange[0]} here")
        return {**article, **_front_matter(str(article.get("body_markdown") or ""))}

    def _fill(self, post: Post, fields: dict[str, Any]) -> None:
        title, body, tags = (
            str(fields.get("title") or ""),
            str(fields.get("body_markdown") or ""),
            fields.get("tags", []),
        )
        canonical = fields.get("canonical_url")
        problems = {
            "Title can't be blank": not title.strip(),
            "Title is too long (maximum is 128 characters)": len("".join(title.split())) > TITLE,
            "Body markdown is too long": len(body.encode()) > BODY,
            f"Tag list exceed the maximum of {TAGS} tags": len(tags) > TAGS,
            "Tag is not alphanumeric": any(not tag.isalnum() or len(tag) > TAG for tag in tags),
            "Canonical url must not have spaces": canonical is not None and " " in canonical,
            "Canonical url has already been taken": canonical and self._taken(canonical, post),
            f"You cannot mention more than {MENTIONED} users in a post!": len(set(_called(body))) > MENTIONED,
        }
        for why, is_so in problems.items():
            if is_so:
                raise Refused(self.refusal(422, why))
        post.text = "\n\n".join(filter(None, (title, body)))
        post.extra = {"title": title, "canonical_url": canonical, "tags": tags, "series": fields.get("series")}
        post.extra |= {"description": fields.get("description"), "organization": fields.get("organization_id")}
        post.extra["called"] = _called(body)
        # the main picture has no words, those in the text have
        main = [(str(shown), "")] if (shown := fields.get("main_image")) else []
        found = [*main, *article.in_markdown(body)]
        post.pictures = article.linked(found, f"{self.key}/{post.account}", self.store.clock())

    def _taken(self, canonical: str, but: Post) -> bool:
        """By anybody's published article."""
        return any(p is not but and p.extra["canonical_url"] == canonical for p in self.store.timeline(self.key))

    def _told(self, post: Post, request: Request) -> dict[str, Any]:
        url = f"{request.base_url}{post.path}"
        told = {"id": int(post.id), "title": post.extra["title"], "url": url, "published": not post.deleted}
        return told | {"canonical_url": post.extra["canonical_url"] or url, "published_at": post.time.isoformat()}


def _called(body: str) -> list[str]:
    """Whom an article names outside of code and links; everybody does exist here (Html::Parser, wrap_mentions)."""
    code = r"(?ms)^```.*?^```|^~~~.*?^~~~|`[^`]+`|^(?: {4}|\t).*?$|<(pre|code|a)\b.*?</\1>"
    words = re.sub(rf"{code}|!?\[[^\]]*\]\([^)]*\)|https?://\S+", " ", body)
    return re.findall(r"(?i)\B@[a-z0-9_-]+", words)


def _front_matter(body: str) -> dict[str, Any]:
    """What a body says before its text goes before the fields, as there."""
    found = re.match(r"---\s*\n(.*?)\n---\s*\n", body, re.DOTALL)
    if found is None:
        return {}
    said = dict(line.split(":", 1) for line in found[1].splitlines() if ":" in line)
    known = {name.strip(): value.strip() for name, value in said.items() if name.strip() in ("title", "canonical_url")}
    return known | {"body_markdown": body[found.end() :]}
