"""Shared by the stand-ins of Instagram and Threads: a container is made, becomes ready, and is shown once."""

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core import films, pictures
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.picture_crawler import Unreachable, fetch
from crosspost.sandbox.core.standin import instant, whole
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.meta.authorization import Authorization
from crosspost.sandbox.networks.meta.graph import fields, graph_error, only_known, page_number, stamp, wanted_fields

LIFE = timedelta(hours=24)
"""How long a container can be published."""
CONTAINERS = 400
"""Containers an account may make in 24 hours."""
REPLIES = 1000
"""Replies an account may publish in 24 hours (Threads)."""
PHOTO_BYTES, VIDEO_BYTES = 8 * 1024 * 1024, 300 * 1024 * 1024


@dataclass
class Container:
    """A post that is not shown yet. ``reads`` counts how often its status was asked for; ``status`` "" follows."""

    id: str
    account: str
    params: dict[str, str]
    made: datetime
    pictures: list[Picture]
    reads: int = 0
    status: str = ""
    why: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def now(self, moment: datetime) -> str:
        """IN_PROGRESS at the first check, then FINISHED for 24 hours."""
        if self.status in ("", "IN_PROGRESS") and moment - self.made >= LIFE:
            return "EXPIRED"
        return self.status or ("FINISHED" if self.reads > 1 else "IN_PROGRESS")


