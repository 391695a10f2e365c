"""Stand-in of Facebook Pages: Graph API v22 to v26 with a Page token (developers.facebook.com/docs)."""

import json
from datetime import datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core import links
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import instant, route, whole
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.facebook.comments import Comments
from crosspost.sandbox.networks.facebook.server import MESSAGE
from crosspost.sandbox.networks.meta.graph import (
    fields,
    flag,
    graph_error,
    only_known,
    page_number,
    stamp,
    wanted_fields,
)
from crosspost.sandbox.networks.meta.user_tokens import issued

_FEED = (
    *("message", "link", "attached_media", "published", "scheduled_publish_time", "unpublished_content_type", "place"),
)
_POST_FIELDS = (
    *("id", "message", "created_time", "updated_time", "permalink_url", "is_hidden", "attachments", "full_picture"),
    *("from", "is_published", "scheduled_publish_time", "status_type", "story", "comments", "reactions", "shares"),
)
_PHOTO_FIELDS = ("id", "created_time", "name", "alt_text_custom", "width", "height", "images", "link", "page_story_id")
_PAGE_FIELDS = ("id", "name", "username", "link", "category", "tasks", "access_token", "instagram_business_account")
_SOONEST, _LATEST = timedelta(minutes=10), timedelta(days=30)


