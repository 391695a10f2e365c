"""Stand-in of Mobilizon 5.1.3 (framasoft/mobilizon: GraphQL schema, error.ex; Absinthe and its uploads)."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from crosspost.sandbox.core import article, pictures
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.mobilizon.graphql import Field, Invalid, Operation, read
from crosspost.sandbox.networks.mobilizon.oauth import ROOT, OAuth, named
from crosspost.sandbox.networks.mobilizon.schema import ROOTS, check, moment

TITLE, URL, BYTES, PER_MINUTE = (3, 200), 2000, 10_485_760, 60
_CODES = {400: "invalid_argument", 401: "unauthenticated", 403: "unauthorized", 404: "not_found", 422: "validation"}
GROUP = "tal"


class Mobilizon(OAuth):
    """Events of profiles and their group. ``refuses``: whether a wrong token is told by HTTP or as GraphQL does."""

    key: ClassVar = "mobilizon"
    name: ClassVar = "Mobilizon"
    look: ClassVar = Look(mark="#3a384c")
    publishes: ClassVar = f"POST {ROOT}/api/createEvent"
    paths: ClassVar = rf"{ROOT}(?:/|$)"
    options: ClassVar = {"refuses": "graphql", "rate_limits": True}

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        token = {"access_token": self.store.token(self.key, name, "token")}
        return Account(self.key, name, f"7{number}", name, display_name, token)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        return super().access(account, base_url) | {"base_url": f"{base_url}{ROOT}"}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_MOBILIZON_ACCESS_TOKEN": account.credentials["access_token"]}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"{ROOT}/@{account.handle}",)

    def path(self, request: Request) -> str:
        """With the root field: everything goes to one address."""
        if request.path.rstrip("/") != f"{ROOT}/api":
            return request.path
        try:
            return f"{ROOT}/api/{self._operation(request).fields[0].name}"
        except (Invalid, Malformed, IndexError):
            return request.path

    def refusal(self, status: int, message: str, field: str = "") -> Reply:
        """An error inside an answer with status 200, but for what the web server says."""
        if status >= 500 or status == 405:
            return Reply.json({"errors": {"detail": message}}, status)
        error = {"code": _CODES.get(status, "unknown_error"), "message": message, "status_code": status}
        error |= {"field": field or None, "locations": [{"line": 1, "column": 1}], "path": ["event"]}
        return Reply.json({"data": {"event": None}, "errors": [error]})

    def expired(self) -> Reply:
        """A token that is not known (any more)."""
        if self.settings["refuses"] == "http":
            return Reply.json({"message": "invalid_token"}, 401)
        return self.refusal(401, "You need to be logged in")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # it does not say when
        """An error like any other, which does not say until when."""
        error = {"code": "unknown_error", "message": "Too many requests", "status_code": 500, "field": None}
        return Reply.json({"data": {"createEvent": None}, "errors": [error | {"path": ["createEvent"]}]})

    # ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", f"{ROOT}/api")
    def api(self, request: Request) -> Reply:
        """One GraphQL document."""
        try:
            operation = self._operation(request)
            for field in operation.fields:
                check(operation, field)
        except Invalid as error:  # Absinthe.Plug: nothing was done
            return Reply.json({"errors": [{"message": str(error), "locations": [{"line": 1, "column": 1}]}]}, 400)
        data = {field.name: self._resolved(request, field) for field in operation.fields}
        return Reply.json({"data": data})

    def _operation(self, request: Request) -> Operation:
        body: dict[str, Any] = request.json if request.kind == "application/json" else dict(request.form)
        told = body.get("variables") or {}
        try:
            variables = json.loads(told) if isinstance(told, str) else told
        except ValueError:
            raise Invalid("The variables are not JSON") from None
        return read(str(body.get("query") or ""), dict(variables))

    def _resolved(self, request: Request, field: Field) -> Any:
        needed, _ = ROOTS[field.name]
        me, scopes = self.holder(request)
        if needed and me is None:
            raise Refused(self.expired())
        if needed and not named(scopes, needed):
            raise Refused(self.refusal(403, "Not authorized to access field"))
        if me is not None:
            request.account = me.name
        resolve: Callable[[Request, Account | None, Field], Any] = getattr(self, f"_{field.name}")
        return resolve(request, me, field)

    def _config(self, request: Request, me: Account | None, field: Field) -> Any:  # noqa: ARG002  # for everybody
        return _picked({"name": "Sandbox", "version": "5.1.3"}, field)

    def _loggedPerson(self, request: Request, me: Account, field: Field) -> Any:  # noqa: N802  # the field's name
        return _picked(self._person_of(me, request), field)

    def _identities(self, request: Request, me: Account, field: Field) -> Any:
        return [_picked(self._person_of(me, request), field)]

    def _group(self, request: Request, me: Account | None, field: Field) -> Any:  # noqa: ARG002  # for everybody
        if field.arguments["preferredUsername"] != GROUP:
            raise Refused(self.refusal(404, "Group not found"))
        return _picked({"id": "90", "url": f"{request.base_url}{ROOT}/@{GROUP}"}, field)

    def _person(self, request: Request, me: Account, field: Field) -> Any:
        if field.arguments["id"] != me.id:
            raise Refused(self.refusal(403, "You don't have permission to do this"))
        shown = self._person_of(me, request)
        for below in field.below:
            if below.name == "organizedEvents":
                size, page = int(below.arguments.get("limit") or 10), int(below.arguments.get("page") or 1)
                posts = self.own_posts(me)
                (listed,) = [one for one in below.below if one.name == "elements"]
                found = [_picked(self._told(one, request), listed) for one in posts[size * (page - 1) : size * page]]
                shown["organizedEvents"] = {"total": len(posts), "elements": found}
        return _picked(shown, field)

    def _uploadMedia(self, request: Request, me: Account, field: Field) -> Any:  # noqa: N802  # the field's name
        file = request.files.get(str(field.arguments["file"]))
        if file is None:
            raise Refused(self.refusal(422, "file is missing", "file"))
        if len(file.data) > BYTES:
            raise Refused(self.refusal(422, "File too large", "file"))
        shape = pictures.shape(file.data)
        if shape is None:
            raise Refused(self.refusal(422, "File is not an allowed picture", "file"))
        return _picked({"id": self.store.keep(me, file.data, shape, field.arguments.get("alt") or "").id}, field)

    def _createEvent(self, request: Request, me: Account, field: Field) -> Any:  # noqa: N802  # the field's name
        given = self._checked(me, field.arguments)
        if given["organizerActorId"] != me.id:
            raise Refused(self.refusal(403, "Organizer profile is not owned by the user"))
        if given.get("attributedToId") not in (None, "90"):
            raise Refused(self.refusal(403, "Organizer profile doesn't have permission to create an event"))
        left, _ = self.store.quota((self.key, "events", me.name), PER_MINUTE, 60)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(60, request.now))
        before = sum(one.network == self.key for one in self.store.posts)
        number, name = self.store.new_id(), str(uuid.uuid5(uuid.NAMESPACE_URL, f"{me.handle} {before}"))
        post = Post(number, self.key, me.name, "", request.now, f"{ROOT}/events/{name}")
        self._said(post, given, me)
        return _picked(self._told(self.store.commit(post), request), field)

    def _updateEvent(self, request: Request, me: Account, field: Field) -> Any:  # noqa: N802  # the field's name
        post = self._own(me, field.arguments["eventId"])
        given = post.extra["fields"] | self._checked(me, field.arguments)
        self._said(post, given, me)
        post.edited = request.now
        return _picked(self._told(post, request), field)

    def _deleteEvent(self, request: Request, me: Account, field: Field) -> Any:  # noqa: N802, ARG002  # the same
        post = self._own(me, field.arguments["eventId"])
        post.deleted = True
        return _picked({"id": post.id}, field)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _own(self, me: Account, number: Any) -> Post:
        post = self.store.post(self.key, str(number))
        if post is None:
            raise Refused(self.refusal(404, "Event not found"))
        if post.account != me.name:
            raise Refused(self.refusal(403, "User doesn't own profile"))
        return post

    def _checked(self, me: Account, given: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in given.items() if value is not None}
        if "title" in given and not TITLE[0] <= len(given["title"]) <= TITLE[1]:
            raise Refused(self.refusal(422, "should be at most 200 and at least 3 character(s)", "title"))
        if len(given.get("onlineAddress", "")) > URL:
            raise Refused(self.refusal(422, "should be at most 2000 character(s)", "online_address"))
        begins, ends = (moment(given.get(name)) for name in ("beginsOn", "endsOn"))
        if begins and ends and ends < begins:
            raise Refused(self.refusal(422, "ends_on cannot be set before begins_on", "ends_on"))
        if given.get("joinOptions") == "EXTERNAL" and not given.get("externalParticipationUrl"):
            raise Refused(self.refusal(422, "can't be blank", "external_participation_url"))
        if "picture" in given and self.store.picture(me, str(given["picture"].get("mediaId"))) is None:
            raise Refused(self.refusal(422, "Media not found", "picture"))
        return given

    def _said(self, post: Post, given: dict[str, Any], me: Account) -> None:
        """What readers of the event's page see."""
        text, found = article.read(given["description"])
        post.text = "\n\n".join(filter(None, (given["title"], _line(given), text)))
        post.extra = {"fields": {name: value for name, value in given.items() if name != "eventId"}}
        post.link, post.language = given.get("onlineAddress", ""), given.get("language", "")
        post.visibility = given.get("visibility", "PUBLIC").lower()
        shown = self.store.picture(me, str(given.get("picture", {}).get("mediaId")))
        inside = article.linked(found, f"{self.key}/{me.name}", self.store.clock())
        post.pictures = [*([shown] if shown is not None else []), *inside]

    def _person_of(self, me: Account, request: Request) -> dict[str, Any]:
        return {"id": me.id, "preferredUsername": me.handle, "url": f"{request.base_url}{ROOT}/@{me.handle}"}

    def _told(self, post: Post, request: Request) -> dict[str, Any]:
        given = post.extra["fields"]
        told = {"id": post.id, "uuid": post.path.rpartition("/")[2], "url": f"{request.base_url}{post.path}"}
        told |= {"title": given["title"], "beginsOn": given["beginsOn"], "insertedAt": post.time.isoformat()}
        return told | {"onlineAddress": given.get("onlineAddress")}


def _picked(told: dict[str, Any], field: Field) -> dict[str, Any]:
    """Only what was asked for."""
    if strange := only([one.name for one in field.below], told):
        raise Malformed(f"Cannot query field {strange[0]}")
    return {one.name: told[one.name] for one in field.below}


def _line(given: dict[str, Any]) -> str:
    """When and where, as the head of the page has it."""
    options, place = given.get("options", {}), given.get("physicalAddress", {})
    zone = options.get("timezone", "UTC")
    begins, ends = (moment(given.get(name)) for name in ("beginsOn", "endsOn"))
    here = [one.astimezone(ZoneInfo(zone)) for one in (begins, ends) if one is not None]
    when = here[0].strftime("%Y-%m-%d %H:%M")
    if len(here) == 2:
        same = here[0].date() == here[1].date()
        when += f"–{here[1]:%H:%M}" if same else f" – {here[1]:%Y-%m-%d %H:%M}"
    town = re.sub(r"^ | $", "", f"{place.get('postalCode', '')} {place.get('locality', '')}")
    where = [place.get("description"), place.get("street"), town, place.get("region"), place.get("country")]
    if not place and options.get("isOnline"):
        where = ["online"]
    return ", ".join(filter(None, (f"{when} {zone}", *where)))
