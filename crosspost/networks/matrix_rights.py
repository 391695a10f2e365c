"""Whether an account may write into a room, and what of its own it may take back there.

Sources: spec.matrix.org/latest/client-server-api, m.room.power_levels and m.room.create, checked 2026-11-26. From room
version 12 on whoever made the room stands above all levels and is not listed, so those rooms are not judged.
"""

from collections.abc import Mapping
from typing import Any

from crosspost.model import Remark

_MESSAGE = "m.room.message"
#: what a room without the field, or without levels at all, asks for
_DEFAULT = 0
_LISTED = {str(version) for version in range(1, 12)}


def remarks(user: str, levels: Mapping[str, Any], create: Mapping[str, Any], room: str) -> list[Remark]:
    """What the room's levels keep the account from.

    :param user: the account's full id
    :param levels: the content of the room's ``m.room.power_levels``
    :param create: that of its ``m.room.create``
    :param room: the room's name for people
    """
    if str(create.get("room_version", "1")) not in _LISTED:
        return []
    mine = _level(levels.get("users"), user, _level(levels, "users_default", _DEFAULT))
    wanted = _level(levels.get("events"), _MESSAGE, _level(levels, "events_default", _DEFAULT))
    if mine >= wanted:
        return []
    return [
        Remark(
            said=f"{user} may not write in {room}: that needs the power level {wanted}, and it has {mine}",
            todo="have somebody who runs the room raise it (room settings › Roles & permissions)",
            weight="fail",
        )
    ]


def _level(levels: Any, name: str, otherwise: int) -> int:
    """A level; older rooms write it as text."""
    found = levels.get(name, otherwise) if isinstance(levels, Mapping) else otherwise
    try:
        return int(found)
    except (TypeError, ValueError):
        return otherwise
