"""Lemmy and PieFed: a link in a community, with the post's title and what it says.

Sources: join-lemmy.org/docs/contributors/04-api, LemmyNet/lemmy 0.19.20 and 1.0.0-beta.1 (validation, error types,
routes), piefed-api-client; checked 2026-11-26. There is no key against repetition: the account's own posts are read.
PieFed's list of them is not known, so a delivery in doubt is held there.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

import msgspec

from crosspost.compose.formats.headed import headed, parts
from crosspost.compose.formats.shown_pictures import with_pictures
from crosspost.compose.picture_selection import on_the_web, without_words
from crosspost.errors import AuthExpired, DeliveryError, RateLimited, Rejected, Unsupported
from crosspost.model import Abilities, Draft, Identity, ImageLimits, Limits, Look, Post, Prepared, Receipt, Value
from crosspost.networks.base import Save
from crosspost.networks.forms import form
from crosspost.networks.linked_pictures import LinkedPictures
from crosspost.networks.post_search import Page, moment, rows
from crosspost.transport.exchange import Exchange
from crosspost.transport.rate_limits import retry_at

if TYPE_CHECKING:
    from crosspost.model.response import Responses

TITLE, SHORTEST = 200, 3
_LOGIN = ("incorrect_login", "not_logged_in", "missing_totp_token", "token_not_found")
_GONE = ("couldnt_find_post", "not_found")
_COMMUNITY = ("only_mods_can_post_in_community", "not_a_moderator", "person_is_banned_from_community")


class Api(NamedTuple):
    """How one kind of server is talked to.

    ``title`` is the field of a post's title, ``lists`` where an account's own posts are read ("": not known).
    """

    name: str
    base: str
    title: str
    lists: str


#: a server's kind → how it is talked to; Lemmy 1.0 still answers the calls of before, but not this search
APIS = {
    "lemmy": Api("Lemmy", "/api/v3", "name", "search"),
    "lemmy1": Api("Lemmy", "/api/v3", "name", "content"),
    "piefed": Api("PieFed", "/api/alpha", "title", ""),
}


class Options(Value, frozen=True, kw_only=True):
    """``community`` is where posts go: ``garden@lemmy.example``. ``nsfw`` marks them as not for work."""

    carried: ClassVar = ("community",)
    community: Annotated[str, form(r"!?[^\s@/!]+(@[^\s@/]+)?", 'the community, such as "garden@lemmy.example"')] = ""
    nsfw: bool = False


class Lemmy(LinkedPictures):
    key = "lemmy"
    name = "Lemmy"
    limits = Limits(
        text=10_000,  # the server's own limit of 50,000 is for its text alone; nobody reads that in a link's post
        unit="code-points",
        # with words and addresses of the greatest length ten of them and the text still fit into a post
        images=ImageLimits(count=10, formats=("JPEG", "PNG", "GIF", "WEBP"), alt=1500),
        source="https://github.com/LemmyNet/lemmy/blob/main/crates/utils/src/utils/validation.rs",
        checked=date(2026, 11, 26),
    )
    abilities = Abilities(
        card="crawler", alt_text=False, edit=True, edit_keeps=("images", "language"), delete=True, absence_after=60,
        mentions="fediverse", responses=("likes", "replies", "texts"),
    )  # fmt: skip
    look = Look(layout="timeline", brand=("#00a846", "#00a846"), link=("#00752f", "#4fd88a"), bold_title=True)
    Options = Options
    ids_of_server = True
    style_defaults: ClassVar = {"hashtags": False}  # the community is the subject; they would be plain text
    example = """\
