"""Stand-in of listmonk (listmonk.app/docs/apis/campaigns): campaigns are made as drafts, then started."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.standin import StandIn, only, route, whole
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.newsletter import mails

LISTS = (1, 2)
_FIELDS = {
    "name", "subject", "lists", "type", "content_type", "body", "altbody", "send_at", "template_id", "tags", "headers",
    "from_email",
}  # fmt: skip
_MAY = ("campaigns:manage_all", "campaigns:send")
_STATES = ("draft", "running", "paused", "cancelled")


class Listmonk(StandIn):
    """Two lists; a campaign goes out when its status becomes ``running``."""

    key: ClassVar = "listmonk"
    name: ClassVar = "listmonk"
    publishes: ClassVar = "PUT /api/campaigns/*/status"
    paths: ClassVar = r"/api/(campaigns(/|$)|lists$|profile$)|/listmonk/\d+/html$"
    options: ClassVar = {"role": 2, "permissions": ("lists:get_all", "campaigns:get_all", *_MAY)}
    """``role``: the number of the API user's role, 1 is the super admin's, 0 a listmonk before 4.0, which has none;
    ``permissions``: what is ticked in it."""

    def account(self, number: int, name: str, display_name: str) -> Account:  # noqa: ARG002 - the name tells them apart
        """See :class:`StandIn`."""
        token = self.store.token(self.key, name, "token")
        return Account(
            self.key, name, f"api-{name}", f"api-{name}", display_name, {"username": f"api-{name}", "token": token}
        )

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """The settings it goes with: the first list."""
        return super().access(account, base_url) | {"settings": {"lists": [LISTS[0]]}}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {f"CROSSPOST_LISTMONK_{name.upper()}": value for name, value in account.credentials.items()}

    def refusal(self, status: int, message: str) -> Reply:
        """``{"message": "…"}``."""
        return Reply.json({"message": message}, status)

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002 - seconds are said, not a time
        """429, as a proxy in front of it says it."""
        reply = self.refusal(429, "Too many requests")
        reply.headers = {"Retry-After": str(retry_after)}
        return reply

    def expired(self) -> Reply:
        """403, not 401."""
        return self.refusal(403, "invalid API credentials")

    # ── campaigns ─────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/api/profile")
    def profile(self, request: Request) -> Reply:
        """The user whose login it is, with what its role allows."""
        me = self._me(request)
        if not self.settings["role"]:
            return self.refusal(404, "Not Found")
        role = {"id": self.settings["role"], "name": "Role", "permissions": list(self.settings["permissions"])}
        return _data({"id": 2, "username": me.handle, "type": "api", "status": "enabled", "user_role": role})

    @route("GET", "/api/lists")
    def lists(self, request: Request) -> Reply:
        """The lists."""
        self._me(request)
        if strange := only((name for name, _ in request.query), ("query", "page", "per_page", "minimal", "tag")):
            raise Refused(self.refusal(400, f"The sandbox does not know the parameter {strange[0]} here"))
        found = [{"id": n, "name": f"Liste {n}", "type": "private", "subscriber_count": 10 * n} for n in LISTS]
        return _data({"results": found, "total": len(found), "per_page": "all", "page": 1})

    @route("GET", "/api/campaigns")
    def campaigns(self, request: Request) -> Reply:
        """The campaigns whose name or subject holds ``query``, newest first."""
        self._me(request)
        if strange := only((name for name, _ in request.query), ("query", "page", "per_page", "order_by", "order")):
            raise Refused(self.refusal(400, f"The sandbox does not know the parameter {strange[0]} here"))
        order = (first(request.query, "order_by") or "created_at", first(request.query, "order") or "desc")
        if order not in (("created_at", "desc"), ("created_at", "asc")):
            raise Refused(self.refusal(400, "The sandbox orders by created_at, asc or desc"))
        asked = (first(request.query, "query") or "").casefold()
        per_page = whole(first(request.query, "per_page"), 20, 1, 1000, "per_page")
        page = whole(first(request.query, "page"), 1, 1, 10**6, "page")
        found = [c for c in self._all() if asked in f"{c['name']} {c['subject']}".casefold()]
        found = found[::-1] if order[1] == "desc" else found
        shown = found[(page - 1) * per_page : page * per_page]
        return _data({"results": shown, "query": asked, "total": len(found), "per_page": per_page, "page": page})

    @route("POST", "/api/campaigns")
    def create(self, request: Request) -> Reply:
        """Create a draft."""
        me, fields = self._me(request), request.json
        self._may("campaigns:manage_all", "campaigns:manage")
        self._check(fields)
        campaign = {
            "id": len(self._all()) + 1,
            "created_at": _time(request.now),
            "started_at": None,
            "status": "draft",
            "from_email": "listmonk <noreply@example.org>",
            "altbody": None,
            "account": me.name,
        } | {name: fields[name] for name in fields}
        self.store.memory.setdefault((self.key, "campaigns"), []).append(campaign)
        return _data(campaign)

    @route("GET", "/api/campaigns/{number}")
    def campaign(self, request: Request, number: str) -> Reply:
        """One campaign."""
        return _data(self._one(request, number))

    @route("PUT", "/api/campaigns/{number}/status")
    def change_status(self, request: Request, number: str) -> Reply:
        """Start it: the one irreversible request."""
        campaign, status = self._one(request, number), request.json.get("status")
        if status not in _STATES:
            raise Refused(self.refusal(400, "Invalid campaign status"))
        self._may("campaigns:send")
        if status == "running":
            if campaign["status"] not in ("draft", "paused"):
                raise Refused(self.refusal(400, "Only paused campaigns and drafts can be started"))
            if campaign["status"] == "draft":
                self._send(campaign, request)
        campaign["status"] = status
        return _data(campaign)

    @route("GET", "/listmonk/{number}/html")
    def html(self, request: Request, number: str) -> Reply:  # noqa: ARG002 - the path says it too
        """The HTML of campaign ``number``."""
        return mails.html_page(self.store, self.key, request.path)

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _may(self, *any_of: str) -> None:
        if self.settings["role"] > 1 and not set(any_of) & set(self.settings["permissions"]):
            raise Refused(self.refusal(403, f"permission denied: {any_of[-1]}"))

    def _send(self, campaign: dict[str, Any], request: Request) -> None:
        campaign["started_at"] = _time(request.now)
        html, owner = str(campaign["body"]), f"{self.key}/{campaign['account']}"
        lists = ", ".join(map(str, campaign["lists"]))
        extra = {
            "subject": campaign["subject"],
            "from": campaign["from_email"],
            "to": f"list {lists}",
            "html": html,
            "html_path": f"/listmonk/{campaign['id']}/html",
        }
        post = Post(
            str(campaign["id"]),
            self.key,
            campaign["account"],
            str(campaign["altbody"] or ""),
            request.now,
            f"/listmonk/{campaign['id']}",
            pictures=mails.pictures(html, owner, request.now),
            extra=extra,
            also_at=(f"/admin/campaigns/{campaign['id']}",),
        )
        self.store.commit(post)

    def _check(self, fields: dict[str, Any]) -> None:
        """What listmonk wants of a campaign; unknown fields are refused."""
        if fields.get("send_at"):
            raise Refused(self.refusal(400, "The sandbox keeps no time: start the campaign when it is due"))
        if unknown := sorted(fields.keys() - _FIELDS):
            raise Refused(self.refusal(400, f"Unknown field {', '.join(unknown)}"))
        for name in ("name", "subject"):
            value = fields.get(name)
            if not isinstance(value, str) or not 0 < len(value) <= 1000:
                raise Refused(self.refusal(400, f"Invalid length for `{name}`."))
        lists = fields.get("lists")
        if not isinstance(lists, list) or not lists or any(item not in LISTS for item in lists):
            raise Refused(self.refusal(400, "Invalid list IDs"))
        if fields.get("type", "regular") != "regular" or fields.get("content_type") not in (
            "html",
            "markdown",
            "plain",
            "richtext",
        ):
            raise Refused(self.refusal(400, "Invalid type or content_type"))
        if not isinstance(fields.get("body"), str) or "{{" in fields["body"].replace('{{ "{{" }}', ""):
            raise Refused(self.refusal(400, "Error compiling campaign body"))

    def _me(self, request: Request) -> Account:
        """``Authorization: token user:token``, or Basic with the same."""
        kind, _, login = str(request.headers.get("Authorization", "")).partition(" ")
        if kind.lower() == "basic":
            try:
                login = base64.b64decode(login, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                raise Malformed("invalid Authorization header") from None
        username, _, token = login.partition(":")
        account = self.store.account(self.key, token=token)
        if account is None or account.credentials["username"] != username:
            raise Refused(self.expired())
        request.account = account.name
        return account

    def _all(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.store.memory.get((self.key, "campaigns"), [])
        return found

    def _one(self, request: Request, number: str) -> dict[str, Any]:
        me = self._me(request)
        campaign = next((c for c in self._all() if str(c["id"]) == number and c["account"] == me.name), None)
        if campaign is None:
            raise Refused(self.refusal(400, "Campaign not found"))
        return campaign


def _data(value: Any) -> Reply:
    return Reply.json({"data": value})


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
