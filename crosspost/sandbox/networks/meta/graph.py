"""Shared by the stand-ins of Meta's Graph API: versions, tokens, errors, fields. Facebook, Instagram and Threads."""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, bearer, first
from crosspost.sandbox.core.standin import StandIn, only
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.meta.user_tokens import Issued, issued

VERSIONS = ("v22.0", "v23.0", "v24.0", "v25.0", "v26.0")
APP = ("340000000000001", "sandbox-app-secret")
_CALLS = 200  # an app and person, per hour
_REMOVED = ("ids", "pretty", "date_format", "debug")


def graph_error(code: int, message: str, status: int = 400, *, subcode: int = 0, **more: Any) -> Reply:
    """An error as the Graph API words it."""
    kind = "GraphMethodException" if code == 100 and subcode == 33 else "OAuthException"
    error: dict[str, Any] = {"message": f"(#{code}) {message}", "type": kind, "code": code}
    if subcode:
        error["error_subcode"] = subcode
    trace = "A" + hashlib.sha256(message.encode()).hexdigest()[:22]
    return Reply.json({"error": error | more | {"fbtrace_id": trace}}, status)


class GraphServer(StandIn):
    """Access, versions and errors.

    ``versions`` are those in use, ``tokens`` the names of the credentials that are access tokens, ``meter`` how
    X-Business-Use-Case-Usage calls this API. ``unversioned`` are the paths that carry no version.
    """

    versions: ClassVar[tuple[str, ...]] = VERSIONS
    tokens: ClassVar[tuple[str, ...]] = ("access_token",)
    meter: ClassVar[str] = "pages"
    unversioned: ClassVar[tuple[str, ...]] = ()
    page_tokens: ClassVar[bool] = True
    """Whether the Page tokens of Facebook's log-in are good here."""
    needs: ClassVar[tuple[tuple[str, str, frozenset[str]], ...]] = ()
    """(method, path, permissions): a token from a log-in needs one of them; the first row that fits counts."""

    # ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────

    def refusal(self, status: int, message: str) -> Reply:
        """An error in the Graph API's form; its code follows from the status."""
        if status >= 500:
            return graph_error(
                1 if status == 500 else 2, "An unexpected error has occurred.", status, is_transient=True
            )
        code = {400: 100, 404: 2500, 405: 2500}.get(status, 100)
        return graph_error(code, message, 400 if status in (404, 405) else status)

    def expired(self) -> Reply:
        """Code 190, subcode 463, with status 400 (401 for a token that never was one)."""
        return graph_error(190, "Error validating access token: Session has expired.", subcode=463)

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002 - Facebook names no time of day
        """Code 32 with 403, and how many minutes are left in the business header."""
        reply = graph_error(32, "Page request limit reached", 403, is_transient=True)
        minutes = max(1, -(-retry_after // 60))
        use = {"type": self.meter, "call_count": 100, "total_cputime": 25, "total_time": 25}
        body = {APP[0]: [use | {"estimated_time_to_regain_access": minutes}]}
        reply.headers = {"X-Business-Use-Case-Usage": json.dumps(body), "X-App-Usage": _usage(100)}
        return reply

    def answer(self, request: Request) -> Reply:
        """Look at the version and the removed habits first; every answer tells how much of the app's share is used."""
        asked, left = request.path, self.store.quota((self.key, "calls"), _CALLS, 3600)[0]
        used = _CALLS - max(left, 0)
        try:
            version = self._strip_version(request)
            reply = super().answer(request)
        except Refused as refused:
            version, reply = self.versions[-1], refused.reply
        except Malformed as malformed:
            version, reply = self.versions[-1], self.refusal(400, str(malformed))
        request.path = asked
        reply.headers = {
            "facebook-api-version": version,
            "X-App-Usage": _usage(min(100 * used // _CALLS, 99)),
        } | reply.headers
        return reply

    def _strip_version(self, request: Request) -> str:
        if request.path in self.unversioned:
            return self.versions[-1]
        match = re.match(r"/(v\d+\.\d+)(?=/|$)", request.path)
        if match is None:
            raise Refused(graph_error(2500, "An API version is required: say /v26.0/… in the path"))
        if match[1] not in self.versions:
            raise Refused(graph_error(2635, f"You are calling a deprecated or unknown version of the API: {match[1]}"))
        if removed := [name for name in _REMOVED if first(fields(request), name) is not None]:
            raise Refused(graph_error(12, f"The parameter {removed[0]} is no longer available"))
        if request.headers.get("If-None-Match"):
            raise Refused(graph_error(12, "ETags are no longer available"))
        request.path = request.path[match.end() :] or "/"
        return match[1]

    # ── who ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def me(self, request: Request) -> Account:
        """The account that owns the token: in the query, in the form, or as a bearer token."""
        token = self.token_of(request)
        if not token:
            raise Refused(graph_error(2500, "An active access token must be used to query information.", 401))
        account = next(filter(None, (self.store.account(self.key, **{kind: token}) for kind in self.tokens)), None)
        if account is None and self.page_tokens and token in issued(self.store):
            account = self._of_page(request, issued(self.store)[token])
        if account is None:
            message = "Error validating access token: The access token could not be decrypted"
            raise Refused(graph_error(190, message, 401, subcode=467))
        request.account = account.name
        return account

    @staticmethod
    def token_of(request: Request) -> str:
        """The token of a request, or ""."""
        return first(fields(request), "access_token") or bearer(request) or ""

    def _of_page(self, request: Request, given: Issued) -> Account | None:
        """The account whose Page token this is; Instagram's is the one that is linked to the Page."""
        if request.now >= given.until:
            raise Refused(self.expired())
        if given.kind != "PAGE":
            message = "A page access token is required to request this resource."
            raise Refused(graph_error(190, message, subcode=2069032))
        self.permit(request, given.scopes)
        return self.store.accounts.get((self.key, given.account))

    def permit(self, request: Request, scopes: frozenset[str]) -> None:
        """Refuse what a token with these permissions may not do.

        :raises Refused: naming a permission that is missing: 200 for writing, 10 for reading
        """
        for methods, path, wanted in self.needs:
            if re.fullmatch(methods, request.method) and re.fullmatch(path, request.path.rstrip("/")):
                if not scopes & wanted:
                    code = 10 if request.method == "GET" else 200
                    raise Refused(graph_error(code, f"This needs the permission {' or '.join(sorted(wanted))}", 403))
                return

    @staticmethod
    def missing(thing: str) -> Reply:
        """The answer about an object that does not exist or is somebody else's."""
        message = f"Object with ID '{thing}' does not exist, cannot be loaded due to missing permissions"
        return graph_error(100, message, subcode=33)


def fields(request: Request) -> list[tuple[str, str]]:
    """Query and form fields; a JSON body counts as a form."""
    if request.kind == "application/json":
        return [*request.query, *((k, v if isinstance(v, str) else json.dumps(v)) for k, v in request.json.items())]
    return [*request.query, *request.form]


def only_known(data: list[tuple[str, str]], *known: str) -> None:
    """Refuse an unknown field, which the real API ignores, so that mistakes are noticed.

    :raises Refused: naming it; ``fields`` and the token are always allowed
    """
    names = {name.partition("[")[0] for name, _ in data}
    if strange := only(names, (*known, "fields", "access_token", "appsecret_proof")):
        raise Refused(graph_error(100, f"Tried accessing nonexisting field ({strange[0]})"))


def flag(data: list[tuple[str, str]], name: str, default: bool) -> bool:
    """A boolean as the Graph API reads it: ``true``, ``false``, ``1``, ``0``; Python's ``False`` is not valid."""
    value = first(data, name)
    if value is None:
        return default
    if value not in ("true", "false", "1", "0"):
        raise Refused(graph_error(100, f"Param {name} must be a boolean"))
    return value in ("true", "1")


def wanted_fields(data: list[tuple[str, str]], known: tuple[str, ...], default: str) -> set[str]:
    """The names in ``fields``; ``attachments{…}`` and ``comments.limit(0)`` count as ``attachments``, ``comments``."""
    text = re.sub(r"\.\w+\(\w*\)", "", first(data, "fields") or default)
    names, depth, name = {"id"}, 0, ""
    for char in f"{text},":
        if char == "," and depth == 0:
            names.add(name.strip())
            name = ""
        depth += (char == "{") - (char == "}")
        name += char if depth == 0 and char not in "},{" else ""
    if strange := only(names - {""}, known):
        raise Refused(graph_error(100, f"Tried accessing nonexisting field ({strange[0]})"))
    if depth:
        raise Malformed("Syntax error in fields")
    return names


def _usage(percent: int) -> str:
    return json.dumps({"call_count": percent, "total_cputime": percent // 2, "total_time": percent // 2})


def stamp(moment: datetime) -> str:
    """A time as the Graph API writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def page_number(value: str) -> str:
    """The id of a place's Page; every number is one here.

    :raises Refused: when it is not a number
    """
    if not (value.isascii() and value.isdecimal()):
        raise Refused(graph_error(100, f"Invalid location: {value[:50]} is not the id of a place"))
    return value