class Facebook(Comments):
    """Facebook Pages: photos of at most 4 MB first, then the post that shows them; no same text twice in a row."""

    key: ClassVar = "facebook"
    name: ClassVar = "Facebook"
    look: ClassVar = Look(mark="#0866ff")
    publishes: ClassVar = "POST /*/*/feed | POST /*/*/videos/finish"

    def answer(self, request: Request) -> Reply:
        """See :class:`StandIn`; whatever was to be shown by now is."""
        with self.store.lock:
            for post in self.store.timeline(self.key):
                at = instant(f"{post.extra.get('scheduled_publish_time') or ''}" or None)
                if post.visibility == "scheduled" and at is not None and at <= request.now:
                    post.visibility, post.time = "public", at
        return super().answer(request)

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/{page}/photos")
    def photos(self, request: Request, page: str) -> Reply:
        """Upload a photo: ``published=false`` keeps it for a later post, otherwise it becomes its own post."""
        me = self.page(request, page)
        params = fields(request)
        only_known(params, "published", "alt_text_custom", "caption", "source", "url", "temporary")
        published = flag(params, "published", True)
        data, shape = self.photo_data(request)
        picture = self.store.keep(me, data, shape, first(params, "alt_text_custom") or "")
        picture.extra["temporary"] = flag(params, "temporary", False)
        picture.extra["caption"] = first(params, "caption") or ""
        if not published:
            return Reply.json({"id": picture.id})
        post = self._new(me, picture.extra["caption"], [picture], request.now)
        self._refuse_repeated(me, post.text)
        self.store.commit(post)
        picture.extra["story"] = post.id
        return Reply.json({"id": picture.id, "post_id": post.id})

    @route("POST", "/{page}/feed")
    def publish(self, request: Request, page: str) -> Reply:
        """Publish; error 506 when the text is the same as in the previous post."""
        me = self.page(request, page)
        params = fields(request)
        only_known(params, *_FEED)
        wanted = wanted_fields(params, _POST_FIELDS, "id")
        message, link = first(params, "message") or "", first(params, "link") or ""
        pictures = self._attached(params, me)
        if not (message.strip() or link or pictures):
            raise Refused(graph_error(100, "You must specify a message, a link or attached_media"))
        if len(message) > MESSAGE:
            raise Refused(graph_error(100, f"The message is longer than {MESSAGE} characters"))
        if (
            link
            and [found.url for found in links.find(link)] != [link]
            and not link.startswith(("http://", "https://"))
        ):
            raise Refused(graph_error(100, "link URL is not properly formatted", subcode=1609005))
        post = self._new(me, message, pictures, request.now)
        post.link = link
        if "place" in dict(params):
            post.extra["place"] = page_number(first(params, "place") or "")
        if self.settings["mode"] == "development" and self.token_of(request) in issued(self.store):
            post.extra["seen_by"] = "people with a role on the app"
        self._schedule(post, params, request.now)
        self._refuse_repeated(me, message)
        self.store.commit(post)
        for picture in pictures:
            picture.extra["story"] = post.id
        return Reply.json(self._post_json(post, request.base_url, wanted))

    def _new(self, me: Account, text: str, pictures: list[Picture], now: datetime) -> Post:
        number = self.store.new_id()
        path = f"/facebook/{me.handle}/posts/{number}"
        post_id = f"{me.id}_{number}"
        return Post(post_id, self.key, me.name, text, now, path, pictures=pictures, also_at=(f"/facebook/{post_id}",))

    def _schedule(self, post: Post, params: list[tuple[str, str]], now: datetime) -> None:
        at = instant(first(params, "scheduled_publish_time"))
        if flag(params, "published", True):
            if at is not None:
                raise Refused(graph_error(100, "scheduled_publish_time needs published=false"))
            return
        if at is not None and not now + _SOONEST <= at <= now + _LATEST:
            raise Refused(graph_error(100, "The scheduled publish time is invalid: 10 minutes to 30 days from now"))
        if at is not None and post.pictures:
            if first(params, "unpublished_content_type") != "SCHEDULED":
                raise Refused(graph_error(100, "A scheduled album needs unpublished_content_type=SCHEDULED"))
            if not all(picture.extra["temporary"] for picture in post.pictures):
                raise Refused(graph_error(100, "Photos of a scheduled post have to be temporary"))
        post.visibility = "scheduled" if at else "unpublished"
        post.extra["scheduled_publish_time"] = int(at.timestamp()) if at else None

    def _refuse_repeated(self, me: Account, message: str) -> None:
        last = next((p for p in self.own_posts(me) if p.visibility == "public"), None)
        if message and last is not None and last.text == message:
            title = "Duplicate Status Update"
            raise Refused(graph_error(506, "Duplicate status message", error_user_title=title, is_transient=False))

    def _attached(self, params: list[tuple[str, str]], me: Account) -> list[Picture]:
        """The photos of ``attached_media``: a JSON list as text, or ``attached_media[0]={…}`` one by one."""
        whole_list = first(params, "attached_media")
        try:
            entries = json.loads(whole_list) if whole_list else []
            entries = [*entries, *(json.loads(v) for k, v in params if k.startswith("attached_media["))]
            ids = [str(entry["media_fbid"]) for entry in entries]
        except (ValueError, TypeError, KeyError):
            raise Refused(graph_error(100, 'Param attached_media must be an array of {"media_fbid": …}')) from None
        found: list[Picture] = []
        for item in ids:
            picture = self.store.picture(me, item)
            if picture is None:
                raise Refused(self.missing(item))
            if picture.used or item in [other.id for other in found]:
                raise Refused(graph_error(100, "These photos were already posted.", subcode=1366051))
            found.append(picture)
        return found

    @route("POST", "/{post_id}")
    def edit(self, request: Request, post_id: str) -> Reply:
        """Change the message of a post, or the description of a video."""
        me, params = self.me(request), fields(request)
        video = self.video_post(me, post_id)
        post, words = video or self._post(me, post_id), "description" if video else "message"
        only_known(params, words)
        message = first(params, words)
        if not message:
            raise Refused(graph_error(100, f"The parameter {words} is required"))
        post.text, post.edited = message, request.now
        return Reply.json({"success": True})

    @route("DELETE", "/{post_id}")
    def delete(self, request: Request, post_id: str) -> Reply:
        """Delete a post, a comment, or a photo that was not posted."""
        me = self.me(request)
        if comment := self.comment_of(post_id):
            self.uncomment(me, comment)
            return Reply.json({"success": True})
        picture = self.store.picture(me, post_id)
        if picture is not None and not picture.used:
            del self.store.pictures[picture.id]
        else:
            (self.video_post(me, post_id) or self._post(me, post_id)).deleted = True
        return Reply.json({"success": True})

    def _post(self, me: Account, post_id: str) -> Post:
        post = self.store.post(self.key, post_id)
        if post is None or post.account != me.name:
            raise Refused(self.missing(post_id))
        return post

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/{thing}")
    def read(self, request: Request, thing: str) -> Reply:
        """A person, a Page, a photo or a post."""
        params = fields(request)
        only_known(params)
        asks = self.given(self.token_of(request), request.now)
        if thing == "me" and asks is not None and asks.kind == "USER" and request.now < asks.until:
            wanted = wanted_fields(params, ("id", "name"), "id,name")
            return Reply.json({key: value for key, value in self.person(asks.account).items() if key in wanted})
        me = self.me(request)
        if thing in ("me", me.id):
            body: dict[str, Any] = {"id": me.id, "name": me.display_name, "username": me.handle}
            body["link"] = f"{request.base_url}/"
            body |= self.linked(me.name)
            wanted = wanted_fields(params, _PAGE_FIELDS, "id,name")
            return Reply.json({key: value for key, value in body.items() if key in wanted})
        if video := self.video_json(request, me, thing):
            return Reply.json(video)
        picture = self.store.picture(me, thing)
        if picture is None:
            wanted = wanted_fields(params, _POST_FIELDS, "id,message,created_time")
            post = self._post(me, thing)
            told = self.told(post, first(params, "fields") or "")
            return Reply.json(self._post_json(post, request.base_url, wanted) | told)
        source = f"{request.base_url}/_sandbox/pictures/{picture.id}"
        photo = {
            "id": picture.id,
            "created_time": stamp(picture.time),
            "name": picture.extra["caption"] or None,
            "alt_text_custom": picture.alt or None,
            "width": picture.width,
            "height": picture.height,
            "page_story_id": picture.extra.get("story"),
            "images": [{"source": source, "width": picture.width, "height": picture.height}],
        }
        wanted = wanted_fields(params, _PHOTO_FIELDS, "id,created_time,name")
        return Reply.json({key: value for key, value in photo.items() if key in wanted and value is not None})

    @route("GET", "/{page}/feed")
    @route("GET", "/{page}/posts")
    @route("GET", "/{page}/published_posts")
    def published(self, request: Request, page: str) -> Reply:
        """The Page's published posts, newest first."""
        return self._list(request, page, "public")

    @route("GET", "/{page}/scheduled_posts")
    def scheduled(self, request: Request, page: str) -> Reply:
        """The Page's scheduled posts."""
        return self._list(request, page, "scheduled")

    def _list(self, request: Request, page: str, visibility: str) -> Reply:
        me, params = self.page(request, page), fields(request)
        only_known(params, "limit", "since", "until")
        wanted = wanted_fields(params, _POST_FIELDS, "id,message,created_time")
        size = whole(first(params, "limit"), 25, 1, 100, "limit")
        since, until = instant(first(params, "since")), instant(first(params, "until"))
        posts = [
            post
            for post in self.own_posts(me)
            if post.visibility == visibility
            and (since is None or post.time >= since)
            and (until is None or post.time < until)
        ][:size]
        return Reply.json({"data": [self._post_json(post, request.base_url, wanted) for post in posts]})

    def _post_json(self, post: Post, base_url: str, wanted: set[str]) -> dict[str, Any]:
        account = self.store.accounts[self.key, post.account]
        body: dict[str, Any] = {
            "id": post.id,
            "message": post.text or None,
            "created_time": stamp(post.time),
            "updated_time": stamp(post.edited or post.time),
            "permalink_url": base_url + post.path,
            "is_hidden": False,
            "is_published": post.visibility == "public",
            "from": {"id": account.id, "name": account.display_name},
            "scheduled_publish_time": post.extra.get("scheduled_publish_time"),
            "attachments": _attachments(post, base_url),
        }
        return {key: value for key, value in body.items() if key in wanted and value is not None}


def _attachments(post: Post, base_url: str) -> dict[str, Any] | None:
    """Photos replace the link card."""
    photos: list[dict[str, Any]] = [
        {"type": "photo", "target": {"id": p.id}, "media": {"image": {"src": f"{base_url}/_sandbox/pictures/{p.id}"}}}
        for p in post.pictures
    ]
    if len(photos) > 1:
        return {"data": [{"type": "album", "subattachments": {"data": photos}}]}
    if photos:
        return {"data": photos}
    return {"data": [{"type": "share", "url": post.link, "unshimmed_url": post.link}]} if post.link else None
