"""Stand-in of Google Business Profile's local posts (developers.google.com/my-business, v4 and the v1 interfaces)."""

import re
from datetime import datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.code_grant import CodeGrant
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.picture_crawler import Unreachable, fetch
from crosspost.sandbox.core.standin import only, route, whole
from crosspost.sandbox.core.store import Account, Picture, Post

SUMMARY, BYTES, SMALLEST = 1500, 5_000_000, (400, 300)
SCOPE = "https://www.googleapis.com/auth/business.manage"
TOPICS = ("STANDARD", "EVENT", "OFFER", "ALERT")
ACTIONS = ("BOOK", "ORDER", "SHOP", "LEARN_MORE", "SIGN_UP", "CALL")
_FIELDS = ("languageCode", "summary", "topicType", "callToAction", "event", "offer", "media", "scheduledTime")
_CHANGED = ("languageCode", "summary", "callToAction", "event", "offer", "media")
_KINDS = {"languageCode": str, "summary": str, "topicType": str, "callToAction": dict, "media": list}
_VERDICTS = {"shown": "LIVE", "waiting": "PROCESSING", "refused": "REJECTED"}
# what the rules forbid in a text: a link, a phone number
_FORBIDDEN = re.compile(r"https?://|www\.|(?<!\w)(?:\+|0)\d[\d ()/.-]{6,}\d")


