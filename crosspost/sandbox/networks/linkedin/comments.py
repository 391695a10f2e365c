"""What came back to posts on the LinkedIn stand-in: comments, reactions and an organisation's figures.

Sources: learn.microsoft.com/linkedin/marketing/community-management/shares/{comments-api,reactions-api} and
…/organizations/share-statistics, checked 2026-11-27.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import unquote

from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import only, route, whole
from crosspost.sandbox.core.store import Post
from crosspost.sandbox.networks.linkedin.oauth import ADMINISTRATOR
from crosspost.sandbox.networks.linkedin.server import invalid, organization
from crosspost.sandbox.networks.linkedin.videos import Videos

TEXT = 1250  # characters of a comment, from the members' help page
_FIELDS = ("actor", "object", "message", "parentComment")
_LIST = re.compile(r"(?:^|&)(shares|ugcPosts)=([^&]*)")
_ITEMS = re.compile(r"List\(((?:urn%3Ali%3A(?:share|ugcPost)%3A\d+,?)+)\)", re.IGNORECASE)
_KINDS = {"shares": "share", "ugcPosts": "ugcPost"}


@dataclass
class Comment:
    """``parent`` is the URN of the comment it answers, or ""."""

    urn: str
    post: str
    parent: str
    actor: str
    account: str
    text: str
    time: datetime


class Comments(Videos):
    """Below every post; the posts are in ``standin.py``."""

    options: ClassVar = Videos.options | {
        "comment_scopes": ("r_organization_social", "r_organization_social_feed"),
    }
    """``comment_scopes``: any of them shows comments; which one a real app needs depends on its products."""

    # ── comments ──────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/rest/socialActions/{urn}/comments")
    def comment(self, request: Request, urn: str) -> Reply:
        """Comment on a post, or answer a comment."""
        me, scopes = self.versioned(request)
        post, above = self._commented(urn)
        fields = request.json
        message = fields.get("message")
        if strange := only(fields, _FIELDS):
            raise Refused(invalid(f"/{strange[0]}", "UNKNOWN_FIELD", f"/{strange[0]} is not a field of a comment"))
        if not isinstance(message, dict) or only(message, ("text", "attributes")) or not message.get("text"):
            raise Refused(invalid("/message", "MISSING_FIELD", "/message/text is required"))
        if len(str(message["text"])) > TEXT:
            raise Refused(invalid("/message/text", "FIELD_LENGTH_TOO_LONG", f"/message/text is longer than {TEXT}"))
        if fields.get("parentComment", "") != (above.urn if above else ""):
            raise Refused(invalid("/parentComment", "INVALID_VALUE", "/parentComment is the comment that is answered"))
        if above and above.parent:
            raise Refused(invalid("/parentComment", "INVALID_VALUE", "a reply to a comment cannot be answered"))
        actor = self.may_write(fields.get("actor"), me, scopes)
        number = self.store.new_id()
        known = f"urn:li:comment:(urn:li:activity:{post.id.rpartition(':')[2]},{number})"
        new = Comment(known, post.id, above.urn if above else "", actor, me.name, str(message["text"]), request.now)
        self._comments[known] = new
        return Reply.json(self._comment_json(new), 201, headers={"x-restli-id": str(number)})

    @route("GET", "/rest/socialActions/{urn}/comments")
    def comments(self, request: Request, urn: str) -> Reply:
        """The comments on an organisation's post, or below a comment, oldest first, page by page."""
        me, scopes = self.versioned(request)
        if strange := only((name for name, _ in request.query), ("start", "count")):
            raise Refused(self.refusal(400, f"Query parameter {strange[0]} is not defined for this method"))
        if not scopes & {*self.settings["comment_scopes"]}:
            raise Refused(self.denied("partnerApiSocialActions.GET_ALL-comments"))
        post, above = self._commented(urn)
        if post.extra["author"] != organization(me):
            raise Refused(self.denied("partnerApiSocialActions.GET_ALL-comments"))
        found = self._below(post.id, above.urn if above else "")
        size = whole(first(request.query, "count"), 10, 1, 100, "count")
        start = whole(first(request.query, "start"), 0, 0, 10**6, "start")
        rows = [self._comment_json(one) for one in found[start : start + size]]
        links = [] if start + size >= len(found) else [{"rel": "next", "type": "application/json", "href": ""}]
        paging = {"start": start, "count": size, "links": links, "total": len(found)}
        return Reply.json({"elements": rows, "paging": paging})

    @route("DELETE", "/rest/socialActions/{urn}/comments/{number}")
    def uncomment(self, request: Request, urn: str, number: str) -> Reply:
        """Delete a comment of one's own, and what is below it."""
        me, scopes = self.versioned(request)
        post, _ = self._commented(urn)
        actor = self.may_write(first(request.query, "actor") or f"urn:li:person:{me.id}", me, scopes)
        found = [one for one in self._comments.values() if one.post == post.id and one.urn.endswith(f",{number})")]
        if not found or found[0].actor != actor:
            raise Refused(self.refusal(404, "There is no such comment"))
        for one in (found[0], *self._below(post.id, found[0].urn)):
            del self._comments[one.urn]
        return Reply(204)

    # ── reactions and figures ─────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/rest/reactions")
    def react(self, request: Request) -> Reply:
        """Like a post; twice is once."""
        me, scopes = self.versioned(request)
        actor = self.may_write(first(request.query, "actor"), me, scopes)
        if set(request.json) != {"root", "reactionType"} or request.json["reactionType"] != "LIKE":
            raise Refused(invalid("/reactionType", "INVALID_VALUE", "the sandbox knows root and reactionType LIKE"))
        post = self.store.post(self.key, str(request.json["root"]))
        if post is None:
            raise Refused(self.refusal(404, "There is no such post"))
        liked = post.extra.setdefault("liked", [])
        if actor not in liked:
            liked.append(actor)
        return Reply(201)

    @route("GET", "/rest/organizationalEntityShareStatistics")
    def statistics(self, request: Request) -> Reply:
        """The figures of an organisation's posts, for its administrators; a post that is gone has none."""
        me, scopes = self.versioned(request)
        query = request.query
        if first(query, "q") != "organizationalEntity":
            raise Refused(self.refusal(400, "q=organizationalEntity is required"))
        if strange := only((name for name, _ in query), ("q", "organizationalEntity", *_KINDS)):
            raise Refused(self.refusal(400, f"Query parameter {strange[0]} is not defined for this finder"))
        if not scopes & ADMINISTRATOR or first(query, "organizationalEntity") != organization(me):
            raise Refused(self.denied("organizationalEntityShareStatistics.FINDER-organizationalEntity"))
        rows = []
        for name, urn in self._asked(request.asked):
            post = self.store.post(self.key, urn)
            if post is not None and post.extra["author"] == organization(me):
                rows.append({"organizationalEntity": organization(me), name: urn} | self._counted(post))
        return Reply.json({"elements": rows, "paging": {"start": 0, "count": 10, "links": []}})

    def _asked(self, query: str) -> list[tuple[str, str]]:
        """The posts in Rest.li's lists, each with its kind: bare parentheses, encoded URNs."""
        found = []
        for name, value in _LIST.findall(query):
            match = _ITEMS.fullmatch(value)
            urns = [unquote(urn) for urn in match[1].split(",")] if match else []
            if not urns or any(urn.split(":")[2:3] != [_KINDS[name]] for urn in urns):
                raise Refused(self.refusal(400, f"Invalid query parameters: {name}=List(encoded URNs) is required"))
            found += [(_KINDS[name], urn) for urn in urns]
        if not found:
            raise Refused(self.refusal(400, "The sandbox only has figures of posts: shares or ugcPosts is required"))
        return found

    def _counted(self, post: Post) -> dict[str, Any]:
        shares = [one for one in self.store.posts if one.extra.get("parent") == post.id and not one.deleted]
        told = {
            "likeCount": len(post.extra.get("liked", ())),
            "commentCount": sum(one.post == post.id for one in self._comments.values()),
            "shareCount": len(shares),
            "impressionCount": post.extra.get("impressions", 0),
            "uniqueImpressionsCount": post.extra.get("impressions", 0),
            "clickCount": 0,
            "engagement": 0.0,
        }
        return {"totalShareStatistics": told}

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _commented(self, segment: str) -> tuple[Post, Comment | None]:
        """The post that a path is about, and the comment if it is about one."""
        if ":" in segment or "(" in segment:
            raise Refused(self.refusal(400, "A URN in a path must be encoded"))
        above = self._comments.get(unquote(segment))
        post = self.store.post(self.key, above.post if above else unquote(segment))
        if post is None:
            raise Refused(self.refusal(404, "There is no such entity"))
        return post, above

    def _below(self, post: str, parent: str) -> list[Comment]:
        return [one for one in self._comments.values() if (one.post, one.parent) == (post, parent)]

    @property
    def _comments(self) -> dict[str, Comment]:
        found: dict[str, Comment] = self.store.memory.setdefault((self.key, "comments"), {})
        return found

    def _comment_json(self, comment: Comment) -> dict[str, Any]:
        stamp = {"actor": comment.actor, "time": int(comment.time.timestamp() * 1000)}
        count = len(self._below(comment.post, comment.urn))
        summary = {"aggregatedTotalComments": count, "totalFirstLevelComments": count, "selectedComments": []}
        body = {
            "actor": comment.actor,
            "commentUrn": comment.urn,
            "created": stamp,
            "lastModified": stamp,
            "id": comment.urn.rpartition(",")[2].rstrip(")"),
            "message": {"attributes": [], "text": comment.text},
            "object": comment.urn.partition("(")[2].partition(",")[0],
            "commentsSummary": summary,
        }
        return body | ({"parentComment": comment.parent} if comment.parent else {})
