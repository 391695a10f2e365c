"""Facebook's log-in: the dialog, the exchange of codes and tokens, and what a token tells about itself.

Sources: developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow and /guides/access-tokens,
docs/graph-api/reference/debug_token, /user/accounts and /user/permissions, checked 2026-11-26. That a redirect to
http://localhost needs no entry while an app is in development mode is what its settings page says.
"""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from crosspost.sandbox.core.consent import NEVER, Consents, Grant, NoGrant
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import route, whole
from crosspost.sandbox.networks.meta.graph import (
    APP,
    VERSIONS,
    GraphServer,
    fields,
    graph_error,
    only_known,
    wanted_fields,
)
from crosspost.sandbox.networks.meta.user_tokens import Issued, issued

PERMISSIONS = (
    *("public_profile", "pages_show_list", "pages_read_engagement", "pages_manage_posts", "pages_manage_engagement"),
    *("business_management", "instagram_basic", "instagram_content_publish", "pages_read_user_content"),
    "instagram_manage_comments",
)
TASKS = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE")
SHORT, LONG = timedelta(hours=2), timedelta(days=60)
_CODE = 600  # seconds a code is good for
_ACCOUNT_FIELDS = ("id", "name", "tasks", "access_token", "category", "instagram_business_account")
#: what is wrong with a code → subcode and words
_CODES = {
    "used": (36009, "This authorization code has been used."),
    "expired": (36007, "This authorization code has expired."),
    "address": (36008, "Error validating verification code. Please make sure your redirect_uri is identical to the "
                "one you used in the OAuth dialog request"),
}  # fmt: skip


