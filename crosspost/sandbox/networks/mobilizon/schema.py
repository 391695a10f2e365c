"""What Mobilizon's schema has: root fields with their arguments and types, and the words of its enums.

Source: framasoft/mobilizon 5.1.3, lib/graphql/schema.
"""

from datetime import datetime
from typing import Any

from crosspost.sandbox.core.http_messages import Malformed
from crosspost.sandbox.core.standin import instant, only
from crosspost.sandbox.networks.mobilizon.graphql import Field, Invalid, Operation

#: root field → (what the token needs, its arguments and their types)
_EVENT = {
    "title": "String", "description": "String", "beginsOn": "DateTime", "endsOn": "DateTime", "status": "EventStatus",
    "visibility": "EventVisibility", "joinOptions": "EventJoinOptions", "externalParticipationUrl": "String",
    "tags": "[String]", "picture": "MediaInput", "onlineAddress": "String", "phoneAddress": "String",
    "organizerActorId": "ID", "attributedToId": "ID", "category": "EventCategory", "physicalAddress": "AddressInput",
    "options": "EventOptionsInput", "draft": "Boolean", "language": "String",
}  # fmt: skip
ROOTS: dict[str, tuple[str, dict[str, str]]] = {
    "config": ("", {}),
    "loggedPerson": ("read:profile", {}),
    "identities": ("read:profile", {}),
    "group": ("", {"preferredUsername": "String"}),
    "person": ("read:profile", {"id": "ID"}),
    "uploadMedia": ("write:media:upload", {"file": "Upload", "name": "String", "alt": "String", "actorId": "ID"}),
    "createEvent": ("write:event:create", _EVENT),
    "updateEvent": ("write:event:update", _EVENT | {"eventId": "ID"}),
    "deleteEvent": ("write:event:delete", {"eventId": "ID"}),
}
_NEEDED = {
    "createEvent": ("title", "description", "beginsOn", "organizerActorId"),
    "updateEvent": ("eventId",),
    "deleteEvent": ("eventId",),
    "uploadMedia": ("file", "name"),
    "person": ("id",),
    "group": ("preferredUsername",),
}
_WORDS = {
    "status": ("TENTATIVE", "CONFIRMED", "CANCELLED"),
    "visibility": ("PUBLIC", "UNLISTED", "RESTRICTED", "PRIVATE"),
    "joinOptions": ("FREE", "RESTRICTED", "INVITE", "EXTERNAL"),
    "category": ("MEETING", "ARTS", "COMMUNITY", "LEARNING", "OUTDOORS_ADVENTURE"),
}
_INSIDE = {
    "physicalAddress": ("geom", "street", "locality", "postalCode", "region", "country", "description", "type", "url"),
    "options": ("timezone", "isOnline", "maximumAttendeeCapacity", "showStartTime", "showEndTime"),
    "picture": ("mediaId", "media"),
}


def check(operation: Operation, field: Field) -> None:
    """Whether a root field exists, with these arguments of these types.

    :raises Invalid: when not
    """
    if field.name not in ROOTS:
        raise Invalid(f'Cannot query field "{field.name}" on type "Root{operation.kind.title()}Type".')
    _, known = ROOTS[field.name]
    if strange := only(field.arguments, known):
        raise Invalid(f'Unknown argument "{strange[0]}" on field "{field.name}" of type "Root".')
    for name in _NEEDED.get(field.name, ()):
        if field.arguments.get(name) is None:
            raise Invalid(f'In argument "{name}": Expected type "{known[name]}!", found null.')
    for name, value in field.arguments.items():
        kind = operation.types.get(name)
        if kind is not None and kind.rstrip("!") != known[name]:
            raise Invalid(f'In argument "{name}": Expected type "{known[name]}", found "{kind}".')
        if name in _WORDS and value is not None and value not in _WORDS[name]:
            raise Invalid(f'Argument "{name}" has invalid value ${name}.')
        if name in _INSIDE and value is not None and (not isinstance(value, dict) or only(value, _INSIDE[name])):
            raise Invalid(f'Argument "{name}" has invalid value ${name}.')
        if known[name] == "DateTime" and value is not None and moment(value) is None:
            raise Invalid(f'Argument "{name}" has invalid value ${name}.')


def moment(value: Any) -> datetime | None:
    """A time; None for anything else."""
    try:
        return instant(value) if isinstance(value, str) else None
    except Malformed:
        return None
