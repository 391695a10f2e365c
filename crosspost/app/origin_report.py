"""Where the posts of a site have their pictures and descriptions, for commands that show it."""

import contextlib
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.model import Entry
    from crosspost.sources.base import Source
    from crosspost.sources.field_origins import Origin


def origins_of(source: "Source", entries: list["Entry"], states: Collection[str] = ("ready",)) -> dict[str, "Origin"]:
    """Where the posts in these states have their pictures and descriptions; one that cannot be read is left out."""
    found = {}
    for entry in entries:
        if entry.state in states:
            with contextlib.suppress(CrosspostError):
                found[entry.id] = source.origin(entry)
    return found


def slip_sentences(source: "Source", origins: Iterable["Origin"]) -> list[str]:
    """Sentences about keys that look misspelt."""
    from crosspost.sources.field_origins import slips

    found = []
    for slip in slips(origins, source.keys):
        more = f" and {len(slip.paths) - 1} more" if len(slip.paths) > 1 else ""
        found.append(f"{slip.paths[0]}{more}: nothing reads the key “{slip.key}”; did you mean `{slip.meant}`?")
    return found
