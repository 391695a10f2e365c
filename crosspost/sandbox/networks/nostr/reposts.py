"""Reposts on the Nostr stand-in (github.com/nostr-protocol/nips, 18, checked 2026-11-27)."""

import json
import re
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Malformed
from crosspost.sandbox.core.standin import StandIn

_NOTE, REPOST = 1, 6


class Reposts(StandIn):
    """A repost is an event that holds a note."""

    key: ClassVar = "nostr"

    def repost(self, event: dict[str, Any]) -> None:
        """Repost a note (NIP-18); on the second relay it is known already."""
        named = [tag for tag in event["tags"] if tag[0] == "e"]
        if len(named) != 1 or len(named[0]) < 3 or not re.match(r"wss?://", named[0][2]):
            raise Malformed("invalid: a repost has one e tag, with a relay as its third entry")
        try:
            note = json.loads(event["content"]) if event["content"] else {"id": named[0][1], "kind": _NOTE}
        except ValueError:
            raise Malformed("invalid: the content of a repost is the note as JSON") from None
        if note.get("id") != named[0][1] or note.get("kind") != _NOTE:
            raise Malformed("invalid: the content of a repost is another note than its e tag names")
        self.reposts()[event["id"]] = named[0][1]

    def reposts(self) -> dict[str, str]:
        """All there are: the repost's id → the note's."""
        kept: dict[str, str] = self.store.memory.setdefault((self.key, "reposts"), {})
        return kept
