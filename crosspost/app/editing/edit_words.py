"""What a person wants changed, and how it is told: in one line, and as a diff."""

import difflib
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from crosspost.app.times import zone_of
from crosspost.model import Override, Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.editing.editable import Editable

#: what is not said: it stays as it is
UNSET = msgspec.UNSET


class Edit(Value, frozen=True, kw_only=True):
    """What is to be changed. What is left out stays, None takes it away.

    ``alt``: the name of a picture's file ("" for the post's main picture) → its text, None to take it away.
    """

    text: str | msgspec.UnsetType | None = UNSET
    at: datetime | msgspec.UnsetType | None = UNSET
    skip: bool | msgspec.UnsetType | None = UNSET
    alt: Mapping[str, str | None] = {}


def in_words(edit: Edit, app: "App") -> str:
    """What an edit changes, in one line without the words themselves."""
    found = []
    if edit.text is not UNSET:
        found.append("no own text" if edit.text is None else f"text ({len(str(edit.text))} characters)")
    if edit.at is not UNSET:
        when = edit.at.astimezone(zone_of(app)) if isinstance(edit.at, datetime) else None
        found.append(f"time {when:%Y-%m-%d %H:%M %Z}" if when is not None else "no own time")
    if edit.skip is not UNSET:
        found.append({True: "left out", False: "not left out", None: "no longer left out"}[edit.skip])
    found += [f"alt text of {name or 'the main picture'}" for name in edit.alt]
    return ", ".join(found)


def kept(said: Override) -> str:
    """What of a post an edit in the ledger changes: "text, time"."""
    words = {"text": said.text is not None, "time": said.at is not None, "alt text": bool(said.alt)}
    found = [name for name, there in words.items() if there]
    if said.skip is not None:
        found.append("left out" if said.skip else "not left out")
    return ", ".join(found)


def ledger_diff(now: "Editable", after: Override | None) -> str:
    """What changes in the ledger, shown like the diff of a file."""
    old, new = (_as_lines(one) for one in (now.in_ledger, after))
    name = f"{now.post} on {now.account}, in the ledger"
    return "\n".join(difflib.unified_diff(old, new, name, name, lineterm="", n=2))


def _as_lines(said: Override | None) -> list[str]:
    from crosspost.sources import yaml_text

    known = {name: value for name, value in msgspec.structs.asdict(said or Override()).items() if value}
    lines = []
    for name, value in known.items():
        first, *rest = yaml_text.lines(value, 2)
        lines += [f"{name}:{first}", *rest]
    return lines


def checksum(said: Override | None) -> str:
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()
