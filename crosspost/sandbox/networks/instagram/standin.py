"""Stand-in of Instagram's content publishing, with both logins (developers.facebook.com/docs/instagram-platform)."""

import re
from typing import ClassVar

from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.standin import route
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.instagram.comments import Comments
from crosspost.sandbox.networks.meta.authorization import PATHS
from crosspost.sandbox.networks.meta.containers import Container, own_faults
from crosspost.sandbox.networks.meta.graph import fields, graph_error, wanted_fields

CAPTION = 2200  # UTF-16 units: the unit is not documented, this is the strictest
HASHTAGS, MENTIONS = 5, 20
_MEDIA = (
    "image_url",
    "caption",
    "alt_text",
    "media_type",
    "is_carousel_item",
    "children",
    "video_url",
    "share_to_feed",
    "cover_url",
    "thumb_offset",
    "location_id",
)
_PUBLISH = frozenset({"instagram_content_publish", "instagram_business_content_publish"})
_USER = ("id", "user_id", "username", "name", "account_type", "profile_picture_url", "media_count")


class Instagram(Comments):
    """A container with a JPEG fetched from a public address, then one request that publishes it.

    Facebook Login uses the token of the linked Page, Instagram Login one of its own (``login_token``).
    """

    key: ClassVar = "instagram"
    name: ClassVar = "Instagram"
    publishes: ClassVar = "POST /*/*/media_publish"
    paths: ClassVar = r"/v(?:[2-9]|\d{2,})\.\d+/17\d{15}(?:/|$)"
    """Instagram's nodes share the address with Facebook's and are recognised by their ids."""
    asked_first: ClassVar = True
    tokens: ClassVar = ("access_token", "login_token")
    lasting: ClassVar = "login_token"
    grant: ClassVar = "ig_refresh_token"
    meter: ClassVar = "instagram"
    unversioned: ClassVar = ("/refresh_access_token", *PATHS, "/oauth/authorize/instagram")
    app: ClassVar = ("990000000000002", "sandbox-instagram-secret")
    prefix: ClassVar = "instagram_business_"
    scopes: ClassVar = (
        *("instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_comments"),
    )
    exchange: ClassVar = "ig_exchange_token"
    needs: ClassVar = (
        ("GET", r"/[^/]+/content_publishing_limit", _PUBLISH),
        ("POST", r"/[^/]+/media(_publish)?", _PUBLISH),
        ("GET", r"/[^/]+/comments", frozenset({"instagram_manage_comments", "instagram_business_manage_comments"})),
        ("GET|DELETE", r"/.*", frozenset({"instagram_basic", "instagram_business_basic"})),
    )
    own_faults: ClassVar = own_faults("POST /*/*/media")
    formats: ClassVar = ("JPEG",)
    ratio: ClassVar = (0.8, 1.91)
    album: ClassVar = range(2, 11)
    seconds: ClassVar = (3, 900)
    status_field: ClassVar = "status_code"
    why_field: ClassVar = "status"
    text_field: ClassVar = "caption"
    post_fields: ClassVar = (
        *("id", "caption", "permalink", "timestamp", "shortcode", "media_type", "alt_text"),
        *("like_count", "comments_count"),
    )

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`; the Page token is the one of the Facebook stand-in."""
        tokens = {
            "access_token": self.store.token("facebook", name, "page-token"),
            "login_token": self.store.token(self.key, name, "login-token"),
        }
        return Account(self.key, name, f"1784140000000000{number}", name, display_name, tokens)

    def access(self, account: Account, base_url: str) -> dict[str, object]:
        """See :class:`StandIn`; a site that is not on this machine cannot serve the picture, the Page can."""
        app = {"app_id": self.app[0], "app_secret": self.app[1]}
        return super().access(account, base_url) | app | {"user_id": account.id, "settings": {"host": "page"}}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/instagram/{account.handle}",)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_INSTAGRAM_ACCESS_TOKEN": account.credentials["access_token"]}

    def answers(self, request: Request) -> bool:
        """Its own nodes; ``/me`` when the token is one of Instagram Login."""
        if super().answers(request) or self.logs_in(request):
            return True
        if request.path == "/refresh_access_token":
            return first(request.query, "grant_type") == "ig_refresh_token"
        if not re.match(r"/v(?:[2-9]|\d{2,})\.\d+/me(?:/|$)", request.path):
            return False
        try:
            token = self.token_of(request)
        except Malformed:  # Facebook refuses an unreadable form
            return False
        return token in self.lives

    def not_ready(self) -> Reply:
        """See :class:`ContainerServer`."""
        return graph_error(9007, "Media ID is not available: the media is not ready for publishing", subcode=2207027)

    def used_up(self) -> Reply:
        """See :class:`ContainerServer`."""
        return graph_error(9, "Application request limit reached: too many posts today", 403, subcode=2207042)

    def number(self) -> str:
        """17 digits that begin with 17, like all of Instagram's."""
        return f"17{int(self.store.new_id()) % 10**15:015d}"

    def words(self, box: Container, status: str) -> str:
        """The status in words, with the error's number."""
        return box.why or f"{status.capitalize().replace('_', ' ')}: Media {status.lower().replace('_', ' ')}."

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/{user}/media")
    def media(self, request: Request, user: str) -> Reply:
        """Create a container: one JPEG from a public address, a caption within all its limits."""
        me = self.user(request, user)
        data = self.keep_container(request, me, _MEDIA)
        album, item = data.get("media_type") == "CAROUSEL", data.get("is_carousel_item") == "true"
        if item and (data.keys() & {"caption", "location_id"} or album):
            raise Refused(
                graph_error(100, "A carousel item takes no caption and no place, and is not a carousel itself")
            )
        if album and data.keys() & {"image_url", "alt_text"}:
            raise Refused(graph_error(100, "A carousel takes no picture but its children"))
        reel = _is_reel(data, item=item)
        if not album and not reel and (not data.get("image_url") or data.get("media_type", "IMAGE") != "IMAGE"):
            raise Refused(graph_error(100, "The parameter image_url is required"))
        if not album and "children" in data:
            raise Refused(graph_error(100, "Only a carousel takes children"))
        caption = data.get("caption", "")
        if len(caption.encode("utf-16-le", "surrogatepass")) // 2 > CAPTION:
            raise Refused(graph_error(36004, "The caption was too long", subcode=2207010))
        if len(re.findall(r"(?<![\w&/])#\w", caption)) > HASHTAGS:
            raise Refused(graph_error(100, f"A caption may have at most {HASHTAGS} hashtags"))
        if len(re.findall(r"(?<![\w/])@\w", caption)) > MENTIONS:
            raise Refused(graph_error(100, f"A caption may have at most {MENTIONS} mentions", subcode=2207040))
        if reel:
            pictures = [self.filmed(request, me, data)]
            pictures[0].extra["poster"] = self.cover(request, data)
        else:
            pictures = self.children(request, me, data) if album else [self.fetched(request, me, data)]
        return self.contain(request, me, data, pictures)

    @route("POST", "/{user}/media_publish")
    def publish(self, request: Request, user: str) -> Reply:
        """Publish a container."""
        return self.show(request, self.user(request, user))

    @route("DELETE", "/{number}")
    def delete(self, request: Request, number: str) -> Reply:
        """Delete a post; Facebook Login only."""
        me = self.me(request)
        if self.door(request) == "login_token":
            raise Refused(graph_error(10, "Application does not have permission for this action", 403))
        return self.take_back(me, number)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/{user}/media")
    def list(self, request: Request, user: str) -> Reply:
        """The account's media, newest first."""
        return self.posts(request, self.user(request, user))

    @route("GET", "/{user}/content_publishing_limit")
    def limit(self, request: Request, user: str) -> Reply:
        """How much of today\'s quota is used."""
        return self.quota_left(request, self.user(request, user), ("quota_usage", "config"))

    @route("GET", "/refresh_access_token")
    def extend(self, request: Request) -> Reply:
        """Renew a token for 60 more days of Instagram Login."""
        return self.refreshed(request)

    @route("GET", "/{number}")
    def read(self, request: Request, number: str) -> Reply:
        """The account, a container with its status, or a post."""
        me = self.me(request)
        if number not in ("me", me.id):
            return self.node(request, me, number)
        own = self.door(request) == "login_token"
        body = {"id": me.id, "username": me.handle, "name": me.display_name} | ({"user_id": me.id} if own else {})
        wanted = wanted_fields(fields(request), _USER if own else tuple(f for f in _USER if f != "user_id"), "id")
        return Reply.json({key: value for key, value in body.items() if key in wanted})

    def user(self, request: Request, user: str) -> Account:
        """The account ``user``, if the token is its own."""
        me = self.me(request)
        if user not in ("me", me.id):
            raise Refused(self.missing(user))
        return me

    def door(self, request: Request) -> str:
        """Which login the token is of."""
        return "login_token" if self.token_of(request) in self.lives else "access_token"


def _is_reel(data: dict[str, str], *, item: bool) -> bool:
    """Whether a container is a reel, which takes other fields than a picture.

    :raises Refused: when fields of both are mixed
    """
    reel = data.get("media_type") == "REELS"
    if reel != bool(data.get("video_url")) or (reel and (item or data.keys() & {"image_url", "alt_text", "children"})):
        raise Refused(graph_error(100, "A reel takes video_url and caption, and nothing else takes video_url"))
    if not reel and data.keys() & {"cover_url", "thumb_offset"}:
        raise Refused(graph_error(100, "Only a reel takes cover_url and thumb_offset"))
    return reel