class ContainerServer(Authorization):
    """Containers and their publication; what a container may hold is the network's own."""

    formats: ClassVar[tuple[str, ...]]
    ratio: ClassVar[tuple[float, float]]
    """Least and greatest width ÷ height."""
    seconds: ClassVar[tuple[float, float]]
    """How long a video may be."""
    album: ClassVar[range]
    """How many items a carousel may have."""
    status_field: ClassVar[str]
    why_field: ClassVar[str]
    text_field: ClassVar[str]
    post_fields: ClassVar[tuple[str, ...]]
    options: ClassVar = {"quota": 50} | Authorization.log_in_options
    own_faults: ClassVar[dict[str, tuple[str, str]]] = {}

    @abstractmethod
    def number(self) -> str:
        """An id of this network's own kind."""

    @abstractmethod
    def not_ready(self) -> Reply:
        """The answer to a publication that comes too early."""

    @abstractmethod
    def used_up(self) -> Reply:
        """The answer when no more may be published today."""

    # ── containers ────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_container(self, request: Request, me: Account, allowed: tuple[str, ...]) -> dict[str, str]:
        """The fields of a new container, each known and given once; counted against the account's limit."""
        params = fields(request)
        only_known(params, *allowed)
        if self.store.quota((self.key, me.name, "containers"), CONTAINERS, 86_400)[0] < 0:
            raise Refused(graph_error(4, "Application request limit reached", 403))
        return {name: value for name, value in params if name in allowed}

    def contain(self, request: Request, me: Account, params: dict[str, str], pictures: list[Picture]) -> Reply:
        """Remember the container."""
        if "location_id" in params:
            page_number(params["location_id"])
        made = Container(self.number(), me.name, params, request.now, pictures)
        if request.fault == "container-error":
            made.status, made.why = "ERROR", "Error: Media upload has failed with error code 2207082"
        if request.fault == "container-slow":
            made.status = "IN_PROGRESS"
        self.store.memory[self.key, "container", made.id] = made
        return Reply.json({"id": made.id})

    def container(self, me: Account, number: str) -> Container:
        """A container of this account."""
        found = self.store.memory.get((self.key, "container", number))
        if not isinstance(found, Container) or found.account != me.name:
            raise Refused(self.missing(number))
        return found

    def children(self, request: Request, me: Account, params: dict[str, str]) -> list[Picture]:
        """The pictures of a carousel: of containers that are ready, of this account, made as its items."""
        numbers = [number for number in params.get("children", "").split(",") if number]
        if len(numbers) not in self.album or len(set(numbers)) < len(numbers):
            message = f"A carousel has {self.album[0]} to {self.album[-1]} items, each once"
            raise Refused(graph_error(100, message, subcode=2207028))
        boxes = [self.container(me, number) for number in numbers]
        if any(not box.params.get("is_carousel_item") for box in boxes):
            raise Refused(graph_error(100, "The children of a carousel must be made with is_carousel_item"))
        if any(box.now(request.now) != "FINISHED" for box in boxes):
            raise Refused(graph_error(9007, "The carousel's items are not ready", subcode=2207027))
        return [picture for box in boxes for picture in box.pictures]

    def fetched(self, request: Request, me: Account, params: dict[str, str]) -> Picture:
        """The picture at ``image_url``, fetched now and checked."""
        address = params["image_url"]
        try:
            data = fetch(address, PHOTO_BYTES, own=request.base_url, store=self.store)
        except Unreachable as error:
            message = f"The media could not be fetched from this URI: {address} ({error})"
            raise Refused(graph_error(9004, message, subcode=2207052)) from None
        shape = pictures.shape(data)
        if len(data) > PHOTO_BYTES:
            raise Refused(graph_error(36000, "The image is too large", subcode=2207004))
        if shape is None or shape[0] not in self.formats:
            raise Refused(graph_error(9004, "The image format is not supported", subcode=2207005))
        if not 320 <= shape[1] <= 1440:
            raise Refused(graph_error(36001, f"The image is {shape[1]} pixels wide, not 320 to 1440"))
        if not self.ratio[0] - 0.005 <= shape[1] / shape[2] <= self.ratio[1] + 0.005:
            raise Refused(graph_error(36003, "The aspect ratio is not supported", subcode=2207009))
        alt = params.get("alt_text", "")
        if len(alt) > 1000:
            raise Refused(graph_error(100, "Param alt_text must be at most 1000 characters long"))
        return self.store.keep(me, data, shape, alt)

    def filmed(self, request: Request, me: Account, params: dict[str, str]) -> Picture:
        """The video at ``video_url``, fetched now and checked; it takes its time to be processed like a picture."""
        address = params["video_url"]
        try:
            data = fetch(address, VIDEO_BYTES, own=request.base_url, store=self.store)
        except Unreachable as error:
            message = f"The media could not be fetched from this URI: {address} ({error})"
            raise Refused(graph_error(9004, message, subcode=2207052)) from None
        found = films.film(data)
        if found is None or found.container not in ("MP4", "MOV") or found.codec not in ("h264", "hevc"):
            raise Refused(graph_error(352, "The video format is not supported", subcode=2207026))
        if found.audio not in ("", "aac") or data.find(b"moov") > data.find(b"mdat"):
            raise Refused(graph_error(352, "The video format is not supported", subcode=2207026))
        if not self.seconds[0] <= found.seconds <= self.seconds[1] or found.width > 1920:
            raise Refused(graph_error(352, "The length or size of the video is not supported", subcode=2207026))
        alt = params.get("alt_text", "")
        if len(alt) > 1000:
            raise Refused(graph_error(100, "Param alt_text must be at most 1000 characters long"))
        return self.store.keep(me, data, found.shape, alt)

    def cover(self, request: Request, params: dict[str, str]) -> str:
        """What a reel shows before it plays: a JPEG at ``cover_url``, or ``thumb_offset`` in milliseconds."""
        if "cover_url" not in params:
            offset = params.get("thumb_offset", "")
            if offset and not offset.isdecimal():
                raise Refused(graph_error(100, "Param thumb_offset must be an integer"))
            return offset
        try:
            data = fetch(params["cover_url"], PHOTO_BYTES, own=request.base_url, store=self.store)
        except Unreachable as error:
            message = f"The media could not be fetched from this URI: {params['cover_url']} ({error})"
            raise Refused(graph_error(9004, message, subcode=2207052)) from None
        shape = pictures.shape(data)
        if shape is None or shape[0] != "JPEG":
            raise Refused(graph_error(9004, "The image format is not supported", subcode=2207005))
        return f"{shape[0]} {shape[1]}x{shape[2]}"

    # ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────

    def show(self, request: Request, me: Account) -> Reply:
        """Publish a container: once, when it is ready, while the quota lasts."""
        params = fields(request)
        only_known(params, "creation_id")
        box = self.container(me, first(params, "creation_id") or "")
        status = box.now(request.now)
        if status == "PUBLISHED":
            raise Refused(graph_error(100, "The media with this creation id has already been published"))
        if status in ("EXPIRED", "ERROR"):
            raise Refused(graph_error(24, "The media container has expired or failed", subcode=2207008))
        if status != "FINISHED":
            raise Refused(self.not_ready())
        if "in_reply_to_id" in box.extra:
            if self.used(me, request.now, replies=True) >= REPLIES:
                raise Refused(self.used_up())
        elif self.used(me, request.now) >= self.settings["quota"]:
            raise Refused(self.used_up())
        number = self.number()
        text = box.params.get(self.text_field, "")
        path = f"/{self.key}/@{me.handle}/{number}"
        if box.params.get("is_carousel_item"):
            raise Refused(graph_error(100, "A carousel item cannot be published by itself"))
        shown, extra = list(box.pictures), dict(box.extra)
        post = Post(number, self.key, me.name, text, request.now, path, pictures=shown, extra=extra)
        post.link = box.params.get("link_attachment", "")
        post.extra |= {"place": place} if (place := box.params.get("location_id")) else {}
        box.status = "PUBLISHED"
        return Reply.json({"id": self.store.commit(post).id})

    def used(self, me: Account, now: datetime, *, replies: bool = False) -> int:
        """How much was published in the last 24 hours, including deleted posts."""
        posts = (p for p in self.store.posts if (p.network, p.account) == (self.key, me.name))
        return sum(now - post.time < LIFE and ("in_reply_to_id" in post.extra) is replies for post in posts)

    def quota_left(self, request: Request, me: Account, known: tuple[str, ...]) -> Reply:
        """The used and the total quota."""
        only_known(params := fields(request))
        wanted = wanted_fields(params, ("id", *known), "quota_usage")
        body = {
            "quota_usage": self.used(me, request.now),
            "config": {"quota_total": self.settings["quota"], "quota_duration": 86_400},
            "reply_quota_usage": self.used(me, request.now, replies=True),
            "reply_config": {"quota_total": REPLIES, "quota_duration": 86_400},
        }
        return Reply.json({"data": [{key: value for key, value in body.items() if key in wanted}]})

    # ── reading and deleting ──────────────────────────────────────────────────────────────────────────────────────

    def posts(self, request: Request, me: Account, *, replies: bool = False) -> Reply:
        """The account's posts, or its replies, newest first."""
        params = fields(request)
        only_known(params, "limit", "since", "until")
        wanted = wanted_fields(params, self.post_fields, "id")
        size = whole(first(params, "limit"), 25, 1, 100, "limit")
        since, until = instant(first(params, "since")), instant(first(params, "until"))
        own = [post for post in self.own_posts(me) if ("in_reply_to_id" in post.extra) is replies]
        own = [post for post in own if since is None or post.time >= since]
        found = [post for post in own if until is None or post.time < until][:size]
        return Reply.json({"data": [self.as_node(post, request, wanted) for post in found]})

    def as_node(self, post: Post, request: Request, wanted: set[str]) -> dict[str, Any]:
        """A post as this API returns it."""
        body: dict[str, Any] = {
            "id": post.id,
            self.text_field: post.text or None,
            "timestamp": stamp(post.time),
            "permalink": request.base_url + post.path,
            "shortcode": post.id,
            "media_type": _kind(post),
            "alt_text": (post.pictures[0].alt or None) if post.pictures else None,
            "username": self.store.accounts[self.key, post.account].handle,
            "link_attachment_url": post.link or None,
            "topic_tag": post.extra.get("topic_tag"),
        }
        if source := post.extra.get("reposts"):
            body |= {"media_type": "REPOST_FACADE", "reposted_post": {"id": source}}
        return {key: value for key, value in body.items() if key in wanted and value is not None}

    def node(self, request: Request, me: Account, number: str) -> Reply:
        """A container with its status, or a post."""
        params = fields(request)
        only_known(params)
        post = self.store.post(self.key, number)
        if post is not None and post.account == me.name:
            return Reply.json(self.as_node(post, request, wanted_fields(params, self.post_fields, "id")))
        box = self.container(me, number)
        wanted = wanted_fields(params, ("id", self.status_field, self.why_field), "id")
        box.reads += 1
        status = box.now(request.now)
        body = {"id": box.id, self.status_field: status, self.why_field: self.words(box, status)}
        return Reply.json({key: value for key, value in body.items() if key in wanted and value})

    def words(self, box: Container, status: str) -> str:
        """The explanation of the status."""
        return box.why if status == "ERROR" else ""

    def take_back(self, me: Account, number: str) -> Reply:
        """Delete a post."""
        post = self.store.post(self.key, number)
        if post is None or post.account != me.name:
            raise Refused(self.missing(number))
        post.deleted = True
        return Reply.json({"success": True})


def _kind(post: Post) -> str:
    if post.pictures and post.pictures[0].format in films.CONTAINERS:
        return "VIDEO"
    several = "CAROUSEL_ALBUM" if len(post.pictures) > 1 else "IMAGE"
    return several if post.pictures else "TEXT_POST"


def own_faults(makes: str) -> dict[str, tuple[str, str]]:
    """What else can go wrong with containers; ``makes`` is the request that makes one."""
    return {
        "container-error": ("makes a container that fails while it is processed", makes),
        "container-slow": ("makes a container that stays in progress", makes),
    }
