"""Stand-in of LinkedIn: Posts API with a member's or an organisation's token (learn.microsoft.com/linkedin)."""

import json
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import only, route, whole
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.linkedin.comments import Comments
from crosspost.sandbox.networks.linkedin.server import invalid, organization
from crosspost.sandbox.networks.linkedin.text import read

TEXT = 3000  # UTF-16 units of what the reader sees
ALT = 4086
DUPLICATES = timedelta(minutes=10)
_REQUIRED = ("author", "commentary", "visibility", "distribution", "lifecycleState")
_FIELDS = (*_REQUIRED, "isReshareDisabledByAuthor", "content", "reshareContext")
_EMPTY = ("targetEntities", "thirdPartyDistributionChannels")
_ARTICLE = ("source", "title", "description", "thumbnail")


class LinkedIn(Comments):
    """LinkedIn: 3000 units of little text, one kind of content, the same post refused for ten minutes."""

    key: ClassVar = "linkedin"
    name: ClassVar = "LinkedIn"

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/rest/posts")
    def publish(self, request: Request) -> Reply:
        """Publish; the new post's URN is only in a header. 422 for what the author posted within ten minutes."""
        me, scopes = self.versioned(request)
        if request.headers.get("X-RestLi-Method", "CREATE").upper() != "CREATE":
            raise Refused(self.refusal(400, "The method of this resource is CREATE"))
        fields = request.json
        if strange := only(fields, _FIELDS):
            raise Refused(invalid(f"/{strange[0]}", "UNKNOWN_FIELD", f"/{strange[0]} is not a field of a post"))
        if missing := [name for name in _REQUIRED if name not in fields]:
            raise Refused(invalid(f"/{missing[0]}", "MISSING_FIELD", f"/{missing[0]} is required"))
        author = self.may_write(fields["author"], me, scopes)
        self._check_circumstances(fields)
        text = self._text(fields["commentary"])
        post = self._with_content(fields, me, text, request.now)
        post.extra |= {"author": author, "commentary": fields["commentary"]}
        post.extra["reshare"] = not fields.get("isReshareDisabledByAuthor", False)
        self._refuse_repeated(post, fields, request.now)
        self.store.commit(post)
        return Reply(201, headers={"x-restli-id": post.id})

    def _check_circumstances(self, fields: dict[str, Any]) -> None:
        if fields["visibility"] not in ("PUBLIC", "CONNECTIONS"):
            raise Refused(invalid("/visibility", "INVALID_VALUE", "/visibility is PUBLIC or CONNECTIONS"))
        if fields["lifecycleState"] != "PUBLISHED":
            raise Refused(invalid("/lifecycleState", "INVALID_VALUE", "/lifecycleState: only PUBLISHED is accepted"))
        places = fields["distribution"]
        if not isinstance(places, dict) or places.get("feedDistribution") not in ("MAIN_FEED", "NONE"):
            raise Refused(invalid("/distribution", "INVALID_VALUE", "/distribution/feedDistribution is MAIN_FEED"))
        if strange := only(places, ("feedDistribution", *_EMPTY)):
            field = f"/distribution/{strange[0]}"
            raise Refused(invalid(field, "UNKNOWN_FIELD", f"{field} is not a field of a post"))
        if chosen := [name for name in _EMPTY if places.get(name, []) != []]:
            field = f"/distribution/{chosen[0]}"
            raise Refused(invalid(field, "INVALID_VALUE", f"{field}: the sandbox shows a post to everybody only"))
        if not isinstance(fields.get("isReshareDisabledByAuthor", False), bool):
            field = "/isReshareDisabledByAuthor"
            raise Refused(invalid(field, "INVALID_VALUE", f"{field} must be a boolean"))

    def _text(self, commentary: Any) -> str:
        if not isinstance(commentary, str):
            raise Refused(invalid("/commentary", "INVALID_VALUE", "/commentary must be a text"))
        text = read(commentary)
        if len(text.encode("utf-16-le", "surrogatepass")) // 2 > TEXT:
            raise Refused(invalid("/commentary", "FIELD_LENGTH_TOO_LONG", f"/commentary is longer than {TEXT}"))
        return text

    def _with_content(self, fields: dict[str, Any], me: Account, text: str, now: datetime) -> Post:
        content = fields.get("content", {})
        if not isinstance(content, dict) or only(content, ("article", "media", "multiImage")) or len(content) > 1:
            raise Refused(invalid("/content", "INVALID_VALUE", "/content is one of article, media and multiImage"))
        urn = f"urn:li:share:{self.store.new_id()}"
        post = Post(urn, self.key, me.name, text, now, f"/feed/update/{urn}/", visibility=fields["visibility"].lower())
        if "reshareContext" in fields:
            post.extra["parent"] = self._reshared(fields)
        elif "article" in content:
            self._article(content["article"], me, post)
        elif content:
            post.pictures = self._images(content, me)
        elif not text.strip():
            raise Refused(invalid("/commentary", "MISSING_FIELD", "/commentary is required without content"))
        return post

    def _reshared(self, fields: dict[str, Any]) -> str:
        """The post that another one shows."""
        context = fields["reshareContext"]
        parent = context.get("parent") if isinstance(context, dict) and set(context) == {"parent"} else None
        if not isinstance(parent, str) or not parent.startswith(("urn:li:share:", "urn:li:ugcPost:")):
            message = "Allowed URN types are share, ugcPost"
            raise Refused(invalid("/reshareContext/parent", "INVALID_VALUE", message))
        there = self.store.post(self.key, parent)
        if there is None or not there.extra["reshare"] or "content" in fields:
            message = f"{parent} cannot be reshared, or not together with content"
            raise Refused(invalid("/reshareContext/parent", "INVALID_VALUE", message, 422))
        return parent

    def _article(self, article: Any, me: Account, post: Post) -> None:
        """LinkedIn reads nothing from the page: a card has what it is given."""
        if not isinstance(article, dict) or only(article, _ARTICLE):
            raise Refused(invalid("/content/article", "UNKNOWN_FIELD", f"an article has {', '.join(_ARTICLE)}"))
        source = article.get("source")
        if not isinstance(source, str) or urlsplit(source).scheme not in ("http", "https") or not article.get("title"):
            raise Refused(invalid("/content/article", "MISSING_FIELD", "an article has an http(s) source and a title"))
        post.link = source
        fields = {"title": article["title"], "description": article.get("description", "")}
        post.extra["card"] = fields | {"uri": source, "picture": ""}  # its picture is the post's
        if "thumbnail" in article:
            post.pictures = [self._image(article["thumbnail"], me)]

    def _images(self, content: dict[str, Any], me: Account) -> list[Picture]:
        several = content.get("multiImage")
        entries = [content.get("media")]
        if "multiImage" in content:
            entries = several.get("images", []) if isinstance(several, dict) else []
            if not isinstance(entries, list) or not 2 <= len(entries) <= 20:
                raise Refused(invalid("/content/multiImage", "INVALID_VALUE", "multiImage has 2 to 20 images"))
        found = []
        for entry in entries:
            if not isinstance(entry, dict):
                raise Refused(invalid("/content/media", "INVALID_VALUE", "an image has id and altText"))
            if str(entry.get("id")).startswith("urn:li:video:") and (len(entries) > 1 or only(entry, ("id", "title"))):
                raise Refused(invalid("/content/media", "UNKNOWN_FIELD", "a video stands alone, with id and title"))
            if only(entry, ("id", "altText", "title")):
                raise Refused(invalid("/content/media", "UNKNOWN_FIELD", "an image has id and altText"))
            picture = self._image(entry.get("id"), me)
            alt = entry.get("altText", "")
            if not isinstance(alt, str) or len(alt.encode("utf-16-le", "surrogatepass")) // 2 > ALT:
                raise Refused(invalid("/content/media/altText", "FIELD_LENGTH_TOO_LONG", f"altText has at most {ALT}"))
            picture.alt = alt
            found.append(picture)
        return found

    def _image(self, urn: Any, me: Account) -> Picture:
        picture = self.image_of(me, urn)
        if picture is None or not picture.extra["fine"]:
            raise Refused(
                invalid("/content", "INVALID_VALUE", f"The image {urn} was not uploaded or cannot be used", 422)
            )
        return picture

    def _refuse_repeated(self, post: Post, fields: dict[str, Any], now: datetime) -> None:
        """The same text with the same content; a picture that was uploaded again counts as different content."""
        content = json.dumps(
            [fields["author"], fields["commentary"], fields.get("content"), fields.get("reshareContext")],
            sort_keys=True,
        )
        post.extra["said"] = content
        for other in self.store.posts[::-1]:
            if other.network == self.key and other.extra["said"] == content and now < other.time + DUPLICATES:
                message = f"Content is a duplicate of {other.id}"
                raise Refused(invalid("/commentary", "DUPLICATE_POST", message, 422))

    # ── changing ──────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/rest/posts/{urn}")
    def edit(self, request: Request, urn: str) -> Reply:
        """Change the text of a post; nothing else can be changed."""
        me, scopes = self.versioned(request)
        if request.headers.get("X-RestLi-Method", "").upper() != "PARTIAL_UPDATE":
            raise Refused(self.refusal(400, "X-RestLi-Method: PARTIAL_UPDATE is required"))
        post = self._own(me, scopes, urn)
        patch = request.json.get("patch")
        change = patch.get("$set") if isinstance(patch, dict) else None
        if only(request.json, ("patch",)) or not isinstance(change, dict) or set(change) != {"commentary"}:
            raise Refused(invalid("/patch", "INVALID_VALUE", "Only /patch/$set/commentary can be changed"))
        post.text, post.edited = self._text(change["commentary"]), request.now
        post.extra["commentary"] = change["commentary"]
        return Reply(204)

    @route("DELETE", "/rest/posts/{urn}")
    def delete(self, request: Request, urn: str) -> Reply:
        """Delete a post; 204 also when it is already gone."""
        me, scopes = self.versioned(request)
        if any(post.network == self.key and post.id == unquote(urn) and post.deleted for post in self.store.posts):
            return Reply(204)
        self._own(me, scopes, urn).deleted = True
        return Reply(204)

    def _own(self, me: Account, scopes: frozenset[str], urn: str) -> Post:
        post = self.store.post(self.key, unquote(urn))
        if post is None:
            raise Refused(self.refusal(404, "There is no such post"))
        self.may_write(post.extra["author"], me, scopes)
        return post

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/rest/posts")
    def finder(self, request: Request) -> Reply:
        """An organisation's posts, the one changed last first. Members' posts are closed to everybody."""
        me, scopes = self.versioned(request)
        query = request.query
        if request.headers.get("X-RestLi-Method", "").upper() != "FINDER" or first(query, "q") != "author":
            raise Refused(self.refusal(400, "X-RestLi-Method: FINDER and q=author are required"))
        if "r_organization_social" not in scopes or first(query, "author") != organization(me):
            raise Refused(self.denied("posts.FINDER-author"))
        if strange := only((name for name, _ in query), ("q", "author", "count", "start", "sortBy")):
            raise Refused(self.refusal(400, f"Query parameter {strange[0]} is not defined for this finder"))
        if (first(query, "sortBy") or "LAST_MODIFIED") not in ("LAST_MODIFIED", "CREATED"):
            raise Refused(self.refusal(400, "sortBy is LAST_MODIFIED or CREATED"))
        size = whole(first(query, "count"), 10, 1, 100, "count")
        start = whole(first(query, "start"), 0, 0, 10**6, "start")
        found = [post for post in self.own_posts(me) if post.extra["author"] == organization(me)]
        if first(query, "sortBy") != "CREATED":
            found.sort(key=lambda post: post.edited or post.time, reverse=True)
        page = [_json(post) for post in found[start : start + size]]
        return Reply.json({"elements": page, "paging": {"start": start, "count": size}})

    @route("GET", "/rest/posts/{urn}")
    def shown(self, request: Request, urn: str) -> Reply:
        """One post of an organisation's own."""
        me, scopes = self.versioned(request)
        if "r_organization_social" not in scopes:
            raise Refused(self.denied("posts.GET"))
        post = self.store.post(self.key, unquote(urn))
        if ":" in urn or post is None:
            raise Refused(self.refusal(400 if ":" in urn else 404, "There is no such post, or its URN is not encoded"))
        if post.extra["author"] != organization(me):
            raise Refused(self.denied("posts.GET"))
        return Reply.json(_json(post))


def _json(post: Post) -> dict[str, Any]:
    """A post as LinkedIn returns it, the commentary as little text."""
    body = {
        "id": post.id,
        "author": post.extra["author"],
        "commentary": post.extra["commentary"],
        "visibility": post.visibility.upper(),
        "lifecycleState": "PUBLISHED",
        "createdAt": _stamp(post.time),
        "publishedAt": _stamp(post.time),
        "lastModifiedAt": _stamp(post.edited or post.time),
        "isReshareDisabledByAuthor": not post.extra["reshare"],
    }
    content = json.loads(post.extra["said"])[2]
    parent = post.extra.get("parent")
    body |= {"reshareContext": {"parent": parent, "root": parent}} if parent else {}
    return body | ({"content": content} if content else {})


def _stamp(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
