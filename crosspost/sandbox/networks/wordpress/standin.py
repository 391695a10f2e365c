"""Stand-in of a WordPress site's REST API (developer.wordpress.org/rest-api; WP-API/docs; a WordPress 6.1 itself)."""

import html
import re
from datetime import UTC, datetime
from typing import Any

from crosspost.sandbox.core import article
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.wordpress.uploads import Uploads

STATES = ("publish", "future", "draft", "pending", "private")
_POST = (
    *("title", "content", "excerpt", "status", "date_gmt", "slug", "categories", "tags", "featured_media", "format"),
    *("sticky", "comment_status", "ping_status", "meta", "template"),
)


class WordPress(Uploads):
    """Articles in HTML. A slug that is taken gets a number; nothing else is looked at twice."""

    def answer(self, request: Request) -> Reply:
        """See :class:`StandIn`; whatever was to be published by now is, because this is a visit."""
        with self.store.lock:
            for post in self.store.timeline(self.key):
                if post.extra["status"] == "future" and post.time <= request.now:
                    post.extra["status"], post.visibility = "publish", "public"
        return super().answer(request)

    @route("GET", "/blog/wp-json/wp/v2/posts")
    def posts(self, request: Request) -> Reply:
        """Articles with a slug; only published ones unless more is asked for, with a login."""
        query = dict(request.query)
        if strange := only(query, ("slug", "status", "context", "page", "per_page")):
            raise Refused(self.refusal(400, f"Invalid parameter(s): {strange[0]}"))
        wanted = query.get("status", "publish").split(",")
        mine = ""
        if wanted != ["publish"] or query.get("context") == "edit":
            mine = self._me(request).name
        found = [post for post in self.store.timeline(self.key)[::-1] if post.extra["status"] in wanted]
        if "slug" in query:
            found = [post for post in found if post.extra["slug"] == query["slug"]]
        if query.get("context") == "edit":  # without a word, those that this user may not edit are left out
            found = [post for post in found if post.account == mine and self.settings["role"] == "author"]
        page, size = (self._number(query, *given) for given in (("page", 1, 1000), ("per_page", 10, 100)))
        pages = -(-len(found) // size)
        if page > max(pages, 1):
            why = "The page number requested is larger than the number of pages available."
            raise Refused(self.refusal(400, why, "rest_post_invalid_page_number"))
        counts = {"X-WP-Total": f"{len(found)}", "X-WP-TotalPages": f"{pages}"}
        return Reply.json(
            [self._told(post, request) for post in found[(page - 1) * size : page * size]], headers=counts
        )

    def _number(self, query: dict[str, str], name: str, usual: int, most: int) -> int:
        said = query.get(name, f"{usual}")
        if not (said.isascii() and said.isdecimal() and 1 <= int(said[:6]) <= most):
            raise Refused(self.refusal(400, f"Invalid parameter(s): {name}"))
        return int(said)

    @route("POST", "/blog/wp-json/wp/v2/posts")
    def create(self, request: Request) -> Reply:
        """Publish, or keep as a draft."""
        me, fields = self._me(request), self._fields(request)
        status = self._status(fields, "draft")
        new, slug = self.store.new_id(small=True), str(fields.get("slug") or "article")
        taken = {post.extra["slug"] for post in self.store.timeline(self.key)}  # what is in the bin gave its slug back
        while slug in taken:
            found = re.fullmatch(r"(.*)-(\d)", slug)
            slug = f"{found[1]}-{int(found[2]) + 1}" if found else f"{slug}-2"
        post = Post(new, self.key, me.name, "", request.now, f"/blog/{slug}")
        post.extra = {"slug": slug, "status": status, "categories": fields.get("categories", [])}
        self._date(post, fields, request)
        self._fill(post, fields, me)
        return Reply.json(self._told(self.store.commit(post), request), 201)

    @route("POST", "/blog/wp-json/wp/v2/posts/{number}")
    @route("PUT", "/blog/wp-json/wp/v2/posts/{number}")
    def change(self, request: Request, number: str) -> Reply:
        """Change what is given."""
        me, fields = self._me(request), self._fields(request)
        post = self._post(me, number)
        status = self._status(fields, post.extra["status"])
        self._fill(post, fields, me)
        post.extra["status"] = status
        self._date(post, fields, request)
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

    def _fields(self, request: Request) -> dict[str, Any]:
        if strange := only(request.json, _POST):
            raise Refused(self.refusal(400, f"The sandbox does not know {strange[0]} here"))
        return request.json

    def _status(self, fields: dict[str, Any], usual: str) -> str:
        status = str(fields.get("status") or usual)
        if status not in STATES:
            raise Refused(self.refusal(400, "Invalid parameter(s): status"))
        if status in ("publish", "future") and self.settings["role"] != "author":
            raise Refused(self.refusal(403, "Sorry, you are not allowed to publish posts.", "rest_cannot_publish"))
        return status

    def _date(self, post: Post, fields: dict[str, Any], request: Request) -> None:
        """Only the time decides whether an article is published or kept until then."""
        if "date_gmt" in fields:
            try:
                post.time = datetime.strptime(fields["date_gmt"], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
            except (TypeError, ValueError):
                raise Refused(self.refusal(400, "Invalid parameter(s): date_gmt")) from None
        if post.extra["status"] in ("publish", "future"):
            kept = post.time > request.now
            post.extra["status"], post.visibility = ("future", "scheduled") if kept else ("publish", "public")

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

    def _told(self, post: Post, request: Request) -> dict[str, Any]:
        told = {"id": int(post.id), "slug": post.extra["slug"], "status": post.extra["status"]}
        told |= {"link": f"{request.base_url}{post.path}", "date_gmt": post.time.astimezone(UTC).isoformat()[:19]}
        title = {"rendered": html.escape(post.extra["title"], quote=False)}
        return told | {"title": title, "tags": post.extra["tags"], "featured_media": post.extra["featured_media"]}