class GoogleBusiness(CodeGrant):
    """Places and their posts.

    ``approved``: whether Google has approved the project; without that the quota is 0. ``review``: what becomes of
    posts that Google looks at, "shown", "waiting" or "refused"; what it has decided once stays so.
    """

    key: ClassVar = "google_business"
    name: ClassVar = "Google Business Profile"
    look: ClassVar = Look(mark="#1a73e8")
    publishes: ClassVar = "POST /v4/accounts/*/locations/*/localPosts"
    paths: ClassVar = r"/v4/accounts/|/v1/accounts/[^/]+/locations$|/o/oauth2/v2/auth$|/token$|/google_business/"
    options: ClassVar = {"approved": True, "review": "shown"}
    scopes = frozenset({SCOPE})
    life = timedelta(seconds=3599)
    once = False

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        token = {"access_token": self.store.token(self.key, name, "token")}
        return Account(self.key, name, f"10{number}", name, display_name, token)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`; pictures only from a store of the sandbox, because it fetches nothing from the web."""
        pictures = {"images": False} if self.store.shared is None else {"host": "store"}
        settings = {"location": f"accounts/{account.id}/locations/{_places(account)[0]}"} | pictures
        return super().access(account, base_url) | {"settings": settings, "app": self.app}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_GOOGLE_BUSINESS_ACCESS_TOKEN": account.credentials["access_token"]}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/google_business/{account.handle}",)

    def answers(self, request: Request) -> bool:
        """``/v1/accounts`` is also signal-cli's, which knows no tokens."""
        return super().answers(request) or (request.path == "/v1/accounts" and "Authorization" in request.headers)

    def may_return(self, address: str) -> bool:
        """A "Desktop app" comes back to any port of its computer."""
        return re.fullmatch(r"http://(?:127\.0\.0\.1|localhost):\d+(?:/\S*)?", address) is not None

    def refusal(self, status: int, message: str) -> Reply:
        """``{"error": {"code", "message", "status"}}``."""
        names = {
            400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
            429: "RESOURCE_EXHAUSTED",
        }  # fmt: skip
        error = {"code": status, "message": message, "status": names.get(status, "INTERNAL")}
        return Reply.json({"error": error}, status)

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "Request had invalid authentication credentials.")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429, which is also what a project is told that is not approved."""
        reply = self.refusal(429, "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'.")
        reply.headers = {"Retry-After": str(retry_after)} if retry_after else {}
        return reply

    # ── who ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/o/oauth2/v2/auth")
    def authorize(self, request: Request) -> Reply:
        """The page of consent."""
        return self.asked(request, "/o/oauth2/v2/auth", {"access_type": "offline", "prompt": "consent"})

    @route("POST", "/o/oauth2/v2/auth")
    def decide(self, request: Request) -> Reply:
        """The person's answer on that page."""
        return self.decided(request)

    @route("POST", "/token")
    def token(self, request: Request) -> Reply:
        """Tokens for a code or a refresh token."""
        return self.exchanged(request)

    @route("GET", "/v1/accounts")
    def accounts(self, request: Request) -> Reply:
        """The accounts that the login manages."""
        me = self._me(request)
        return Reply.json({"accounts": [{"name": f"accounts/{me.id}", "accountName": me.display_name}]})

    @route("GET", "/v1/accounts/{owner}/locations")
    def locations(self, request: Request, owner: str) -> Reply:
        """The account's places; ``readMask`` must say what is to be told of them."""
        me, mask = self._me(request), set((first(request.query, "readMask") or "").split(",")) - {""}
        if not mask or only(mask, ("name", "title")):
            raise Malformed("Request contains an invalid argument: read_mask")
        if owner != me.id:
            raise Refused(self.refusal(403, "The caller does not have permission"))
        size = whole(first(request.query, "pageSize"), 10, 1, 100, "pageSize")
        start = whole(first(request.query, "pageToken") or None, 0, 0, 1000, "pageToken")
        places = [
            {"name": f"locations/{number}", "title": title}
            for number, title in zip(_places(me), ("Garten", "Hofladen"), strict=True)
        ]
        shown = [{name: place[name] for name in mask} for place in places[start : start + size]]
        more = {"nextPageToken": str(start + size)} if start + size < len(places) else {}
        return Reply.json({"locations": shown} | more)

    # ── posts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/v4/accounts/{owner}/locations/{place}/localPosts")
    def create(self, request: Request, owner: str, place: str) -> Reply:
        """Take a post; whether it is shown is decided afterwards."""
        me, fields = self._owner(request, owner, place), self._checked(request, _FIELDS)
        if fields.get("topicType") != "STANDARD":
            kind = "is none of the types" if fields.get("topicType") not in TOPICS else "is not in the sandbox"
            raise Malformed(f"topic_type: {fields.get('topicType')} {kind}")
        if "scheduledTime" in fields:
            raise Malformed("scheduled_time: the sandbox has no schedule")
        new = self.store.new_id()
        post = Post(new, self.key, me.name, "", request.now, f"/google_business/{place}/{new}")
        post.extra = {"place": f"accounts/{owner}/locations/{place}", "state": "PROCESSING"}
        post.pictures = self._media(me, request, fields)
        _write(post, fields)
        return Reply.json(self._told(self.store.commit(post), request))

    @route("GET", "/v4/accounts/{owner}/locations/{place}/localPosts")
    def listed(self, request: Request, owner: str, place: str) -> Reply:
        """The place's posts, whatever their state."""
        me = self._owner(request, owner, place)
        size = whole(first(request.query, "pageSize"), 20, 1, 100, "pageSize")
        start = whole(first(request.query, "pageToken") or None, 0, 0, 100_000, "pageToken")
        posts = [post for post in self.own_posts(me) if post.extra["place"] == f"accounts/{owner}/locations/{place}"]
        told = [self._told(post, request) for post in posts[start : start + size]]
        more = {"nextPageToken": str(start + size)} if start + size < len(posts) else {}
        return Reply.json({"localPosts": told} | more)

    @route("GET", "/v4/accounts/{owner}/locations/{place}/localPosts/{number}")
    def read(self, request: Request, owner: str, place: str, number: str) -> Reply:
        """One post."""
        return Reply.json(self._told(self._post(request, owner, place, number), request))

    @route("PATCH", "/v4/accounts/{owner}/locations/{place}/localPosts/{number}")
    def change(self, request: Request, owner: str, place: str, number: str) -> Reply:
        """Change what ``updateMask`` names; what is named and not given is taken away. It is looked at again."""
        post, fields = self._post(request, owner, place, number), self._checked(request, _CHANGED)
        mask = [name for name in (first(request.query, "updateMask") or "").split(",") if name]
        if not mask or only(mask, _CHANGED):
            raise Malformed("update_mask names fields of the post")
        _write(post, post.extra["fields"] | {name: fields.get(name) for name in mask})
        post.edited, post.extra["state"] = request.now, "PROCESSING"
        return Reply.json(self._told(post, request))

    @route("DELETE", "/v4/accounts/{owner}/locations/{place}/localPosts/{number}")
    def delete(self, request: Request, owner: str, place: str, number: str) -> Reply:
        """Delete a post."""
        self._post(request, owner, place, number).deleted = True
        return Reply.json({})

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _me(self, request: Request) -> Account:
        me, scopes = self.holder(request)
        if me is None:
            raise Refused(self.expired())
        if not self.settings["approved"]:
            raise Refused(self.rate_limited(0, request.now))
        if SCOPE not in scopes:
            raise Refused(self.refusal(403, "Request had insufficient authentication scopes."))
        request.account = me.name
        return me

    def _owner(self, request: Request, owner: str, place: str) -> Account:
        me = self._me(request)
        if owner != me.id or place not in _places(me):
            raise Refused(self.refusal(403, "The caller does not have permission"))
        return me

    def _post(self, request: Request, owner: str, place: str, number: str) -> Post:
        me, post = self._owner(request, owner, place), self.store.post(self.key, number)
        if post is None or post.account != me.name or post.extra["place"] != f"accounts/{owner}/locations/{place}":
            raise Refused(self.refusal(404, "Requested entity was not found."))
        return post

    def _checked(self, request: Request, known: tuple[str, ...]) -> dict[str, Any]:
        fields = request.json
        if strange := only(fields, known):
            raise Malformed(f'Invalid JSON payload received. Unknown name "{strange[0]}": Cannot find field.')
        for name, kind in _KINDS.items():
            if name in fields and not isinstance(fields[name], kind):
                raise Malformed(f"Invalid value at '{name}'")
        if not fields.get("summary") or len(fields["summary"]) > SUMMARY:
            raise Malformed(f"summary: between 1 and {SUMMARY} characters")
        action = fields.get("callToAction")
        if action is not None and (only(action, ("actionType", "url")) or action.get("actionType") not in ACTIONS):
            raise Malformed("call_to_action: an unknown field or action_type")
        if action is not None and bool(action.get("url")) == (action["actionType"] == "CALL"):
            raise Malformed("call_to_action: a url, but none for CALL")
        if action is not None and not re.match(r"https?://\S+$", str(action.get("url") or "http://call")):
            raise Malformed("call_to_action.url: not a URL")
        return fields

    def _media(self, me: Account, request: Request, fields: dict[str, Any]) -> list[Picture]:
        """The picture, fetched from its public address."""
        media = fields.get("media") or []
        if len(media) > 1:
            raise Malformed("media: one at most")
        if not media:
            return []
        if not isinstance(media[0], dict) or set(media[0]) != {"mediaFormat", "sourceUrl"}:
            raise Malformed("media: mediaFormat and sourceUrl")
        if media[0]["mediaFormat"] != "PHOTO":
            raise Malformed("media.media_format: the sandbox takes PHOTO")
        try:
            data = fetch(str(media[0]["sourceUrl"]), BYTES, own=request.base_url, store=self.store)
        except Unreachable as error:
            raise Malformed(f"media.source_url cannot be fetched: {error}") from None
        shape = pictures.shape(data)
        if shape is None or shape[0] not in ("JPEG", "PNG") or len(data) > BYTES:
            raise Malformed("media: a JPEG or PNG of 5 MB at most")
        if shape[1] < SMALLEST[0] or shape[2] < SMALLEST[1]:
            raise Malformed(f"media: {shape[1]} × {shape[2]} is smaller than 400 × 300")
        return [self.store.keep(me, data, shape)]

    def _state(self, post: Post) -> str:
        """What has been decided about a post; decided now, if Google is not to take its time."""
        if post.extra["state"] == "PROCESSING":
            verdict = _VERDICTS[self.settings["review"]]
            bad = verdict == "LIVE" and _FORBIDDEN.search(post.extra["fields"]["summary"])
            post.extra["state"] = "REJECTED" if bad else verdict
        return str(post.extra["state"])

    def _told(self, post: Post, request: Request) -> dict[str, Any]:
        told = {"name": f"{post.extra['place']}/localPosts/{post.id}", "state": self._state(post)}
        told |= {"createTime": post.time.isoformat(), "topicType": "STANDARD"}
        told |= {"searchUrl": f"{request.base_url}{post.path}"} if told["state"] == "LIVE" else {}
        return told | {name: value for name, value in post.extra["fields"].items() if value is not None}


def _places(me: Account) -> tuple[str, str]:
    return f"{me.id}1", f"{me.id}2"


def _write(post: Post, fields: dict[str, Any]) -> None:
    """What a reader sees: the words, and the button."""
    kept = {name: fields.get(name) for name in ("languageCode", "summary", "callToAction")}
    url = (kept["callToAction"] or {}).get("url", "")
    post.text = "\n\n".join(filter(None, (kept["summary"], url)))
    post.link, post.language = url, kept["languageCode"] or ""
    post.extra["fields"] = kept