base_url = "https://lemmy.example"
community = "garden@lemmy.example"   # where posts go; ask its moderators before
# nsfw = true                        # not for work
"""
    hint = "nsfw"
    needs: ClassVar = {"base_url": "https://lemmy.example", "community": "garden@lemmy.example"}
    login = "crosspost.networks.logins.lemmy:LemmyLogin"
    credentials: ClassVar = {"token": "the login's token (jwt); crosspost accounts add lemmy fetches it"}

    def connect(self) -> Identity:
        with self.talking():
            kind, site = self._site()
            me = site["my_user"]["local_user_view"]["person"] if site.get("my_user") else None
            if me is None:
                raise AuthExpired(f"{self.account}: {APIS[kind].name} does not know the token; {self._renew()}")
            able = self.abilities
            if not APIS[kind].lists:
                able = msgspec.structs.replace(able, read_back=False, absence_after=None)
            return Identity(
                id=str(me["id"]),
                handle=f"@{me.get('name') or me['user_name']} in {self.options.community}",
                url=str(me.get("actor_id") or me.get("ap_id") or ""),
                server=kind,
                abilities=able if able != self.abilities else None,
            )

    def compose(self, post: Post) -> Draft:
        """The title is cut at the server's limit; a picture goes along as the address of the thumbnail.

        Several pictures stand below the text as Markdown, where each has its words.

        :raises Unsupported: when the title is too short for a title there
        """
        draft = headed(self.composed(post), post, TITLE)
        if len(parts(draft).title) < SHORTEST:
            raise Unsupported(f"{self.account}: a title has at least {SHORTEST} characters there")
        draft = on_the_web(draft)
        if len(draft.images) < 2:
            return draft
        warnings = (*draft.warnings, *without_words(post, draft.images))
        return with_pictures(msgspec.structs.replace(draft, warnings=warnings), draft.images)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Look the community up: it is needed to publish."""
        if "community" in prepared.remote:
            return prepared
        with self.talking():
            number = self._community()
        save("community", number)
        return msgspec.structs.replace(prepared, remote={**prepared.remote, "community": number})

    def publish(self, prepared: Prepared) -> Receipt:
        draft = prepared.draft
        fields = self._content(draft) | {"community_id": prepared.remote["community"]}
        if draft.images:
            fields["custom_thumbnail"] = draft.images[0].url
        with self.talking(irreversible=True):
            return self._receipt(self._call("POST", "/post", json=fields)["post_view"]["post"])

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        api = self._api()
        if not api.lists:
            return None
        title, _, link = parts(prepared.draft)
        with self.talking():
            found = self.search(
                self._own(api, link, title),
                since,
                at=lambda post: moment(post.get("published") or post.get("published_at")),
                same=lambda post: _is(post, link, title),
            )
        return self._receipt(found) if found is not None else None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # part of the shape
        with self.talking():
            self._call("PUT", "/post", json=self._content(prepared.draft) | {"post_id": int(receipt.id)})
        return receipt

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._call("POST", "/post/delete", json={"post_id": int(receipt.id), "deleted": True})

    def responses(self, receipt: Receipt) -> "Responses | None":
        """Votes in favour, and comments."""
        from crosspost.networks.lemmy_responses import responses_of  # a run needs none of it

        me, number = self.me().id, int(receipt.id)

        def asked(**where: Any) -> Any:
            return self._call("GET", "/comment/list", params={"post_id": number, "type_": "All", "sort": "Old"} | where)

        try:
            with self.talking():
                return responses_of(self._call("GET", "/post", params={"id": number})["post_view"], asked, me)
        except Rejected:
            if self.gone() or _code(self.session.last) in _GONE:
                return None
            raise

    @classmethod
    def id_in(cls, url: str) -> str:
        found = re.search(r"/post/(\d+)/?$", url)
        return found[1] if found else ""

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # the same for both
        code = _code(exchange)
        message = f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if code == "rate_limit_error":  # with status 400 in 0.19
            return RateLimited(message, retry_at(exchange.headers, self.clock()))  # 0.19 does not say when
        if code in _LOGIN:
            return AuthExpired(f"{message}. {self._renew()}")
        if code in _COMMUNITY:
            return Rejected(f"{message}. The community {self.options.community} does not take your posts")
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _renew(self) -> str:
        return f"Log in again: crosspost accounts renew {self.account}"

    def _api(self) -> Api:
        return APIS[self.me().server]

    def _get(self, path: str, **query: Any) -> Any:
        answer = self.session.get(f"{self.base_url}{path}", params=query, headers=self._token())
        answer.raise_for_status()
        return answer.json()

    def _call(self, method: str, path: str, **more: Any) -> Any:
        answer = self.session.request(method, f"{self.base_url}{self._api().base}{path}", headers=self._token(), **more)
        answer.raise_for_status()
        return answer.json()

    def _token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret('token')}"}

    def _site(self) -> tuple[str, dict[str, Any]]:
        """The kind of server, and what it says about itself and us."""
        answer = self.session.get(f"{self.base_url}/api/v3/site", headers=self._token())
        if answer.status_code == 404:
            return "piefed", self._get("/api/alpha/site")
        answer.raise_for_status()
        site = dict(answer.json())
        return ("lemmy1" if str(site.get("version", "")).startswith("1.") else "lemmy"), site

    def _community(self) -> int:
        """The community's number; one of another server is fetched from there first."""
        base, name = self._api().base, self.options.community.lstrip("!")
        try:
            found = self._get(f"{base}/community", name=name)["community_view"]
        except Exception:
            if self.session.last is None or self.session.last.status not in (400, 404):
                raise
            found = self._get(f"{base}/resolve_object", q=f"!{name}")["community"]
        return int(found["community"]["id"])

    def _content(self, draft: Draft) -> dict[str, Any]:
        title, body, link = parts(draft)
        said: dict[str, Any] = {self._api().title: title, "nsfw": self.spoken(draft).nsfw}
        return said | ({"url": link} if link else {}) | ({"body": body} if body else {})

    def _own(self, api: Api, link: str, title: str) -> Iterator[Page]:
        """Posts of ours, newest first."""
        if api.lists == "content":
            found = rows(self._get("/api/v4/person/content", limit=50), "items")
            posts = [one["post"] if isinstance(one, dict) and "post" in one else one for one in found]
            yield Page(posts, more=len(posts) >= 50)
            return
        for page in range(1, 6):
            where = {"creator_id": self.me().id, "sort": "New", "limit": 50, "page": page}
            about = {"q": link, "type_": "Url"} if link else {"q": title, "type_": "Posts"}
            found = rows(self._get(f"{api.base}/search", **where, **about), "posts")
            yield Page([one["post"] for one in found], more=len(found) >= 50)

    def _receipt(self, post: dict[str, Any]) -> Receipt:
        number = self.id_of(post)
        return Receipt(id=number, url=f"{self.base_url}/post/{number}", at=self.clock())


def _is(post: dict[str, Any], link: str, title: str) -> bool | None:
    """Whether a post is this link under this title; None where it lacks one of them."""
    if "name" not in post or (link and "url" not in post) or post.get("name") is None:
        return None
    if link and post["url"] is None:
        return None
    return bool(post["name"] == title and (not link or str(post["url"]).rstrip("/") == link.rstrip("/")))


def _code(exchange: Exchange | None) -> str:
    answer = exchange.json() if exchange is not None else None
    return str(answer.get("error", "")) if isinstance(answer, dict) else ""
