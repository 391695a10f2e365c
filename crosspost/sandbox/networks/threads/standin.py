"""Stand-in of Threads (developers.facebook.com/docs/threads)."""

import json
import re
from typing import ClassVar

from crosspost.sandbox.core import count, links
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import route
from crosspost.sandbox.core.store import Account, Picture
from crosspost.sandbox.networks.meta.authorization import PATHS, Authorization
from crosspost.sandbox.networks.meta.containers import Container, own_faults
from crosspost.sandbox.networks.meta.graph import fields, graph_error, only_known, wanted_fields
from crosspost.sandbox.networks.threads.reposts import Reposts

TEXT, LINKS = 500, 5
_CONTAINER = (
    "media_type",
    "text",
    "image_url",
    "alt_text",
    "link_attachment",
    "topic_tag",
    "reply_control",
    "reply_to_id",
    "is_carousel_item",
    "children",
    "poll_attachment",
    "video_url",
)
_PUBLISH = frozenset({"threads_content_publish"})
_REPLY_CONTROLS = ("everyone", "accounts_you_follow", "mentioned_only", "followers_only")
_LIMITS = ("quota_usage", "config", "reply_quota_usage", "reply_config", "delete_quota_usage", "delete_config")
_USER = ("id", "username", "name", "threads_profile_picture_url", "threads_biography")


