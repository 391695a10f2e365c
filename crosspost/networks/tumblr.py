"""Tumblr: a post of blocks (NPF) with the picture and the link's card.

Sources: tumblr/docs (api.md, npf-spec.md, 2024-10); checked 2026-11-25. There is no key against repetition: each post
has a slug that no other delivery has, and the blog's own posts are read.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Literal

import msgspec

from crosspost.compose.formats.article import own_slug, slug
from crosspost.errors import AuthExpired, DeliveryError, RateLimited, Rejected
from crosspost.model import Abilities, Draft, Identity, ImageLimits, Limits, Look, Post, Prepared, Receipt, Value
from crosspost.networks.base import Save
from crosspost.networks.post_search import Page, rows
from crosspost.networks.protocols.renewing_network import CREDENTIALS, Renewing
from crosspost.transport.exchange import Exchange
from crosspost.transport.rate_limits import retry_at

_PAGE = 20
#: errors[].code of limits that end by themselves: posts of a day, media of a day, a full queue
_LIMITS = (8023, 8004, 8022)
_OUT = ("published", "private")


class Options(Value, frozen=True, kw_only=True):
    """``blog`` is the name of one of the account's blogs; ``state`` is who sees the post: all, or its members."""

    carried: ClassVar = ("blog",)
    blog: str = ""
    state: Literal["published", "private"] = "published"


