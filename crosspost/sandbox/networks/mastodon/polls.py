"""The polls of the Mastodon stand-in (docs.joinmastodon.org/methods/{statuses,polls}, entities/Poll)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import instant, only, route
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.mastodon.params import params
from crosspost.sandbox.networks.mastodon.server import POLLS, Server

OPTIONS, CHARACTERS = POLLS["max_options"], POLLS["max_characters_per_option"]
SHORTEST, LONGEST = POLLS["min_expiration"], POLLS["max_expiration"]
_FIELDS = ("options", "expires_in", "multiple", "hide_totals")
_TRUE = (True, "true", "1", "on", "True")


class Polls(Server):
    """A poll is part of its post: it has the post's id."""

    def poll_of(self, fields: dict[str, Any], request: Request) -> dict[str, Any] | None:
        """The checked poll of a new post; None when it has none."""
        poll = fields.get("poll")
        if not poll:
            return None
        if not isinstance(poll, dict) or only(poll, _FIELDS):
            raise self._wrong(f"poll has {', '.join(_FIELDS)}")
        if fields.get("media_ids"):
            raise self._wrong("Cannot attach files to a post with a poll")
        options, seconds = poll.get("options"), str(poll.get("expires_in") or "")
        if not isinstance(options, list) or len(options) < 2:
            raise self._wrong("Options must be more than one item")
        if len(options) > OPTIONS:
            raise self._wrong(f"Options can't contain more than {OPTIONS} items")
        if any(not isinstance(o, str) or not o.strip() or len(o) > CHARACTERS for o in options):
            raise self._wrong(f"Options can't be blank or longer than {CHARACTERS} characters each")
        if len(set(options)) < len(options):
            raise self._wrong("Options contain duplicate items")
        if not (seconds.isascii() and seconds.isdecimal()) or not SHORTEST <= int(seconds[:9]) <= LONGEST:
            raise self._wrong(f"Expires at must be {SHORTEST} to {LONGEST} seconds in the future")
        return {
            "options": options,
            "expires_at": (request.now + timedelta(seconds=int(seconds))).isoformat(),
            "multiple": poll.get("multiple") in _TRUE,
            "hide_totals": poll.get("hide_totals") in _TRUE,
            "votes": {},
        }

    def _wrong(self, message: str) -> Refused:
        return Refused(self.refusal(422, f"Validation failed: {message}"))

    @route("GET", "/api/v1/polls/{number}")
    def poll(self, request: Request, number: str) -> Reply:
        """A poll with its votes."""
        me = self.me(request)
        return Reply.json(poll_json(self._post_with_poll(number), request.now, me))

    @route("POST", "/api/v1/polls/{number}/votes")
    def vote(self, request: Request, number: str) -> Reply:
        """Vote once, but not in one's own poll."""
        me, fields = self.me(request), params(request)
        post = self._post_with_poll(number)
        poll, choices = post.extra["poll"], fields.get("choices")
        if only(fields, ("choices",)) or not isinstance(choices, list) or not choices:
            raise self._wrong("choices must be a list")
        chosen = [int(c) for c in map(str, choices) if c.isascii() and c.isdecimal() and int(c) < len(poll["options"])]
        if len(chosen) < len(choices) or (len(chosen) > 1 and not poll["multiple"]):
            raise self._wrong("The chosen vote option does not exist")
        if request.now >= (instant(poll["expires_at"]) or request.now):
            raise self._wrong("The poll has already ended")
        if me.name in poll["votes"]:
            raise self._wrong("You have already voted on this poll")
        if me.name == post.account:
            raise self._wrong("You cannot vote in your own poll")
        poll["votes"][me.name] = chosen
        return Reply.json(poll_json(post, request.now, me))

    def _post_with_poll(self, number: str) -> Post:
        post = self.store.post(self.key, number)
        if post is None or not post.extra.get("poll"):
            raise Refused(self.refusal(404, "Record not found"))
        return post


def poll_json(post: Post, now: datetime, me: Account | None = None) -> dict[str, Any] | None:
    """A Poll entity, None for a post without one."""
    poll = post.extra.get("poll")
    if not poll:
        return None
    votes = list(poll["votes"].values())
    ends = instant(poll["expires_at"]) or now
    hidden = poll["hide_totals"] and now < ends
    counts = [sum(number in chosen for chosen in votes) for number in range(len(poll["options"]))]
    body = {
        "id": post.id,
        "expires_at": ends.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "expired": now >= ends,
        "multiple": poll["multiple"],
        "votes_count": sum(counts),
        "voters_count": len(votes),
        "options": [
            {"title": title, "votes_count": None if hidden else counts[number]}
            for number, title in enumerate(poll["options"])
        ],
        "emojis": [],
    }
    if me is not None:
        body |= {"voted": me.name in poll["votes"], "own_votes": poll["votes"].get(me.name, [])}
    return body