class Threads(Reposts):
    """500 characters, where emoji count their bytes; first a container, then one request that publishes it."""

    key: ClassVar = "threads"
    name: ClassVar = "Threads"
    publishes: ClassVar = "POST /*/*/threads_publish"
    paths: ClassVar = r"/v1\.0(?:/|$)|/refresh_access_token$"
    asked_first: ClassVar = True
    versions: ClassVar = ("v1.0",)
    unversioned: ClassVar = ("/refresh_access_token", *PATHS, "/oauth/authorize/threads")
    page_tokens: ClassVar = False
    app: ClassVar = ("990000000000003", "sandbox-threads-secret")
    prefix: ClassVar = "threads_"
    scopes: ClassVar = (
        *("threads_basic", "threads_content_publish", "threads_manage_replies", "threads_read_replies"),
        *("threads_delete", "threads_manage_insights"),
    )
    exchange: ClassVar = "th_exchange_token"
    needs: ClassVar = (
        ("GET", r"/[^/]+/threads_publishing_limit", _PUBLISH),
        ("POST", r"/[^/]+/(threads(_publish)?|repost)", _PUBLISH),
        ("GET", r"/[^/]+/(replies|conversation)", frozenset({"threads_read_replies"})),
        ("GET", r"/[^/]+/insights", frozenset({"threads_manage_insights"})),
        ("DELETE", r"/.*", frozenset({"threads_delete"})),
        ("GET", r"/.*", frozenset({"threads_basic"})),
    )
    meter: ClassVar = "threads"
    grant: ClassVar = "th_refresh_token"
    own_faults: ClassVar = own_faults("POST /*/*/threads")
    options: ClassVar = {"quota": 250} | Authorization.log_in_options
    formats: ClassVar = ("JPEG", "PNG")
    ratio: ClassVar = (0.0, 10.0)
    album: ClassVar = range(2, 21)
    seconds: ClassVar = (0, 300)
    status_field: ClassVar = "status"
    why_field: ClassVar = "error_message"
    text_field: ClassVar = "text"
    post_fields: ClassVar = (
        *("id", "text", "permalink", "timestamp", "shortcode", "media_type", "username"),
        *("alt_text", "link_attachment_url", "topic_tag", "reposted_post"),
    )

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`; ``page_token`` is the one of the Facebook stand-in, for pictures the Page hosts."""
        tokens = {
            "access_token": self.store.token(self.key, name, "token"),
            "page_token": self.store.token("facebook", name, "page-token"),
        }
        return Account(self.key, name, f"2490000000000000{number}", name, display_name, tokens)

    def access(self, account: Account, base_url: str) -> dict[str, object]:
        """See :class:`StandIn`; a site that is not on this machine cannot serve the picture, the Page can."""
        app = {"app_id": self.app[0], "app_secret": self.app[1]}
        return super().access(account, base_url) | app | {"user_id": account.id, "settings": {"host": "page"}}

    def answers(self, request: Request) -> bool:
        """Its own paths, and its part of those it shares with Instagram, X and Mastodon."""
        return super().answers(request) or self.logs_in(request)

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/threads/@{account.handle}",)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {f"CROSSPOST_THREADS_{name.upper()}": token for name, token in account.credentials.items()}

    def not_ready(self) -> Reply:
        """See :class:`ContainerServer`."""
        return graph_error(24, "The requested resource does not exist: media not found", subcode=4279009)

    def used_up(self) -> Reply:
        """See :class:`ContainerServer`."""
        return graph_error(4, "Too many posts in the last 24 hours", 403)

    def number(self) -> str:
        """17 digits that begin with 18."""
        return f"18{int(self.store.new_id()) % 10**15:015d}"

    def words(self, box: Container, status: str) -> str:  # noqa: ARG002 - Threads does not say more
        """The error in capitals, as documented."""
        return "UNKNOWN" if status == "ERROR" else ""

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/{user}/threads")
    def threads(self, request: Request, user: str) -> Reply:
        """Create a container of text, or of a picture from a public address with text."""
        me = self.user(request, user)
        data = self.keep_container(request, me, _CONTAINER)
        kind, text = data.get("media_type"), data.get("text", "")
        if kind not in ("TEXT", "IMAGE", "VIDEO", "CAROUSEL"):
            raise Refused(graph_error(100, "Param media_type must be one of {TEXT, IMAGE, VIDEO, CAROUSEL}"))
        if count.threads(text) > TEXT:
            raise Refused(graph_error(100, f"Param text must be at most {TEXT} characters long"))
        self._check(data, kind, text)
        _poll(data, kind)
        answered, control = data.get("reply_to_id"), data.get("reply_control", "everyone")
        if control not in _REPLY_CONTROLS:
            raise Refused(graph_error(100, f"Param reply_control must be one of {{{', '.join(_REPLY_CONTROLS)}}}"))
        if answered is not None and self.store.post(self.key, answered) is None:
            raise Refused(graph_error(100, "Param reply_to_id must be the id of a post"))
        answer = self.contain(request, me, data, self._media(request, me, data, kind))
        (box,) = [b for b in self.store.memory.values() if isinstance(b, Container) and b.params is data]
        if topic := data.get("topic_tag") or next(iter(re.findall(r"(?<![\w&/])#(\w+)", text)), ""):
            box.extra["topic_tag"] = topic
        if answered:
            box.extra["in_reply_to_id"] = answered
        if "poll_attachment" in data:
            box.extra["poll"] = _poll(data, kind)
        if "reply_control" in data:
            box.extra["reply_control"] = control
        return answer

    def _media(self, request: Request, me: Account, data: dict[str, str], kind: str) -> list[Picture]:
        """The pictures, or the video, of a container of this kind."""
        if kind == "CAROUSEL":
            return self.children(request, me, data)
        makers = {"IMAGE": self.fetched, "VIDEO": self.filmed}
        return [makers[kind](request, me, data)] if kind in makers else []

    def _check(self, data: dict[str, str], kind: str, text: str) -> None:
        """Check what text and picture posts may have besides the text."""
        attached, topic = data.get("link_attachment", ""), data.get("topic_tag")
        if kind == "TEXT" and (not text.strip() or data.keys() & {"image_url", "alt_text"}):
            raise Refused(graph_error(100, "A text post needs text, and takes no picture"))
        if (kind == "VIDEO") != bool(data.get("video_url")) or (
            kind == "VIDEO" and data.keys() & {"image_url", "link_attachment"}
        ):
            raise Refused(graph_error(100, "A video post needs video_url, and takes no picture and no link_attachment"))
        if kind == "CAROUSEL" and data.keys() & {"image_url", "alt_text", "link_attachment", "is_carousel_item"}:
            raise Refused(graph_error(100, "A carousel takes nothing but text and its children"))
        if kind != "CAROUSEL" and "children" in data:
            raise Refused(graph_error(100, "Only a carousel takes children"))
        if data.get("is_carousel_item") and (kind == "TEXT" or data.keys() & {"text", "reply_to_id", "topic_tag"}):
            raise Refused(graph_error(100, "A carousel item is a picture without text"))
        if kind == "IMAGE" and (not data.get("image_url") or attached):
            raise Refused(graph_error(100, "An image post needs image_url, and takes no link_attachment"))
        if attached and not re.fullmatch(r"https?://[^\s/?#]+\S*", attached):
            raise Refused(graph_error(100, "Param link_attachment must be a valid URL"))
        if topic is not None and (not 1 <= len(topic) <= 50 or "." in topic or "&" in topic):
            raise Refused(graph_error(100, "Param topic_tag must have 1 to 50 characters, without . and &"))
        if len({found.url for found in links.find(text)} | ({attached} if attached else set())) > LINKS:
            raise Refused(graph_error(100, "THREADS_API__LINK_LIMIT_EXCEEDED"))

    @route("POST", "/{user}/threads_publish")
    def publish(self, request: Request, user: str) -> Reply:
        """Publish a container."""
        return self.show(request, self.user(request, user))

    @route("DELETE", "/{number}")
    def delete(self, request: Request, number: str) -> Reply:
        """Delete a post."""
        return self.take_back(self.me(request), number)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/{user}/threads")
    def list(self, request: Request, user: str) -> Reply:
        """The account's posts, newest first, without its replies."""
        return self.posts(request, self.user(request, user))

    @route("GET", "/{user}/replies")
    def replies(self, request: Request, user: str) -> Reply:
        """The account's replies, newest first."""
        return self.posts(request, self.user(request, user), replies=True)

    @route("GET", "/{user}/threads_publishing_limit")
    def limit(self, request: Request, user: str) -> Reply:
        """How much of today\'s quota is used."""
        return self.quota_left(request, self.user(request, user), _LIMITS)

    @route("GET", "/refresh_access_token")
    def extend(self, request: Request) -> Reply:
        """Renew a token for 60 more days."""
        return self.refreshed(request)

    @route("GET", "/debug_token")
    def debug(self, request: Request) -> Reply:
        """What a token is; another token of the account may ask."""
        data = fields(request)
        only_known(data, "input_token")
        self.me(request)
        life = self.lives.get(first(data, "input_token") or "")
        if life is None or request.now - life.made >= life.lasts:
            error = {"code": 190, "message": "Invalid OAuth access token.", "subcode": 467}
            return Reply.json({"data": {"is_valid": False, "error": error, "scopes": []}})
        scopes = life.scopes or {*self.scopes} - {*self.settings["declined"]}
        body = {
            "type": "USER", "application": "crosspost", "is_valid": True, "issued_at": int(life.made.timestamp()),
            "expires_at": int((life.made + life.lasts).timestamp()), "scopes": sorted(scopes),
            "user_id": self.store.accounts[self.key, life.account].id,
        }  # fmt: skip
        return Reply.json({"data": body})

    @route("GET", "/{number}")
    def read(self, request: Request, number: str) -> Reply:
        """The account, a container with its status, or a post."""
        me = self.me(request)
        if number not in ("me", me.id):
            return self.node(request, me, number)
        body = {"id": me.id, "username": me.handle, "name": me.display_name}
        wanted = wanted_fields(fields(request), _USER, "id")
        return Reply.json({key: value for key, value in body.items() if key in wanted})

    def user(self, request: Request, user: str) -> Account:
        """The account ``user``, if the token is its own."""
        me = self.me(request)
        if user not in ("me", me.id):
            raise Refused(self.missing(user))
        return me


def _poll(data: dict[str, str], kind: str) -> list[str]:
    """The answers of a poll: 2 to 4 of 1 to 25 characters, on posts of text only."""
    if "poll_attachment" not in data:
        return []
    if kind != "TEXT" or data.get("link_attachment"):
        raise Refused(graph_error(100, "Polls can be attached to text-only posts only"))
    try:
        poll = json.loads(data["poll_attachment"])
    except ValueError:
        poll = None
    names = [f"option_{letter}" for letter in "abcd"]
    given = set(poll) if isinstance(poll, dict) else set()
    if not set(names[:2]) <= given or given != set(names[: len(given)]):
        raise Refused(graph_error(100, "Param poll_attachment must have option_a to option_d, in order"))
    if any(not isinstance(poll[name], str) or not 1 <= len(poll[name]) <= 25 for name in given):
        raise Refused(graph_error(100, "Each option of a poll must have 1 to 25 characters"))
    return [poll[name] for name in names[: len(given)]]