class Login(GraphServer):
    """One app, whose people all manage the Pages ``pages``."""

    options: ClassVar = {
        "expires_at": 0, "mode": "development", "redirects": (), "permissions": PERMISSIONS, "declined": (),
        "pages": ("verein", "zweitkonto"), "tasks": {}, "linked": ("verein", "zweitkonto"),
    }  # fmt: skip
    """``expires_at``: when the fixed tokens end (Unix seconds), 0 for never. ``mode``: "development" or "live".
    ``redirects``: the addresses in the app's settings; empty: every https address, as if it had just been entered.
    ``permissions``: those of the app's use cases. ``declined``: those a person does not tick. ``pages``: those a person
    manages, ``tasks``: name → what they may do there, ``linked``: those with an Instagram account."""

    # ── the dialog ────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/dialog/oauth")
    def dialog(self, request: Request) -> Reply:
        """The page of consent."""
        asked = dict(request.query)
        only_known(request.query, "client_id", "redirect_uri", "state", "scope", "response_type", "auth_type")
        redirect, scopes = asked.get("redirect_uri", ""), re.split(r"[,\s]+", asked.get("scope", "public_profile"))
        if asked.get("client_id") != APP[0]:
            raise Refused(graph_error(101, "Error validating application. Invalid application ID."))
        if not self._may_return(redirect):
            message = "URL Blocked: This redirect failed because the redirect URI is not whitelisted in the app's"
            raise Refused(graph_error(191, f"{message} Client OAuth Settings."))
        if asked.get("response_type", "code") != "code":
            raise Refused(graph_error(100, "The sandbox knows response_type=code only"))
        if strange := [scope for scope in scopes if scope not in self.settings["permissions"]]:
            raise Refused(graph_error(100, f"Invalid Scopes: {', '.join(strange)}."))
        grant = Grant(APP[0], redirect, ",".join(scopes), asked.get("state", ""))
        action = f"/{VERSIONS[-1]}/dialog/oauth"
        return self._consents.page(grant, title=self.name, client="crosspost", action=action, now=request.now)

    @route("POST", "/dialog/oauth")
    def decide(self, request: Request) -> Reply:
        """The person's answer on that page."""
        try:
            return self._consents.decided(dict(request.form), request.base_url, request.now)
        except NoGrant as error:
            raise Refused(graph_error(100, str(error))) from None

    def _may_return(self, redirect: str) -> bool:
        """Whether people may be sent there: as it stands in the settings, or to localhost during development."""
        if re.fullmatch(r"http://localhost(:\d+)?/[^#]*", redirect):
            return bool(self.settings["mode"] == "development")
        known = self.settings["redirects"]
        return redirect in known if known else re.fullmatch(r"https://[^/#?]+/[^#?]*", redirect) is not None

    # ── exchanges ─────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/oauth/access_token")
    @route("POST", "/oauth/access_token")
    def exchange(self, request: Request) -> Reply:
        """A token for the app, for a code, or a long-lived one for a short-lived one."""
        data = dict(fields(request))
        only_known(
            list(data.items()), "client_id", "client_secret", "grant_type", "redirect_uri", "code", "fb_exchange_token"
        )
        if data.get("client_id") != APP[0]:
            message = "Error validating application. Cannot get application info due to a system error."
            raise Refused(graph_error(101, message))
        if data.get("client_secret") != APP[1]:
            raise Refused(graph_error(1, "Error validating client secret."))
        grant = data.get("grant_type", "authorization_code")
        if grant == "client_credentials":
            return Reply.json({"access_token": self._app_token, "token_type": "bearer"})
        if grant == "fb_exchange_token":
            given = self.of_person(data.get("fb_exchange_token", ""), request.now)
            return self._user_token(given.account, given.scopes, request.now, LONG)
        if grant != "authorization_code":
            raise Refused(graph_error(100, "Param grant_type is not one of those that are known"))
        agreed = self._redeemed(data, request.now)
        scopes = {*agreed.scope.split(","), "public_profile"} - {*self.settings["declined"]}
        return self._user_token(agreed.account, frozenset(scopes), request.now, SHORT)

    def _redeemed(self, data: dict[str, str], now: datetime) -> Grant:
        try:
            return self._consents.redeem(
                data.get("code", ""), client=APP[0], redirect_uri=data.get("redirect_uri", ""), now=now
            )
        except NoGrant as error:
            subcode, words = next((found for word, found in _CODES.items() if word in str(error)), _CODES["used"])
            raise Refused(graph_error(100, words, subcode=subcode)) from None

    def _user_token(self, person: str, scopes: frozenset[str], now: datetime, lasts: timedelta) -> Reply:
        given = Issued("USER", person, scopes, now, now + lasts, lasting=lasts == LONG)
        token = self._keep(given)
        return Reply.json({"access_token": token, "token_type": "bearer", "expires_in": int(lasts.total_seconds())})

    def _keep(self, given: Issued) -> str:
        token = f"sandbox-facebook-{given.account}-{given.kind.lower()}-{secrets.token_hex(12)}"
        issued(self.store)[token] = given
        return token

    # ── whose token ───────────────────────────────────────────────────────────────────────────────────────────────

    def given(self, token: str, now: datetime) -> Issued | None:
        """What a token is; the fixed user tokens are as fresh as from the Graph API Explorer."""
        if (found := issued(self.store).get(token)) is not None:
            return found
        kinds: tuple[tuple[str, Literal["USER", "PAGE"]], ...] = (("user_token", "USER"), ("access_token", "PAGE"))
        for credential, kind in kinds:
            if account := self.store.account(self.key, **{credential: token}):
                ends = self.settings["expires_at"]
                until = datetime.fromtimestamp(ends, now.tzinfo) if ends else NEVER
                allowed = frozenset(self.settings["permissions"]) - {*self.settings["declined"]}
                return Issued(kind, account.name, allowed, now, now + SHORT if kind == "USER" else until)
        return None

    def of_person(self, token: str, now: datetime) -> Issued:
        """The user token ``token``.

        :raises Refused: when it is none, or its time is over
        """
        found = self.given(token, now)
        if found is None or found.kind != "USER":
            raise Refused(graph_error(190, "Invalid OAuth access token - Cannot parse access token", subcode=467))
        if now >= found.until:
            raise Refused(self.expired())
        return found

    @route("GET", "/me/permissions")
    def permissions(self, request: Request) -> Reply:
        """What a person allowed, and what they did not."""
        only_known(fields(request))
        found = self.of_person(self.token_of(request), request.now)
        rows = [{"permission": scope, "status": "granted"} for scope in sorted(found.scopes)]
        rows += [{"permission": scope, "status": "declined"} for scope in self.settings["declined"]]
        return Reply.json({"data": rows})

    @route("GET", "/me/accounts")
    def accounts(self, request: Request) -> Reply:
        """A person's Pages with a token for each; without the permission to list them there are none."""
        data = fields(request)
        only_known(data, "limit", "after")
        found = self.of_person(self.token_of(request), request.now)
        wanted = wanted_fields(data, _ACCOUNT_FIELDS, "id,name,tasks,access_token,category")
        size = whole(first(data, "limit"), 25, 1, 100, "limit")
        begin = whole(first(data, "after"), 0, 0, 10_000, "after")
        names = self.settings["pages"] if "pages_show_list" in found.scopes else ()
        rows = [self._page_of(found, name, wanted, request.now) for name in names[begin : begin + size]]
        paging: dict[str, Any] = {"cursors": {"before": str(begin), "after": str(begin + size)}}
        if len(names) > begin + size:
            paging["next"] = f"{request.base_url}/{VERSIONS[-1]}/me/accounts?after={begin + size}"
        return Reply.json({"data": rows} | ({"paging": paging} if rows else {}))

    def _page_of(self, person: Issued, name: str, wanted: set[str], now: datetime) -> dict[str, Any]:
        """A Page; its token ends with the short-lived user token it was made with, with a long-lived one never."""
        page = self.store.accounts[self.key, name]
        body: dict[str, Any] = {"id": page.id, "name": page.display_name, "category": "Community"}
        body["tasks"] = list(self.settings["tasks"].get(name, TASKS))
        if "access_token" in wanted:
            until = NEVER if person.lasting else person.until
            body["access_token"] = self._keep(Issued("PAGE", name, person.scopes, now, until))
        return {key: value for key, value in (body | self.linked(name)).items() if key in wanted}

    def linked(self, name: str) -> dict[str, Any]:
        """The Instagram account that is linked to a Page, as a field of it."""
        account = self.store.accounts.get(("instagram", name)) if name in self.settings["linked"] else None
        return {"instagram_business_account": {"id": account.id}} if account else {}

    @route("GET", "/debug_token")
    def debug(self, request: Request) -> Reply:
        """What a token is: the app, or the token itself, may ask."""
        data = fields(request)
        only_known(data, "input_token")
        asks, token = first(data, "access_token") or "", first(data, "input_token") or ""
        if asks not in (self._app_token, "|".join(APP)) and (asks != token or self.given(token, request.now) is None):
            self.me(request)
        if self.store.account(self.key, other_app_token=token):
            raise Refused(graph_error(100, "The App_id in the input_token did not match the Viewing App"))
        found = self.given(token, request.now)
        if found is None or request.now >= found.until:
            message = "Invalid OAuth access token." if found is None else "Session has expired."
            error = {"code": 190, "message": message, "subcode": 467 if found is None else 463}
            return Reply.json({"data": {"is_valid": False, "error": error, "scopes": []}})
        until = 0 if found.until == NEVER else int(found.until.timestamp())
        body = {
            "app_id": APP[0], "type": found.kind, "application": "crosspost", "is_valid": True, "expires_at": until,
            "issued_at": int(found.made.timestamp()), "data_access_expires_at": 0, "scopes": sorted(found.scopes),
        }  # fmt: skip
        if found.kind == "PAGE":
            body["profile_id"] = self.store.accounts[self.key, found.account].id
        return Reply.json({"data": body | {"user_id": self.person(found.account)["id"]}})

    def person(self, name: str) -> dict[str, str]:
        """The person who manages the Pages."""
        page = self.store.accounts[self.key, name]
        return {"id": f"2{page.id[1:]}", "name": page.display_name}

    @property
    def _app_token(self) -> str:
        return f"{APP[0]}|{self.store.token(self.key, 'crosspost', 'app-token')}"

    @property
    def _consents(self) -> Consents:
        return Consents(self.store, self.key, lifetime=_CODE, fragment="_=_")
