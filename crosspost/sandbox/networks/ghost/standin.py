"""Stand-in of Ghost's Admin API (ghost.org/docs/admin-api; TryGhost/Docs)."""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core import article, pictures
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.ghost import ghost_refusals, ghost_tokens

NEWSLETTERS = ("default-newsletter", "weekly")
_SOONEST = timedelta(minutes=2)
_ROOT = "/press/ghost/api/admin"
_POST = (
    *("title", "html", "lexical", "status", "published_at", "slug", "tags", "authors", "feature_image", "updated_at"),
    *("feature_image_alt", "feature_image_caption", "custom_excerpt", "canonical_url", "visibility", "featured"),
)


class Ghost(StandIn):
    """Articles in HTML, as drafts first. Only who knows what is stored may change it."""

    key: ClassVar = "ghost"
    name: ClassVar = "Ghost"
    look: ClassVar = Look(mark="#15171a")
    publishes: ClassVar = f"PUT {_ROOT}/posts/*"
    paths: ClassVar = r"/press/(?:ghost/api/admin|content)(?:/|$)"

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        secret = hashlib.sha256(self.store.token(self.key, name, "admin").encode()).hexdigest()
        return Account(
            self.key, name, f"{number}", name, display_name, {"admin_key": f"64a{number}b2{'0' * 18}:{secret}"}
        )

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        return super().access(account, base_url) | {"base_url": f"{base_url}/press"}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_GHOST_ADMIN_KEY": account.credentials["admin_key"]}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/press/author/{account.handle}", *(("/press",) if account.id == "1" else ()))

    def refusal(self, status: int, message: str, code: str = "") -> Reply:
        """See :mod:`ghost_refusals`."""
        return ghost_refusals.refusal(status, message, code)

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "Unknown Admin API Key", "UNKNOWN_ADMIN_API_KEY")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429."""
        reply = self.refusal(429, "Too many requests")
        reply.headers = {"Retry-After": str(retry_after)}
        return reply

    def answer(self, request: Request) -> Reply:
        """See :class:`StandIn`; whatever was to be published by now is."""
        with self.store.lock:
            for kept in self._articles().values():
                if kept["status"] == "scheduled" and _read(kept["published_at"]) <= request.now:
                    kept["status"] = "published"
                    kept["updated_at"] = self._stamp(request)
                    self._publish(kept, request)
        return super().answer(request)

    # ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", f"{_ROOT}/site")
    def site(self, request: Request) -> Reply:
        """The site, to everybody."""
        return Reply.json({"site": {"title": "Sandbox", "url": f"{request.base_url}/press/", "version": "6.0"}})

    @route("GET", f"{_ROOT}/newsletters")
    def newsletters(self, request: Request) -> Reply:
        """The newsletters an article can be mailed with."""
        self._me(request)
        return Reply.json({"newsletters": [{"slug": slug} for slug in NEWSLETTERS]})

    @route("POST", f"{_ROOT}/images/upload")
    def upload(self, request: Request) -> Reply:
        """Keep a picture."""
        me, file = self._me(request), request.files.get("file")
        if file is None or only(dict(request.form), ("purpose", "ref")):
            raise Refused(self.refusal(422, "Please select an image."))
        shape = pictures.shape(file.data)
        if not file.content_type.startswith("image/") or (shape and shape[0] not in ("JPEG", "PNG", "GIF", "WEBP")):
            raise Refused(self.refusal(415, "Please select a valid image."))
        if shape is None:
            raise Refused(ghost_refusals.broken_picture())
        kept = self.store.keep(me, file.data, shape)
        return Reply.json({"images": [{"url": f"{request.base_url}/press/content/{kept.id}", "ref": None}]}, 201)

    @route("GET", "/press/content/{number}")
    def file(self, request: Request, number: str) -> Reply:  # noqa: ARG002  # a route's shape
        """A picture."""
        picture = self.store.pictures.get(number)
        if picture is None:
            raise Refused(self.refusal(404, "Not found"))
        return Reply(200, picture.data, pictures.TYPES[picture.format])

    # ── articles ──────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", f"{_ROOT}/posts")
    def posts(self, request: Request) -> Reply:
        """Articles, newest first, at most a hundred; those with a slug where a filter says so."""
        self._me(request)
        asked = re.fullmatch(r"slug:'?([a-z0-9-]+)'?", first(request.query, "filter") or "")
        found = [one for one in self._articles().values() if asked is None or one["slug"] == asked[1]][::-1]
        most = min(int(first(request.query, "limit") or 15), 100)
        return Reply.json({"posts": [self._told(one, request) for one in found[:most]]})

    @route("GET", f"{_ROOT}/posts/slug/{{slug}}")
    def by_slug(self, request: Request, slug: str) -> Reply:
        """The article with a slug."""
        self._me(request)
        found = [one for one in self._articles().values() if one["slug"] == slug]
        if not found:
            raise Refused(ghost_refusals.missing("read"))
        return Reply.json({"posts": [self._told(found[0], request)]})

    @route("GET", f"{_ROOT}/posts/{{number}}")
    def by_id(self, request: Request, number: str) -> Reply:
        """One article."""
        self._me(request)
        return Reply.json({"posts": [self._told(self._article(number, "read"), request)]})

    @route("POST", f"{_ROOT}/posts")
    def create(self, request: Request) -> Reply:
        """Make a draft, or publish at once."""
        me, fields = self._me(request), self._fields(request)
        if "title" not in fields:
            raise Refused(ghost_refusals.incomplete("save", "title"))
        new, slug = self.store.new_id(), str(fields.get("slug") or "article")
        while any(one["slug"] == slug for one in self._articles().values()):
            found = re.fullmatch(r"(.*)-(\d)", slug)
            slug = f"{found[1]}-{int(found[2]) + 1}" if found else f"{slug}-2"
        kept = fields | {"id": new, "slug": slug, "author": me.name, "status": fields.get("status", "draft")}
        self._articles()[new] = kept | {"updated_at": self._stamp(request)}
        if kept["status"] == "scheduled":
            self._in_time(kept, request)
        if kept["status"] == "published":
            self._articles()[new].setdefault("published_at", self._articles()[new]["updated_at"])
            self._publish(self._articles()[new], request)
        return Reply.json({"posts": [self._told(self._articles()[new], request)]}, 201)

    @route("PUT", f"{_ROOT}/posts/{{number}}")
    def change(self, request: Request, number: str) -> Reply:
        """Change an article whose stored state is known; publishing is a change of its status."""
        me, fields, kept = self._me(request), self._fields(request), self._article(number, "edit")
        if kept["author"] != me.name:
            raise Refused(self.refusal(403, "You do not have permission to edit this post"))
        if "updated_at" not in fields:
            raise Refused(ghost_refusals.incomplete("edit", "updated_at"))
        if fields["updated_at"] != kept["updated_at"]:
            raise Refused(ghost_refusals.collision(fields))
        was, newsletter = kept["status"], first(request.query, "newsletter")
        if newsletter and newsletter not in NEWSLETTERS:
            why = "The post does not have a newsletter relation"
            raise Refused(ghost_refusals.refusal(500, "Error sending email!", context=why))
        if fields.get("status", was) == "scheduled":
            self._in_time(kept | fields, request)
        kept |= fields | {"updated_at": self._stamp(request)}
        if kept["status"] != was and kept["status"] in ("published", "scheduled"):
            kept["newsletter"] = newsletter
        if kept["status"] == "published":
            kept.setdefault("published_at", kept["updated_at"])
            self._publish(kept, request, again=was == "published")
        return Reply.json({"posts": [self._told(kept, request)]})

    @route("DELETE", f"{_ROOT}/posts/{{number}}")
    def delete(self, request: Request, number: str) -> Reply:
        """Delete an article for good."""
        self._me(request)
        del self._articles()[self._article(number, "delete")["id"]]
        post = self.store.post(self.key, number)
        if post is not None:
            post.deleted = True
        return Reply(204)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _me(self, request: Request) -> Account:
        """Whose key signed the token (RFC 7519): right, not too old, and not for too long."""
        scheme, _, token = str(request.headers.get("Authorization", "")).partition(" ")
        if not scheme:
            raise Refused(ghost_refusals.nobody())
        if scheme != "Ghost":
            why = 'Authorization header format is "Authorization: Ghost [token]"'
            raise Refused(self.refusal(401, why, "INVALID_AUTH_HEADER"))
        if not request.headers.get("Accept-Version"):
            raise Malformed("a request should name the version it was written for (Accept-Version)")
        try:
            given = ghost_tokens.read(token)
        except (ValueError, KeyError, TypeError):
            raise Refused(self.refusal(400, "Invalid token", "INVALID_JWT")) from None
        me = next((a for a in self._accounts() if a.credentials["admin_key"].startswith(f"{given.key}:")), None)
        if me is None:
            raise Refused(self.expired())
        if not given.signed_with(me.credentials["admin_key"].partition(":")[2]):
            raise Refused(self.refusal(401, "Invalid token: invalid signature", "INVALID_JWT"))
        if given.over(int(request.now.timestamp())):
            raise Refused(self.refusal(401, "Invalid token: jwt expired", "INVALID_JWT"))
        request.account = me.name
        return me

    def _accounts(self) -> list[Account]:
        return [account for account in self.store.accounts.values() if account.network == self.key]

    def _articles(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.store.memory.setdefault((self.key, "articles"), {})
        return found

    def _article(self, number: str, work: str) -> dict[str, Any]:
        found = self._articles().get(number)
        if found is None:
            raise Refused(ghost_refusals.missing(work))
        return found

    def _fields(self, request: Request) -> dict[str, Any]:
        posts = request.json.get("posts")
        if not isinstance(posts, list) or len(posts) != 1 or not isinstance(posts[0], dict):
            raise Malformed("No root key ('posts') provided.")
        fields: dict[str, Any] = posts[0]
        if strange := only(fields, _POST):
            raise Malformed(f"the sandbox does not know {strange[0]} here")
        if "html" in fields and first(request.query, "source") != "html":
            raise Malformed("html is read with ?source=html only")
        if fields.get("visibility", "public") not in ("public", "members", "paid"):
            raise Refused(self.refusal(422, "Validation error, cannot save post. visibility"))
        return fields

    def _publish(self, kept: dict[str, Any], request: Request, *, again: bool = False) -> None:
        """Show the article, as it is now."""
        text, found = article.read(kept.get("html") or "")
        shown: list[Picture] = []
        for address, alt in [(kept.get("feature_image") or "", kept.get("feature_image_alt") or ""), *found]:
            picture = self.store.pictures.get(address.rpartition("/")[2])
            if picture is not None and picture not in shown:
                picture.alt = alt
                shown.append(picture)
        text = "\n\n".join(filter(None, (kept["title"], text)))
        known = ("slug", "canonical_url", "tags", "visibility", "newsletter", "custom_excerpt", "html")
        extra = {name: kept.get(name) for name in known}
        post = self.store.post(self.key, kept["id"]) if again else None
        if post is not None:
            post.text, post.pictures, post.extra, post.edited = text, shown, extra, request.now
            return
        post = Post(kept["id"], self.key, kept["author"], text, request.now, f"/press/{kept['slug']}", extra=extra)
        post.pictures = shown
        self.store.commit(post)

    def _in_time(self, fields: dict[str, Any], request: Request) -> None:
        """Refuse a time that is over or too near."""
        at = fields.get("published_at")
        if not at or _read(at) < request.now + _SOONEST:
            why = "Date must be at least 2 minutes in the future."
            raise Refused(ghost_refusals.refusal(422, "Validation error, cannot edit post.", context=why))

    def _stamp(self, request: Request) -> str:
        """When it was changed; never the same twice."""
        changes = self.store.memory.get((self.key, "changes"), 0) + 1
        self.store.memory[self.key, "changes"] = changes
        now = request.now + timedelta(milliseconds=changes)
        return f"{now.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"

    def _told(self, kept: dict[str, Any], request: Request) -> dict[str, Any]:
        url = f"{request.base_url}/press/{kept['slug']}"
        told = {name: kept[name] for name in ("id", "slug", "title", "status", "updated_at")}
        return told | {"url": url, "published_at": kept.get("published_at")}


def _read(stamp: str) -> datetime:
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        raise Malformed(f"{stamp} is not a time") from None
