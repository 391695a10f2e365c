"""Renotes on the Misskey stand-in (misskey-hub.net API reference, notes/create with ``renoteId``)."""

from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request
from crosspost.sandbox.core.standin import StandIn
from crosspost.sandbox.core.store import Account


class Renotes(StandIn):
    """A renote is a note that holds another one. The same may be renoted again and again."""

    key: ClassVar = "misskey"

    def renote(self, request: Request, me: Account, fields: dict[str, Any]) -> Reply:
        """Renote a note."""
        if fields.get("text") or fields.get("fileIds") or fields.get("replyId"):
            raise Malformed("the sandbox takes no quotes")
        target = self.store.post(self.key, str(fields["renoteId"]))
        if target is None or target.visibility not in ("public", "home"):
            raise Refused(self.refusal(400, "No such renote target."))
        new = self.store.new_id()
        note = {"id": new, "createdAt": request.now.isoformat(), "userId": me.id, "text": None, "cw": None}
        note |= {"renoteId": target.id, "replyId": None, "visibility": fields.get("visibility", "public")}
        self.renotes()[new] = note
        return Reply.json({"createdNote": note})

    def take_back_renote(self, me: Account, number: str) -> bool:
        """Whether that was a renote of this account, which is gone now."""
        if (there := self.renotes().get(number)) is None or there["userId"] != me.id:
            return False
        del self.renotes()[number]
        return True

    def renotes(self) -> dict[str, dict[str, Any]]:
        """All there are, by their ids."""
        kept: dict[str, dict[str, Any]] = self.store.memory.setdefault((self.key, "renotes"), {})
        return kept
