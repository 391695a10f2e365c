"""Stand-in of Lemmy 0.19, Lemmy 1.0 and PieFed (LemmyNet/lemmy: routes, validation, error types; piefed-api-client)."""

from typing import Any

from crosspost.sandbox.core import article
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.lemmy.comments import Comments

SHORTEST, TITLE, BODY, URL = 3, 200, 50_000, 2000
POSTS, POST_WINDOW = 6, 300
_FIELDS = ("community_id", "url", "body", "nsfw", "language_id", "custom_thumbnail", "alt_text", "honeypot")
_SEARCH = ("q", "type_", "creator_id", "sort", "limit", "page")


class Lemmy(Comments):
    """A link in a community, as often as somebody posts it. ``flavour``: lemmy, lemmy1 or piefed."""

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
        new = self.store.new_id(small=True)
        post = Post(new, self.key, me.name, _text(title, fields), request.now, f"/post/{new}")
        post.extra = {"title": title, "url": fields.get("url"), "body": fields.get("body"), "nsfw": fields.get("nsfw")}
        post.link = str(fields.get("url") or "")
        post.extra["thumbnail"] = fields.get("custom_thumbnail")
        self._show(post)
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
        self._show(post)
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

    def _show(self, post: Post) -> None:
        """The thumbnail, which has no words, and the pictures of the text, which have."""
        thumbnail = [(str(post.extra["thumbnail"]), "")] if post.extra["thumbnail"] else []
        found = [*thumbnail, *article.in_markdown(post.extra["body"] or "")]
        post.pictures = article.linked(found, f"{self.key}/{post.account}", self.store.clock())

    def _post(self, me: Account, number: Any, *, gone: bool = False) -> Post:
        post = next((p for p in self.store.posts if (p.network, p.id) == (self.key, str(number))), None)
        if post is None or (post.deleted and not gone):
            raise Refused(self.refusal(404, "couldnt_find_post"))
        if post.account != me.name:
            raise Refused(self.refusal(400, "no_post_edit_allowed"))
        return post


def _text(title: str, fields: dict[str, Any]) -> str:
    """What readers see: title, text, link."""
    return "\n\n".join(filter(None, (title, fields.get("body"), fields.get("url"))))
