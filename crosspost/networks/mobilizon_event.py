"""What Mobilizon's GraphQL is asked, and an event in its words.

Source: framasoft/mobilizon 5.1.3, lib/graphql/schema (event.ex, address.ex, media.ex, actors/person.ex).
"""

from datetime import UTC, datetime
from typing import Any

import msgspec

from crosspost.compose.formats.article import html, parts
from crosspost.model import Draft, Event
from crosspost.model.value import ready
from crosspost.networks.post_search import moment

ME = "query { loggedPerson { id preferredUsername url } identities { id preferredUsername url } }"
GROUP = "query group($name: String!) { group(preferredUsername: $name) { id url } }"
UPLOAD = (
    "mutation uploadMedia($file: Upload!, $name: String!, $alt: String, $actor: ID) "
    "{ uploadMedia(file: $file, name: $name, alt: $alt, actorId: $actor) { id } }"
)
OWN = (
    "query person($id: ID!, $page: Int, $limit: Int) { person(id: $id) { organizedEvents(page: $page, limit: $limit) "
    "{ total elements { id uuid url title beginsOn onlineAddress insertedAt } } } }"
)
DELETE = "mutation deleteEvent($id: ID!) { deleteEvent(eventId: $id) { id } }"
#: an event's field → its type in the schema
_FIELDS = {
    "title": "String!", "description": "String!", "beginsOn": "DateTime!", "endsOn": "DateTime",
    "status": "EventStatus", "visibility": "EventVisibility", "joinOptions": "EventJoinOptions",
    "externalParticipationUrl": "String", "tags": "[String]", "picture": "MediaInput", "onlineAddress": "String",
    "organizerActorId": "ID!", "attributedToId": "ID", "category": "EventCategory", "physicalAddress": "AddressInput",
    "options": "EventOptionsInput", "language": "String", "eventId": "ID!",
}  # fmt: skip
PAGE = 50


def fields_of(draft: Draft, options: Any) -> dict[str, Any]:
    """An event's fields, but for its picture and whose it is; what is not said is left out.

    :param options: the adapter's settings for this draft
    """
    event = msgspec.convert(draft.options["event"], ready(Event))
    title, markdown = parts(draft)
    link = draft.link if draft.link and draft.link in draft.text else ""
    place = {
        "description": event.place.name, "street": event.place.street, "postalCode": event.place.postal_code,
        "locality": event.place.city, "region": event.place.region, "country": event.place.country,
    }  # fmt: skip
    shown = shows_time(draft) if event.all_day else {}
    more: dict[str, Any] = {"timezone": event.zone, "isOnline": event.online, "maximumAttendeeCapacity": event.seats}
    fields = {
        "title": title,
        "description": html(markdown.removeprefix(event.line).strip(), link) or " ",
        "beginsOn": _utc(event.start),
        "endsOn": _utc(event.end) if event.end else None,
        "status": event.status.upper(),
        "visibility": options.visibility.upper(),
        "joinOptions": "EXTERNAL" if event.register else None,
        "externalParticipationUrl": event.register,
        "tags": list(draft.options.get("tags") or ()),
        "onlineAddress": link,
        "category": options.category,
        "physicalAddress": {name: value for name, value in place.items() if value},
        "options": {name: value for name, value in more.items() if value} | shown,
        "language": draft.language.partition("-")[0],
    }
    return {name: value for name, value in fields.items() if value}


def shows_time(draft: Draft) -> dict[str, bool]:
    """Whether the page shows the time of day, which it does unless it is told otherwise."""
    shown = not msgspec.convert(draft.options["event"], Event).all_day
    return {"showStartTime": shown, "showEndTime": shown}


def mutation(name: str, fields: dict[str, Any]) -> str:
    """The mutation with these of an event's fields."""
    types = ", ".join(f"${field}: {_FIELDS[field]}" for field in fields)
    given = ", ".join(f"{field}: ${field}" for field in fields)
    return f"mutation {name}({types}) {{ {name}({given}) {{ id uuid url }} }}"


def is_ours(event: dict[str, Any], ours: dict[str, Any]) -> bool | None:
    """Whether an event has this address, title and beginning; None where it lacks one of them."""
    link, begins = ours.get("onlineAddress", ""), moment(event.get("beginsOn"))
    if not isinstance(event.get("title"), str) or begins is None or (link and event.get("onlineAddress") is None):
        return None
    same = event["title"].split() == ours["title"].split() and begins == moment(ours["beginsOn"])
    return bool(same and (not link or str(event["onlineAddress"]).rstrip("/") == link.rstrip("/")))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
