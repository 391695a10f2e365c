"""Stand-in of a WordPress site's REST API (developer.wordpress.org/rest-api; WP-API/docs; a WordPress 6.1 itself)."""

import base64
import binascii
import html
import re
from datetime import UTC, datetime
from typing import Any, ClassVar

from crosspost.sandbox.core import article, pictures
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account, Picture, Post

STATES = ("publish", "future", "draft", "pending", "private")
_POST = (
    *("title", "content", "excerpt", "status", "date", "slug", "categories", "tags", "featured_media", "format"),
    *("sticky", "comment_status", "ping_status", "meta", "template"),
)


class WordPress(StandIn):
    """Articles in HTML. A slug that is taken gets a number; nothing else is looked at twice."""

    key: ClassVar = "wordpress"
    name: ClassVar = "WordPress"
    look: ClassVar = Look(mark="#21759b")
    publishes: ClassVar = "POST /blog/wp-json/wp/v2/posts"
    paths: ClassVar = r"/blog/(?:wp-json|uploads)(?:/|$)"
    options: ClassVar = {
        "drops_header": False,
        "role": "author",
        "formats": ("JPEG", "PNG", "GIF", "WEBP"),
        "full": False,
    }
    """``drops_header``: the web server keeps the login from WordPress. ``role``: author or contributor.

    ``formats``: the pictures it takes; ``full``: whether its disk is."""

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        login = {"username": name, "password": self.store.token(self.key, name, "password")}
        return Account(self.key, name, f"{number}", name, display_name, login)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        return super().access(account, base_url) | {"base_url": f"{base_url}/blog"}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {f"CROSSPOST_WORDPRESS_{name.upper()}": value for name, value in account.credentials.items()}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/blog/author/{account.handle}", *(("/blog",) if account.id == "1" else ()))

    def refusal(self, status: int, message: str, code: str = "") -> Reply:
        """``{"code", "message", "data": {"status"}}``."""
        code = code or {404: "rest_no_route", 400: "rest_invalid_param"}.get(status, "internal_server_error")
        return Reply.json({"code": code, "message": message, "data": {"status": status}}, status)

    def expired(self) -> Reply:
        """An application password that was revoked."""
        return self.refusal(401, "The provided password is an invalid application password.", "incorrect_password")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """WordPress has none, hosts have: a page of theirs."""
        headers = {"Retry-After": str(retry_after)}
        return Reply(429, b"<html><title>Too many requests</title></html>", "text/html", headers)

    # ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/blog/wp-json")
    def index(self, request: Request) -> Reply:
        """What the site offers; to everybody."""
        return Reply.json({"name": "Sandbox", "url": f"{request.base_url}/blog", "namespaces": ["oembed/1.0", "wp/v2"]})

    @route("GET", "/blog/wp-json/wp/v2/users/me")
    def who(self, request: Request) -> Reply:
        """Whose password it is, and what they may."""
        me = self._me(request)
        told: dict[str, Any] = {"id": int(me.id), "name": me.display_name}
        if first(request.query, "context") == "edit":
            rights = {"edit_posts": True, "publish_posts": True, "upload_files": True}
            may = rights if self.settings["role"] == "author" else {"edit_posts": True}
            told |= {"username": me.handle, "capabilities": may}
        return Reply.json(told)

    # ── pictures and tags ─────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/blog/wp-json/wp/v2/media")
    def upload(self, request: Request) -> Reply:
        """Keep a file, sent as it is with its name in a header."""
        me = self._me(request, "upload_files")
        if not re.search(r'filename="[^"]+\.\w+"', str(request.headers.get("Content-Disposition", ""))):
            raise Refused(self.refusal(400, "No filename supplied.", "rest_upload_invalid_disposition"))
        shape = pictures.shape(request.body)
        if shape is None or pictures.TYPES.get(shape[0]) != request.kind or shape[0] not in self.settings["formats"]:
            raise Refused(self._not_kept("Sorry, you are not allowed to upload this file type."))
        if self.settings["full"]:
            raise Refused(self._not_kept("The uploaded file could not be moved to wp-content/uploads/2026/11."))
        kept = self.store.keep(me, request.body, shape, number=self.store.new_id(small=True))
        return Reply.json(self._media(kept, request), 201)

    def _not_kept(self, message: str) -> Reply:
        return self.refusal(500, message, "rest_upload_sideload_error")

    @route("POST", "/blog/wp-json/wp/v2/media/{number}")
    def describe(self, request: Request, number: str) -> Reply:
        """Say what a picture shows."""
        picture = self.store.picture(self._me(request, "upload_files"), number)
        if picture is None:
            raise Refused(self.refusal(404, "Invalid post ID.", "rest_post_invalid_id"))
        if only(request.json, ("alt_text", "caption", "title")):
            raise Malformed("unknown field")
        picture.alt = str(request.json.get("alt_text") or "")
        return Reply.json(self._media(picture, request))

    @route("GET", "/blog/wp-json/wp/v2/tags")
    def tags(self, request: Request) -> Reply:
        """Tags whose name holds the words. Names are kept as HTML, in which nobody finds a ``&``."""
        word = (first(request.query, "search") or "").casefold()
        return Reply.json([{"id": n, "name": name} for name, n in self._tags().items() if word in name.casefold()])

    @route("POST", "/blog/wp-json/wp/v2/tags")
    def tag(self, request: Request) -> Reply:
        """Make a tag."""
        self._me(request)
        name, known = html.escape(str(request.json.get("name") or ""), quote=False), self._tags()
        if not name:
            raise Refused(self.refusal(400, "Missing parameter(s): name", "rest_missing_callback_param"))
        if name in known:
            why = "A term with the name provided already exists in this taxonomy."
            data = {"status": 400, "term_id": known[name]}
            raise Refused(Reply.json({"code": "term_exists", "message": why, "data": data}, 400))
        known[name] = len(known) + 1
        return Reply.json({"id": known[name], "name": name}, 201)

    def _tags(self) -> dict[str, int]:
        found: dict[str, int] = self.store.memory.setdefault((self.key, "tags"), {})
        return found

    # ── articles ──────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/blog/wp-json/wp/v2/posts")
    def posts(self, request: Request) -> Reply:
        """Articles with a slug; only published ones unless more is asked for, with a login."""
        query = dict(request.query)
        if strange := only(query, ("slug", "status", "context", "per_page")):
            raise Refused(self.refusal(400, f"Invalid parameter(s): {strange[0]}"))
        wanted = query.get("status", "publish").split(",")
        mine = ""
        if wanted != ["publish"] or query.get("context") == "edit":
            mine = self._me(request).name
        found = [post for post in self.store.timeline(self.key)[::-1] if post.extra["slug"] == query.get("slug")]
        if query.get("context") == "edit":  # without a word, those that this user may not edit are left out
            found = [post for post in found if post.account == mine and self.settings["role"] == "author"]
        return Reply.json([self._told(post, request) for post in found if post.extra["status"] in wanted])

    @route("POST", "/blog/wp-json/wp/v2/posts")
    def create(self, request: Request) -> Reply:
        """Publish, or keep as a draft."""
        me, fields = self._me(request), self._fields(request)
        status = str(fields.get("status") or "draft")
        if status not in STATES:
            raise Refused(self.refusal(400, "Invalid parameter(s): status"))
        if status == "publish" and self.settings["role"] != "author":
            raise Refused(self.refusal(403, "Sorry, you are not allowed to publish posts.", "rest_cannot_publish"))
        new, slug = self.store.new_id(small=True), str(fields.get("slug") or "article")
        taken = {post.extra["slug"] for post in self.store.timeline(self.key)}  # what is in the bin gave its slug back
        while slug in taken:
            found = re.fullmatch(r"(.*)-(\d)", slug)
            slug = f"{found[1]}-{int(found[2]) + 1}" if found else f"{slug}-2"
        post = Post(new, self.key, me.name, "", request.now, f"/blog/{slug}")
        post.extra = {"slug": slug, "status": status, "categories": fields.get("categories", [])}
        self._fill(post, fields, me)
        return Reply.json(self._told(self.store.commit(post), request), 201)

    @route("POST", "/blog/wp-json/wp/v2/posts/{number}")
    @route("PUT", "/blog/wp-json/wp/v2/posts/{number}")
    def change(self, request: Request, number: str) -> Reply:
        """Change what is given."""
        me, fields = self._me(request), self._fields(request)
        post = self._post(me, number)
        self._fill(post, fields, me)
        post.edited = request.now
        return Reply.json(self._told(post, request))

    @route("DELETE", "/blog/wp-json/wp/v2/posts/{number}")
    def delete(self, request: Request, number: str) -> Reply:
        """Into the bin; a second time it is gone already."""
        me = self._me(request)
        gone = next((p for p in self.store.posts if (p.network, p.id) == (self.key, number)), None)
        if gone is not None and gone.deleted:
            raise Refused(self.refusal(410, "The post has already been deleted.", "rest_already_trashed"))
        self._post(me, number).deleted = True
        return Reply.json({"id": int(number), "status": "trash"})

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _me(self, request: Request, right: str = "") -> Account:
        """Whose password it is (HTTP Basic, RFC 7617); blanks in it do not count. A wrong one counts as none."""
        scheme, _, pair = str(request.headers.get("Authorization", "")).partition(" ")
        if scheme != "Basic" or self.settings["drops_header"]:
            raise Refused(self._nobody(request))
        try:
            name, _, password = base64.b64decode(pair, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Malformed("the login cannot be read") from None
        me = self.store.account(self.key, password="".join(password.split()))
        if me is None or me.handle != name:
            raise Refused(self._nobody(request))
        request.account = me.name
        if right and self.settings["role"] != "author":
            raise Refused(self.refusal(403, "Sorry, you are not allowed to do that.", "rest_cannot_create"))
        return me

    def _nobody(self, request: Request) -> Reply:
        """What a visitor is told, in the words of WordPress 6.1."""
        if request.path.endswith("/users/me"):
            return self.refusal(401, "You are not currently logged in.", "rest_not_logged_in")
        if request.method == "GET":
            forbidden = {"code": "rest_forbidden_status", "message": "Status is forbidden.", "data": {"status": 401}}
            data = {"status": 400, "params": {"status": "Status is forbidden."}, "details": {"status": forbidden}}
            return Reply.json(
                {"code": "rest_invalid_param", "message": "Invalid parameter(s): status", "data": data}, 400
            )
        if request.method == "DELETE":
            return self.refusal(401, "Sorry, you are not allowed to delete this post.", "rest_cannot_delete")
        if re.search(r"/posts/\d+$", request.path):
            return self.refusal(401, "Sorry, you are not allowed to edit this post.", "rest_cannot_edit")
        return self.refusal(401, "Sorry, you are not allowed to create posts as this user.", "rest_cannot_create")

    def _fields(self, request: Request) -> dict[str, Any]:
        if strange := only(request.json, _POST):
            raise Refused(self.refusal(400, f"The sandbox does not know {strange[0]} here"))
        return request.json

    def _post(self, me: Account, number: str) -> Post:
        post = self.store.post(self.key, number)
        if post is None:
            raise Refused(self.refusal(404, "Invalid post ID.", "rest_post_invalid_id"))
        if post.account != me.name:
            raise Refused(self.refusal(403, "Sorry, you are not allowed to edit this post.", "rest_cannot_edit"))
        return post

    def _fill(self, post: Post, fields: dict[str, Any], me: Account) -> None:
        empty: dict[str, Any] = {"title": "", "content": "", "excerpt": "", "tags": [], "featured_media": 0}
        said = empty | post.extra | {name: fields[name] for name in empty if name in fields}
        if not said["title"] and not said["content"]:
            raise Refused(self.refusal(400, "Content, title, and excerpt are empty.", "empty_content"))
        # tags and a picture that are not there fall away without a word
        said["tags"] = [number for number in said["tags"] if number in self._tags().values()]
        picture = self.store.picture(me, str(said["featured_media"])) if said["featured_media"] else None
        said["featured_media"] = int(picture.id) if picture else 0
        shown: list[Picture] = [picture] if picture else []
        text, found = article.read(said["content"])
        inside = [self.store.pictures.get(address.rpartition("/")[2].partition(".")[0]) for address, _ in found]
        shown += [picture for picture in inside if picture is not None and picture not in shown]
        post.text = "\n\n".join(filter(None, (said["title"], text)))
        post.extra |= said
        post.pictures = shown

    def _media(self, picture: Picture, request: Request) -> dict[str, Any]:
        suffix = picture.format.lower().replace("jpeg", "jpg")
        address = f"{request.base_url}/blog/uploads/{picture.id}.{suffix}"
        return {"id": int(picture.id), "source_url": address, "alt_text": picture.alt}

    def _told(self, post: Post, request: Request) -> dict[str, Any]:
        told = {"id": int(post.id), "slug": post.extra["slug"], "status": post.extra["status"]}
        told |= {"link": f"{request.base_url}{post.path}", "date_gmt": post.time.astimezone(UTC).isoformat()[:19]}
        return told | {"title": {"rendered": post.extra["title"]}, "featured_media": post.extra["featured_media"]}

    @route("GET", "/blog/uploads/{name}")
    def file(self, request: Request, name: str) -> Reply:  # noqa: ARG002  # a route's shape
        """An uploaded picture."""
        picture = self.store.pictures.get(name.partition(".")[0])
        if picture is None:
            raise Refused(self.refusal(404, "Not found"))
        return Reply(200, picture.data, pictures.TYPES[picture.format])
