"""Stand-in of a Misskey server (misskey-hub.net API reference; misskey-dev/misskey)."""

from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.misskey.consent import MiAuth
from crosspost.sandbox.networks.misskey.polls import poll_of
from crosspost.sandbox.networks.misskey.renotes import Renotes

TEXT, ALT, FILES, PER_HOUR = 3000, 512, 16, 300
_CREATE = (
    *("text", "visibility", "cw", "localOnly", "fileIds", "replyId", "renoteId", "viaMobile", "poll"),
    *("noExtractMentions", "noExtractHashtags", "noExtractEmojis"),
)
_LIST = (
    *("userId", "limit", "untilId", "sinceId", "withReplies", "withRenotes"),
    *("includeReplies", "includeMyRenotes", "withFiles", "excludeNsfw"),  # what they were called in older versions
)
_NAMES = {
    401: "CREDENTIAL_REQUIRED",
    403: "AUTHENTICATION_FAILED",
    404: "UNKNOWN_API_ENDPOINT",
    429: "RATE_LIMIT_EXCEEDED",
}


class Misskey(MiAuth, Renotes):
    """Every call is a POST. A note has no key, cannot be changed, and is found among the account's notes."""

    key: ClassVar = "misskey"
    name: ClassVar = "Misskey"
    look: ClassVar = Look(mark="#86b300")
    publishes: ClassVar = "POST /api/notes/create"
    paths: ClassVar = r"/api/(?:i|meta|notes/|users/notes|drive/|miauth/)|/miauth/"
    options: ClassVar = {"rate_limits": True, "longest": TEXT, "silenced": False}
    """``longest``: how many characters this server allows; ``silenced``: whether public notes become "home"."""

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        token = {"access_token": self.store.token(self.key, name, "access_token")}
        return Account(self.key, name, f"9abcdefgh{number}", name, display_name, token)

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`. Mastodon's stand-in has the usual address ``/@name``."""
        return (f"/misskey/@{account.handle}",)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_MISSKEY_ACCESS_TOKEN": account.credentials["access_token"]}

    def refusal(self, status: int, message: str, code: str = "") -> Reply:
        """``{"error": {"message", "code", "id", "kind"}}``."""
        code = code or _NAMES.get(status, "INVALID_PARAM" if status < 500 else "INTERNAL_ERROR")
        kind = "client" if status < 500 else "server"
        return Reply.json({"error": {"message": message, "code": code, "id": "0", "kind": kind}}, status)

    def expired(self) -> Reply:
        """403 in the version this is written from."""
        return self.refusal(403, "Authentication failed. Please ensure your token is correct.")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429."""
        reply = self.refusal(429, "Rate limit exceeded. Please try again later.")
        reply.headers = {"Retry-After": str(retry_after)}
        return reply

    # ── who, and what this server allows ──────────────────────────────────────────────────────────────────────────

    @route("POST", "/api/i")
    def who_am_i(self, request: Request) -> Reply:
        """Whose token it is."""
        me, _ = self._asked(request)
        told = {"id": me.id, "username": me.handle, "host": None, "name": me.display_name, "isBot": True}
        return Reply.json(told | {"policies": {"canPublicNote": not self.settings["silenced"]}})

    @route("POST", "/api/meta")
    def meta(self, request: Request) -> Reply:
        """The server's description of itself; open to everybody."""
        if only(request.json, ("detail", "i")):
            raise Malformed("meta knows only detail")
        told = {"name": "Sandbox", "version": "2026.8.0", "uri": request.base_url}
        return Reply.json(told | {"maxNoteTextLength": self.settings["longest"], "emailRequiredForSignup": False})

    # ── notes ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/api/drive/files/create")
    def upload(self, request: Request) -> Reply:
        """Keep a file; the same bytes give the file of before, unless ``force`` is set."""
        me, form = self._asked(request), dict(request.form)
        file = request.files.get("file")
        if file is None or only(form, ("i", "name", "comment", "isSensitive", "force", "folderId")):
            raise Malformed("a file, and only known fields")
        if len(form.get("comment", "")) > ALT:
            raise Refused(
                self.refusal(400, "Cannot upload the file because its comment is too long", "COMMENT_TOO_LONG")
            )
        shape = pictures.shape(file.data)
        if shape is None:
            raise Malformed("the sandbox takes pictures only")
        for known in self.store.pictures.values():
            if known.data == file.data and known.account == f"{self.key}/{me[0].name}" and form.get("force") != "true":
                return Reply.json({"id": known.id, "comment": known.alt})
        kept = self.store.keep(me[0], file.data, shape, form.get("comment", ""))
        kept.extra["sensitive"] = form.get("isSensitive") == "true"
        return Reply.json({"id": kept.id, "comment": kept.alt or None, "isSensitive": kept.extra["sensitive"]})

    @route("POST", "/api/notes/create")
    def create(self, request: Request) -> Reply:
        """Publish a note."""
        me, fields = self._asked(request, *_CREATE)
        text, shown = str(fields.get("text") or ""), self._files(me, fields)
        if fields.get("renoteId") is not None:
            self._count(request, me)
            return self.renote(request, me, fields)
        poll = poll_of(fields.get("poll"))
        if not text and not shown and not poll:
            raise Refused(self.refusal(400, "Content required. You need to set text or files.", "CONTENT_REQUIRED"))
        if len(text) > self.settings["longest"]:
            raise Refused(self.refusal(400, "The text is too long", "MAX_LENGTH"))
        if fields.get("visibility", "public") not in ("public", "home", "followers", "specified"):
            raise Malformed("visibility")
        answered = fields.get("replyId")
        if answered is not None and self.store.post(self.key, str(answered)) is None:
            raise Refused(self.refusal(400, "No such reply target.", "NO_SUCH_REPLY_TARGET"))
        self._count(request, me)
        new = self.store.new_id()
        extra = {"in_reply_to_id": answered, "cw": fields.get("cw"), "local_only": bool(fields.get("localOnly"))} | poll
        post = Post(new, self.key, me.name, text, request.now, f"/notes/{new}", pictures=shown, extra=extra)
        post.visibility = fields.get("visibility", "public")
        if self.settings["silenced"] and post.visibility == "public":
            post.visibility = "home"
        return Reply.json({"createdNote": self._note(self.store.commit(post))})

    @route("POST", "/api/notes/delete")
    def delete(self, request: Request) -> Reply:
        """Delete a note."""
        me, fields = self._asked(request, "noteId")
        if self.take_back_renote(me, str(fields.get("noteId"))):
            return Reply(204)
        post = self.store.post(self.key, str(fields.get("noteId")))
        if post is None:
            raise Refused(self.refusal(400, "No such note.", "NO_SUCH_NOTE"))
        if post.account != me.name:
            raise Refused(self.refusal(400, "Access denied.", "ACCESS_DENIED"))
        for gone in [post, *self._below(post.id)]:
            gone.deleted = True
        return Reply(204)

    @route("POST", "/api/notes/show")
    def show(self, request: Request) -> Reply:
        """One note."""
        me, fields = self._asked(request, "noteId")
        return Reply.json(self._note(self._seen(me, fields)))

    @route("POST", "/api/notes/replies")
    def replies(self, request: Request) -> Reply:
        """What answers a note directly, newest first."""
        me, fields = self._asked(request, "noteId", "limit", "untilId", "sinceId")
        above, limit = self._seen(me, fields), fields.get("limit", 10)
        if not isinstance(limit, int) or not 1 <= limit <= 100:
            raise Malformed("limit is between 1 and 100")
        found = [post for post in reversed(self.store.timeline(self.key)) if post.extra["in_reply_to_id"] == above.id]
        if fields.get("untilId"):
            found = [post for post in found if int(post.id) < int(fields["untilId"])]
        return Reply.json([self._note(post) for post in found if self._may_see(me, post)][:limit])

    @route("POST", "/api/notes/reactions/create")
    def react(self, request: Request) -> Reply:
        """React to a note; once."""
        me, fields = self._asked(request, "noteId", "reaction")
        reacted = self._seen(me, fields).extra.setdefault("reacted", {})
        if me.name in reacted:
            raise Refused(self.refusal(400, "You are already reacting to that note.", "ALREADY_REACTED"))
        reacted[me.name] = str(fields.get("reaction") or "\u2764")
        return Reply(204)

    @route("POST", "/api/users/notes")
    def notes(self, request: Request) -> Reply:
        """The account's notes, newest first; answers only where they are asked for."""
        _, fields = self._asked(request, *_LIST)
        owner = next(
            (a for a in self.store.accounts.values() if (a.network, a.id) == (self.key, fields.get("userId"))), None
        )
        if owner is None:
            raise Refused(self.refusal(400, "No such user.", "NO_SUCH_USER"))
        limit = fields.get("limit", 10)
        if not isinstance(limit, int) or not 1 <= limit <= 100:
            raise Malformed("limit is between 1 and 100")
        replies = fields.get("withReplies") or fields.get("includeReplies")
        posts = [post for post in self.own_posts(owner) if replies or not post.extra["in_reply_to_id"]]
        told = [self._note(post) for post in posts]
        if fields.get("withRenotes", True):
            told += [renote for renote in self.renotes().values() if renote["userId"] == owner.id]
        told = sorted(told, key=lambda note: int(note["id"]), reverse=True)
        if fields.get("untilId"):
            told = [note for note in told if int(note["id"]) < int(fields["untilId"])]
        return Reply.json(told[:limit])

    # ── parts of a request ────────────────────────────────────────────────────────────────────────────────────────

    def _asked(self, request: Request, *known: str) -> tuple[Account, dict[str, Any]]:
        """Whose token it is (in the header or as ``i``), and the fields."""
        fields = dict(request.json) if request.kind == "application/json" else dict(request.form)
        token = str(fields.pop("i", "")) or (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        if not token:
            raise Refused(self.refusal(401, "Credential required."))
        me = self.store.account(self.key, access_token=token)
        if me is None:
            raise Refused(self.expired())
        request.account = me.name
        if request.kind == "application/json" and (strange := only(fields, known)):
            raise Malformed(f"the sandbox does not know {strange[0]} here")
        return me, fields

    def _files(self, me: Account, fields: dict[str, Any]) -> list[Picture]:
        wanted = fields.get("fileIds")
        if wanted is None:
            return []
        found = [self.store.picture(me, str(one)) for one in wanted]
        if not 1 <= len(wanted) <= FILES or len(set(wanted)) != len(wanted):
            raise Malformed(f"fileIds are 1 to {FILES} different ids")
        if None in found:
            raise Refused(self.refusal(400, "Some files are not found.", "NO_SUCH_FILE"))
        return [picture for picture in found if picture]

    def _seen(self, me: Account, fields: dict[str, Any]) -> Post:
        """The note that is meant, if the account may see it."""
        post = self.store.post(self.key, str(fields.get("noteId")))
        if post is None or not self._may_see(me, post):
            raise Refused(self.refusal(400, "No such note.", "NO_SUCH_NOTE"))
        return post

    def _may_see(self, me: Account, post: Post) -> bool:
        return post.visibility in ("public", "home") or post.account == me.name

    def _below(self, number: str) -> list[Post]:
        """The replies to a note, and those to them; they go with it."""
        direct = [post for post in self.store.timeline(self.key) if post.extra["in_reply_to_id"] == number]
        return [*direct, *(inner for post in direct for inner in self._below(post.id))]

    def _count(self, request: Request, me: Account) -> None:
        left, reset = self.store.quota((self.key, "notes", me.name), PER_HOUR, 3600)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(max(1, int((reset - request.now).total_seconds())), request.now))

    def _note(self, post: Post) -> dict[str, Any]:
        me = self.store.accounts[self.key, post.account]
        reacted = list(post.extra.get("reacted", {}).values())
        told: dict[str, Any] = {
            "id": post.id,
            "createdAt": post.time.isoformat(),
            "userId": me.id,
            "text": post.text or None,
        }
        told |= {"cw": post.extra["cw"], "visibility": post.visibility, "localOnly": post.extra["local_only"]}
        told |= {"user": {"id": me.id, "name": me.display_name, "username": me.handle, "host": None}}
        told |= {"reactions": {kind: reacted.count(kind) for kind in reacted}, "reactionCount": len(reacted)}
        told["repliesCount"] = sum(one.extra["in_reply_to_id"] == post.id for one in self.store.timeline(self.key))
        told["renoteCount"] = sum(one["renoteId"] == post.id for one in self.renotes().values())
        return told | {
            "renoteId": None,
            "replyId": post.extra["in_reply_to_id"],
            "fileIds": [picture.id for picture in post.pictures],
        }