class Tumblr(Renewing):
    key = "tumblr"
    name = "Tumblr"
    limits = Limits(
        text=4096,  # of a text block; nobody reads more in a post that leads elsewhere
        unit="code-points",
        images=ImageLimits(count=30, formats=("JPEG", "PNG", "GIF"), bytes=10_000_000, alt=4096),
        source="https://github.com/tumblr/docs/blob/master/npf-spec.md",
        checked=date(2026, 11, 25),
    )
    abilities = Abilities(
        card="crawler", edit=True, edit_keeps=("language",), delete=True, absence_after=60, mentions="nothing"
    )
    look = Look(layout="feed", brand=("#001935", "#dfe6ee"), link=("#0058a8", "#6db5f2"), bold_title=True)
    Options = Options
    style_defaults: ClassVar = {"hashtags": False}  # tags have a field of their own
    example = """\
blog = "garden"                # the name of the blog, as in garden.tumblr.com
# state = "private"              # seen by the blog's members only
"""
    hint = "state"
    needs: ClassVar = {"blog": "garden"}
    login = "crosspost.networks.logins.tumblr:TumblrLogin"
    credentials: ClassVar = CREDENTIALS
    home = "https://api.tumblr.com"
    exchange = "/v2/oauth2/token"
    hosts: ClassVar = ("tumblr.com",)

    def connect(self) -> Identity:
        with self.talking():
            return self.first_asked(self._who)

    def compose(self, post: Post) -> Draft:
        draft = super().compose(post)
        options = draft.options | {"tags": list(post.tags), "slug": slug(post)}
        return msgspec.structs.replace(draft, options=options)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # the pictures go with the post
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        draft = prepared.draft
        body = self._body(draft) | {"slug": own_slug(draft, prepared.handle), "state": self.spoken(draft).state}
        files = self._files(draft)
        with self.talking(irreversible=True):
            told = self._call("POST", "posts", body, files)
            if told.get("state", "published") not in _OUT:
                raise Rejected(f"{self.account}: Tumblr kept it as “{told['state']}”, so nobody sees it: decide there")
        return self._receipt(self.id_of(told))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        mine = own_slug(prepared.draft, prepared.handle)

        def same(post: dict[str, Any]) -> bool | None:
            found, state = post.get("slug"), post.get("state")
            if not isinstance(found, str) or not isinstance(state, str):
                return None if found in (None, mine) else False
            return found == mine and state in _OUT

        with self.talking():
            found = self.search(
                self._own(),
                since,
                at=_time,
                same=same,
                shows=lambda post: (post.get("summary"), str(post.get("post_url") or "")),
            )
        return self._receipt(_number(found), str(found.get("post_url") or "")) if found is not None else None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:
        """All of the post is sent again; pictures that stay are those that are there."""
        draft, kept, files = prepared.draft, [], []
        with self.talking():
            there = self._call("GET", f"posts/{receipt.id}")
            if pictures:
                files = self._files(draft)
            else:
                kept = [block for block in rows(there, "content") if block.get("type") == "image"]
            body = self._body(draft, kept, pictures=pictures) | {"state": there["state"]}
            self._call("PUT", f"posts/{receipt.id}", body, files)
        return receipt

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self.sent("POST", f"/v2/blog/{self.options.blog}/post/delete", data={"id": receipt.id})

    @classmethod
    def id_in(cls, url: str) -> str:
        found = re.search(r"/(\d{6,})(?:/[\w-]*)?/?$", url)
        return found[1] if found else ""

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # the same for both
        message = f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if exchange.status == 401:
            return AuthExpired(f"{message}. {self.again}")
        answer = exchange.json()
        errors = answer.get("errors") if isinstance(answer, dict) else None
        codes = {one.get("code") for one in errors if isinstance(one, dict)} if isinstance(errors, list) else set()
        if exchange.status == 403 and codes & set(_LIMITS):
            return RateLimited(message, retry_at(exchange.headers, self.clock()))
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _who(self, headers: dict[str, str]) -> Identity:
        with self.talking():
            user = self.sent("GET", "/v2/user/info", headers)["response"]["user"]
            blog = next((one for one in user["blogs"] if one["name"] == self.options.blog), None)
            if blog is None:
                mine = ", ".join(str(one["name"]) for one in user["blogs"])
                raise AuthExpired(f"{self.account}: the login may not post to “{self.options.blog}”; it has {mine}")
            home = self.page("https://www.tumblr.com", "/tumblr")
            return Identity(id=str(blog["name"]), handle=str(blog["name"]), url=f"{home}/{blog['name']}")

    def _call(self, method: str, path: str, body: Any = None, files: Any = None, **query: Any) -> dict[str, Any]:
        """What an answer has in ``response``."""
        more: dict[str, Any] = {"params": query} if query else {}
        if files:
            more["files"] = [("json", (None, msgspec.json.encode(body), "application/json")), *files]
        elif body is not None:
            more["json"] = body
        return dict(self.sent(method, f"/v2/blog/{self.options.blog}/{path}", **more)["response"])

    def _files(self, draft: Draft) -> list[tuple[str, tuple[str, bytes, str]]]:
        found = [self.fitted(picture) for picture in draft.images]
        return [
            (f"image{n}", (f"picture.{one.mime.rpartition('/')[2]}", one.data, one.mime)) for n, one in enumerate(found)
        ]

    def _body(self, draft: Draft, kept: list[Any] | None = None, *, pictures: bool = True) -> dict[str, Any]:
        """The post's blocks: title, text, pictures, and the link with its card."""
        texts: list[dict[str, str]] = []
        links: list[dict[str, str]] = []
        for paragraph in draft.text.split("\n\n"):
            if paragraph == draft.link and draft.link:
                links.append({"type": "link", "url": draft.link})
            elif paragraph:
                heading = {"subtype": "heading1"} if paragraph == draft.title and not texts else {}
                texts.append({"type": "text", "text": paragraph, **heading})
        images = list(kept or []) if not pictures else [self._image(draft, n) for n in range(len(draft.images))]
        return {"content": [*texts, *images, *links], "tags": ",".join(_tags(draft))}

    def _image(self, draft: Draft, number: int) -> dict[str, Any]:
        fitted, alt = self.fitted(draft.images[number]), draft.images[number].alt
        media = {"type": fitted.mime, "identifier": f"image{number}", "width": fitted.width, "height": fitted.height}
        return {"type": "image", "media": [media]} | ({"alt_text": alt} if alt else {})

    def _own(self) -> Iterator[Page]:
        """The blog's posts, newest first."""
        for start in range(0, 5 * _PAGE, _PAGE):
            answer = self._call("GET", "posts", limit=_PAGE, offset=start, npf="true")
            posts = rows(answer, "posts")
            yield Page(posts, more=int(answer["total_posts"]) > start + len(posts))
            if not posts:
                return

    def _receipt(self, number: str, url: str = "") -> Receipt:
        home = self.page("https://www.tumblr.com", "/tumblr")
        return Receipt(id=number, url=url or f"{home}/{self.options.blog}/{number}", at=self.clock())


def _tags(draft: Draft) -> list[str]:
    """The tags; a comma separates them."""
    return [" ".join(str(tag).replace(",", " ").split()) for tag in draft.options.get("tags") or ()]


def _number(post: dict[str, Any]) -> str:
    """The id as a text: it is too large for the numbers of JavaScript."""
    return str(post.get("id_string") or post["id"])


def _time(post: dict[str, Any]) -> datetime | None:
    told = post.get("timestamp")
    return datetime.fromtimestamp(told, UTC) if isinstance(told, int) and 0 < told < 2**33 else None
