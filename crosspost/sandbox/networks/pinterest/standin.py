"""Stand-in of Pinterest's API v5 (pinterest/api-description v5.23.0): one board an account, pins with one picture."""

import base64
import re
from datetime import datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.code_grant import CodeGrant
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import only, route, whole
from crosspost.sandbox.core.store import Account, Picture, Post

TITLE, DESCRIPTION, LINK, ALT = 100, 800, 2048, 500
_NEW = ("board_id", "title", "description", "link", "alt_text", "media_source", "dominant_color", "board_section_id")
_CHANGED = ("title", "description", "link", "alt_text", "board_id", "board_section_id")
_SCOPES = ("boards:read", "boards:write", "pins:read", "pins:write", "user_accounts:read")


class Pinterest(CodeGrant):
    """Boards and pins."""

    key: ClassVar = "pinterest"
    name: ClassVar = "Pinterest"
    look: ClassVar = Look(mark="#bd081c")
    publishes: ClassVar = "POST /v5/pins"
    paths: ClassVar = r"/v5/|/oauth/$|/pinterest/"
    asked_first: ClassVar = True  # the page of consent is at /oauth/, where Mastodon has everything else
    options: ClassVar = {"callbacks": ("http://localhost:8723/callback",), "access": "trial"}
    """``access``: "trial" or "standard", what Pinterest allows the app; trial pins are seen by their maker only."""
    scopes = frozenset(_SCOPES)
    life = timedelta(days=30)
    once = False
    in_form = False

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        token = {"access_token": self.store.token(self.key, name, "token")}
        return Account(self.key, name, f"54975588517{number}", name, display_name, token)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`; the number of the account's board is its own."""
        return super().access(account, base_url) | {"settings": {"board": account.id}, "app": self.app}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_PINTEREST_ACCESS_TOKEN": account.credentials["access_token"]}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/pinterest/{account.handle}",)

    def refusal(self, status: int, message: str, code: int = 0) -> Reply:
        """``{"code", "message"}``."""
        return Reply.json({"code": code or status, "message": message}, status)

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "Authentication failed.", 2)

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429."""
        reply = self.refusal(429, "You have exceeded your rate limit. Try again later.", 8)
        reply.headers = {"Retry-After": str(retry_after)}
        return reply

    # ── who ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/oauth")
    def authorize(self, request: Request) -> Reply:
        """The page of consent."""
        return self.asked(request, "/oauth/")

    @route("POST", "/oauth")
    def decide(self, request: Request) -> Reply:
        """The person's answer on that page."""
        return self.decided(request)

    @route("POST", "/v5/oauth/token")
    def token(self, request: Request) -> Reply:
        """Tokens for a code or a refresh token."""
        return self.exchanged(request)

    @route("GET", "/v5/user_account")
    def user(self, request: Request) -> Reply:
        """The account."""
        me = self._me(request, "user_accounts:read")
        return Reply.json({"username": me.handle, "account_type": "BUSINESS"})

    @route("GET", "/v5/boards")
    def boards(self, request: Request) -> Reply:
        """The account's boards."""
        me = self._me(request, "boards:read")
        other = {"id": f"{me.id}0", "name": "Rezepte"}
        return Reply.json({"items": [{"id": me.id, "name": "Garten"}, other], "bookmark": None})

    @route("GET", "/v5/boards/{number}")
    def board(self, request: Request, number: str) -> Reply:
        """One board."""
        return Reply.json({"id": self._board(request, "boards:read", number)[1], "name": "Garten"})

    # ── pins ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/v5/boards/{number}/pins")
    def listed(self, request: Request, number: str) -> Reply:
        """The board's pins, newest first."""
        me, _ = self._board(request, "pins:read", number)
        size = whole(first(request.query, "page_size"), 25, 1, 250, "page_size")
        start = whole(first(request.query, "bookmark"), 0, 0, 100_000, "bookmark")
        posts = [post for post in self.own_posts(me) if post.extra["board_id"] == number]
        end = start + size
        shown = [_told(post) for post in posts[start:end]]
        return Reply.json({"items": shown, "bookmark": str(end) if end < len(posts) else None})

    @route("POST", "/v5/pins")
    def create(self, request: Request) -> Reply:
        """Make a pin."""
        fields = self._checked(request, _NEW)
        me, board = self._board(request, "pins:write", str(fields.get("board_id", "")))
        new = self.store.new_id()
        post = Post(new, self.key, me.name, "", request.now, f"/pinterest/pin/{new}/")
        post.visibility = "private" if self.settings["access"] == "trial" else "public"
        post.pictures = [self._picture(me, fields)]
        _write(post, fields | {"board_id": board})
        return Reply.json(_told(self.store.commit(post)), 201)

    @route("GET", "/v5/pins/{number}")
    def read(self, request: Request, number: str) -> Reply:
        """One pin."""
        return Reply.json(_told(self._pin(request, number, "pins:read")))

    @route("PATCH", "/v5/pins/{number}")
    def change(self, request: Request, number: str) -> Reply:
        """Change a pin's words."""
        post, fields = self._pin(request, number), self._checked(request, _CHANGED)
        _write(post, {name: value for name, value in post.extra.items() if name in _CHANGED} | fields)
        post.edited = request.now
        return Reply.json(_told(post))

    @route("DELETE", "/v5/pins/{number}")
    def delete(self, request: Request, number: str) -> Reply:
        """Delete a pin."""
        self._pin(request, number).deleted = True
        return Reply(204)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _me(self, request: Request, scope: str) -> Account:
        me, scopes = self.holder(request)
        if me is None:
            raise Refused(self.expired())
        if scope not in scopes:
            raise Refused(self.refusal(403, f"Your application needs the scope {scope}", 3))
        request.account = me.name
        return me

    def _board(self, request: Request, scope: str, number: str) -> tuple[Account, str]:
        me = self._me(request, scope)
        if not re.fullmatch(r"\d+", number):
            raise Refused(self.refusal(400, f"'{number}' does not match '^\\d+$'", 1))
        if number not in (me.id, f"{me.id}0"):
            raise Refused(self.refusal(404, "Board not found.", 40))
        return me, number

    def _pin(self, request: Request, number: str, scope: str = "pins:write") -> Post:
        me, post = self._me(request, scope), self.store.post(self.key, number)
        if post is None or post.account != me.name:
            raise Refused(self.refusal(404, "Pin not found.", 50))
        return post

    def _checked(self, request: Request, known: tuple[str, ...]) -> dict[str, Any]:
        fields = request.json
        if strange := only(fields, known):
            raise Malformed(f"Additional properties are not allowed ('{strange[0]}' was unexpected)")
        for name, most in (("title", TITLE), ("description", DESCRIPTION), ("link", LINK), ("alt_text", ALT)):
            value = fields.get(name)
            if value is not None and (not isinstance(value, str) or len(value) > most):
                raise Malformed(f"{name} has at most {most} characters")
        if fields.get("link") and not re.fullmatch(r"https?://\S+", fields["link"]):
            raise Malformed("link is not a URL")
        for name, pattern in (
            ("board_id", r"\d+"),
            ("board_section_id", r"\d+"),
            ("dominant_color", "#[0-9A-Fa-f]{6}"),
        ):
            if fields.get(name) is not None and not re.fullmatch(pattern, str(fields[name])):
                raise Malformed(f"{name} does not match '^{pattern}$'")
            if fields.get(name) is not None and not isinstance(fields[name], str):
                raise Malformed(f"{name} is not of type 'string'")
        return fields

    def _picture(self, me: Account, fields: dict[str, Any]) -> Picture:
        source = fields.get("media_source")
        if not isinstance(source, dict) or source.get("source_type") != "image_base64":
            raise Malformed("media_source is required; the sandbox takes image_base64")
        if strange := only(source, ("source_type", "content_type", "data", "is_standard")):
            raise Malformed(f"Additional properties are not allowed ('{strange[0]}' was unexpected)")
        if not isinstance(source.get("data"), str) or not isinstance(source.get("is_standard", True), bool):
            raise Malformed("data is a string, is_standard true or false")
        try:
            data = base64.b64decode(str(source.get("data", "")), validate=True)
        except ValueError:
            raise Malformed("data is not base64") from None
        shape = pictures.shape(data)
        if shape is None or pictures.TYPES[shape[0]] != source.get("content_type") or shape[0] not in ("JPEG", "PNG"):
            raise Malformed("content_type is image/jpeg or image/png, and what the picture is")
        return self.store.keep(me, data, shape, fields.get("alt_text") or "")


def _write(post: Post, fields: dict[str, Any]) -> None:
    """What a reader sees: title, description, link."""
    post.text = "\n\n".join(filter(None, (fields.get("title"), fields.get("description"), fields.get("link"))))
    post.link = fields.get("link") or ""
    post.extra = {name: fields.get(name) for name in ("board_id", "title", "description", "link", "alt_text")}


def _told(post: Post) -> dict[str, Any]:
    return {"id": post.id, "created_at": post.time.isoformat()} | post.extra
