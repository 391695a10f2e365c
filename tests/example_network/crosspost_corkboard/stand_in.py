"""A strict stand-in of a corkboard, for the tests and for ``crosspost sandbox``."""

from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core.count import graphemes
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account, Post

_COLOURS = ("yellow", "pink", "blue")


class Corkboard(StandIn):
    """Notes of at most 400 graphemes; one that is put twice with the same key stays one."""

    key: ClassVar = "corkboard"
    name: ClassVar = "Corkboard"
    publishes: ClassVar = "PUT /cork/notes/*"
    paths: ClassVar = r"/cork/"

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        credentials = {"key": self.store.token(self.key, name, "key")}
        return Account(self.key, name, f"board-{number}", name, display_name, credentials)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_CORKBOARD_KEY": account.credentials["key"]}

    def refusal(self, status: int, message: str) -> Reply:
        """``{"error": "…"}``."""
        return Reply.json({"error": message}, status)

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:
        """429 with the seconds to wait."""
        reply = self.refusal(429, "The board is full for now")
        reply.headers = {"Retry-After": str(retry_after)}
        return reply

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "This key opens no board")

    @route("GET", "/cork/board")
    def board(self, request: Request) -> Reply:
        """Whose board it is."""
        me = self._me(request)
        return Reply.json({"id": me.id, "name": me.display_name})

    @route("GET", "/cork/notes")
    def notes(self, request: Request) -> Reply:
        """The notes with a key: one or none."""
        me = self._me(request)
        note = self._note(me, first(request.query, "key") or "")
        return Reply.json({"notes": [_shown(note)] if note else []})

    @route("PUT", "/cork/notes/{key}")
    def put(self, request: Request, key: str) -> Reply:
        """Put a note up."""
        me, fields = self._me(request), request.json
        if unknown := only(fields, ("text", "colour", "link")):
            raise Refused(self.refusal(422, f"A note has no {unknown[0]}"))
        if not 0 < graphemes(str(fields.get("text", ""))) <= 400 or fields.get("colour") not in _COLOURS:
            raise Refused(self.refusal(422, "A note has 1 to 400 characters and is yellow, pink or blue"))
        note = self._note(me, key)
        if note is None:
            number = self.store.new_id()
            extra = {"colour": fields["colour"]}
            note = Post(number, self.key, me.name, fields["text"], request.now, f"/cork/{number}", extra=extra)
            note.link, note.idempotency_key = str(fields.get("link", "")), key
            self.store.commit(note)
        return Reply.json(_shown(note))

    @route("DELETE", "/cork/notes/{number}")
    def delete(self, request: Request, number: str) -> Reply:
        """Take a note down."""
        me, note = self._me(request), self.store.post(self.key, number)
        if note is None or note.account != me.name:
            raise Refused(self.refusal(404, "No such note"))
        note.deleted = True
        return Reply.json({})

    def _note(self, me: Account, key: str) -> Post | None:
        notes = self.store.timeline(self.key, me.name)
        return next((note for note in notes if note.idempotency_key == key), None)

    def _me(self, request: Request) -> Account:
        token = str(request.headers.get("Authorization", "")).removeprefix("Bearer ")
        account = self.store.account(self.key, key=token)
        if account is None:
            raise Refused(self.expired())
        request.account = account.name
        return account


def _shown(note: Post) -> dict[str, Any]:
    return {"id": note.id, "text": note.text, "colour": note.extra["colour"]}
