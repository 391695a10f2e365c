"""LinkedIn, as a person or as an organisation: the Posts API.

Sources: learn.microsoft.com/linkedin/marketing/community-management/shares/{posts-api,images-api}, checked 2026-11-22.
LinkedIn's own client has no time-outs, hides HTTP errors and cannot upload, so plain requests are used.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from urllib.parse import unquote, urlencode, urlsplit

import msgspec

from crosspost.compose.formats import linkedin
from crosspost.compose.pictures import only_card
from crosspost.errors import AuthExpired, DeliveryError, NotSent, Rejected
from crosspost.model import (
    Abilities,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Picture,
    Post,
    Prepared,
    Receipt,
    Value,
)
from crosspost.networks.base import Network, Save
from crosspost.networks.meta.token_renewal import Renewal
from crosspost.networks.post_search import Page, rows, text, without_links
from crosspost.networks.protocols import restli
from crosspost.transport.exchange import Exchange

if TYPE_CHECKING:
    import requests

_WARN, _TOKEN_LIFE = timedelta(days=50), timedelta(days=60)


class Options(Value, frozen=True, kw_only=True):
    """``author`` is "person" (the token's owner) or an organisation's id or URN. ``content``: the link card with the
    thumbnail, or the picture itself with its alternative text. ``version`` is the API's month; ``token_issued`` the day
    the token was created, for a warning before it expires."""

    carried: ClassVar = ("author", "version", "token_issued")
    author: Annotated[str, msgspec.Meta(pattern=r"^(person|(urn:li:organization:)?\d+)$")] = "person"
    content: Literal["article", "image"] = "article"
    visibility: Literal["public", "connections"] = "public"
    version: Annotated[str, msgspec.Meta(pattern=r"^20\d{4}$")] = "202609"
    token_issued: date | None = None


class LinkedIn(Network):
    key = "linkedin"
    name = "LinkedIn"
    limits = Limits(
        text=3000,  # from the members' help page; counted before escaping
        unit="utf-16",
        images=ImageLimits(
            count=20,
            formats=("JPEG", "PNG", "GIF"),
            bytes=5_000_000,  # LinkedIn documents no size; a feed needs no larger one
            pixels=36_152_319,
            alt=4086,
            alt_unit="utf-16",
        ),
        source="https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api",
        checked=date(2026, 11, 22),
    )
    # LinkedIn refuses an identical body for ten minutes and names the existing post; two of them are a margin for our
    # own time-outs. A person's posts cannot be read, so after that a person must check.
    abilities = Abilities(
        card="client",
        edit=True,
        edit_keeps=("images", "card", "language"),
        delete=True,
        idempotent_for=480,
        read_back=False,
        mentions="nothing",
    )
    look = Look(brand=("#0a66c2", "#0a66c2"), link=("#0a66c2", "#71b7fb"))
    Options = Options
    example = """\
# author = "1234567"             # an organisation's id (the number in its admin address); without it the person
# content = "article"            # the link's card with the thumbnail; "image": the picture itself, with its alt text
# visibility = "public"          # "connections": only the person's own contacts
# token_issued = 2026-10-01      # the day the token was made: warns from day 50, it ends on day 60
# version = "202609"             # the month of the API; each is served for about a year
"""
    hint = "author"
    credentials: ClassVar = {
        "access_token": "an access token (LinkedIn developer portal, OAuth token tools; scopes openid profile "
        "w_member_social, for an organisation w_organization_social r_organization_social)",
    }
    home = "https://api.linkedin.com"
    token_ends = True

    def connect(self) -> Identity:
        number = self.options.author.rpartition(":")[2]
        if number != "person":
            return self._organisation(number)
        with self.talking():
            answer = self._sent("GET", f"{self.base_url}/v2/userinfo", {})
            answer.raise_for_status()
            me = answer.json()
        if not me.get("sub"):
            raise AuthExpired(f"{self.account}: LinkedIn did not say whose token this is")
        who, name = f"urn:li:person:{me['sub']}", str(me.get("name") or me["sub"])
        return Identity(id=who, handle=name, expires_at=self._end())

    def compose(self, post: Post) -> Draft:
        """Like the inherited method, but with either the card or the picture, because LinkedIn accepts only one of
        them.
        """
        draft = super().compose(post)
        options = self.spoken(draft)
        warnings = (*draft.warnings, *self._token_ends())
        if options.content == "article" and draft.card is not None:
            return only_card(msgspec.structs.replace(draft, warnings=warnings))
        return msgspec.structs.replace(draft, card=None, warnings=warnings)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        remote = dict(prepared.remote)
        for number, picture in enumerate(_pictures(prepared.draft)):
            # not "media_…", which expires: LinkedIn recognises a repetition only if it has the same picture
            key = f"image_{number}"
            if is_new := key not in remote:
                remote[key] = self._upload(picture)
                save(key, remote[key])
            self._await(remote[key], new=is_new)
        return msgspec.structs.replace(prepared, remote=remote)

    def publish(self, prepared: Prepared) -> Receipt:
        body = _body(prepared, self.me().id, self.spoken(prepared.draft))
        with self.talking(irreversible=True):
            answer = self._request("POST", "posts", body)
            twin = restli.twin(answer.status_code, answer.content)
            if twin and prepared.begun is not None:
                return self._receipt(twin)  # the earlier attempt went out: LinkedIn names it
            answer.raise_for_status()
        urn = unquote(answer.headers.get("x-restli-id", ""))
        if answer.status_code != 201 or not urn:
            raise self.unreadable("without the post's id")
        return self._receipt(urn)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        me = self.me()
        if not self.able.read_back:
            return None
        found = self.search(
            [self._posts(me.id, count=25)],
            since,
            at=lambda post: _moment(post.get("publishedAt")) or _moment(post.get("createdAt")),
            order=lambda post: _moment(post.get("lastModifiedAt")),
            same=lambda post: _same(post, prepared.draft),
        )
        return self._receipt(self.id_of(found)) if found is not None else None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # part of the shape
        """Changes the text; the API cannot change the card or picture."""
        patch = {"patch": {"$set": {"commentary": linkedin.escape(prepared.draft.text)}}}
        with self.talking():
            self._request("POST", f"posts/{restli.key(receipt.id)}", patch, "PARTIAL_UPDATE").raise_for_status()
        return receipt

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._request("DELETE", f"posts/{restli.key(receipt.id)}", method="DELETE").raise_for_status()

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # part of the shape
        message = f"{self.account}: LinkedIn says: {self.sentence(exchange)}"
        return restli.explain(message, exchange, self.clock(), self._home)

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _home(self) -> str:
        return self.page("https://www.linkedin.com", "")

    def _organisation(self, number: str) -> Identity:
        """Check access by reading the list of posts, the only thing every suitable token can read."""
        urn = f"urn:li:organization:{number}"
        self._posts(urn, count=1)
        able = msgspec.structs.replace(self.abilities, read_back=True, absence_after=900)
        url = f"{self._home}/company/{number}/"
        name = f"organization {number}"
        return Identity(id=urn, handle=name, url=url, abilities=able, expires_at=self._end())

    def _posts(self, author: str, count: int) -> Page:
        query = urlencode({"q": "author", "author": author, "count": count, "sortBy": "LAST_MODIFIED"})
        with self.talking():
            answer = self._request("GET", f"posts?{query}", method="FINDER")
            answer.raise_for_status()
            answer_body = answer.json()
            found = rows(answer_body, "elements")
        links = (answer_body.get("paging") or {}).get("links") or []
        return Page(found, more=any(isinstance(link, dict) and link.get("rel") == "next" for link in links))

    def _request(self, verb: str, path: str, body: Any = None, method: str = "") -> "requests.Response":
        """Send a request to the versioned API and return any response. ``method`` is Rest.li's, if the verb is not
        enough.

        The body is encoded here, in a fixed order, because LinkedIn recognises a repetition by its content.
        """
        headers = restli.headers(self.options.version, method)
        if body is None:
            return self._sent(verb, f"{self.base_url}/rest/{path}", headers)
        data = msgspec.json.encode(body)
        return self._sent(verb, f"{self.base_url}/rest/{path}", headers | {"Content-Type": "application/json"}, data)

    def _sent(self, verb: str, url: str, headers: dict[str, str], data: bytes | None = None) -> "requests.Response":
        token = {"Authorization": f"Bearer {self.secret('access_token')}"}
        return self.session.request(verb, url, headers=headers | token, data=data)

    def _upload(self, picture: Picture) -> str:
        fitted, owner = self.fitted(picture), self.me().id
        with self.talking():
            answer = self._request(
                "POST", "images?action=initializeUpload", {"initializeUploadRequest": {"owner": owner}}
            )
            answer.raise_for_status()
            upload_url, urn = str(answer.json()["value"]["uploadUrl"]), str(answer.json()["value"]["image"])
        if not restli.trusted(upload_url, self.base_url):
            raise NotSent(
                f"{self.account}: LinkedIn wants the picture at {urlsplit(upload_url).netloc}, which is not its own"
            )
        with self.talking():
            self._sent("PUT", upload_url, {"Content-Type": fitted.mime}, fitted.data).raise_for_status()
        return urn

    def _await(self, urn: str, *, new: bool) -> None:
        """Wait until LinkedIn has processed a picture; a person's token cannot check that, so just wait a few
        seconds.
        """
        if not self.able.read_back:
            self.sleep(4 if new else 0)
            return
        for pause in (0, 1, 2, 4, 8):
            self.sleep(pause)
            with self.talking():
                answer = self._request("GET", f"images/{restli.key(urn)}")
                answer.raise_for_status()
                status = answer.json()["status"]
            if status == "AVAILABLE":
                return
            if status == "PROCESSING_FAILED":
                raise Rejected(f"{self.account}: LinkedIn cannot process the picture; use another thumbnail")
        raise NotSent(f"{self.account}: LinkedIn is still processing the picture")

    def _receipt(self, urn: str) -> Receipt:
        return Receipt(id=urn, url=restli.page(self._home, urn), at=self.clock())

    def _end(self) -> datetime | None:
        """When the token expires, counted from ``token_issued`` or else from when we first saw the token."""
        issued = self.options.token_issued
        if issued is None:
            return Renewal(self, None).look_after()
        return datetime.combine(issued + _TOKEN_LIFE, time(), UTC)

    def _token_ends(self) -> tuple[str, ...]:
        issued = self.options.token_issued
        if issued is None or self.clock().date() < issued + _WARN:
            return ()
        end = issued + _TOKEN_LIFE
        word = "ends" if self.clock().date() < end else "ended"
        return (f"the token of {self.account} {word} on {end}: create a new one and set its date as `token_issued`",)


def _pictures(draft: Draft) -> tuple[Picture, ...]:
    """The pictures to upload: the card's thumbnail, or those of the post."""
    if draft.card is not None:
        return (draft.card.image,) if draft.card.image is not None else ()
    return draft.images


def _body(prepared: Prepared, author: str, options: Options) -> dict[str, Any]:
    draft = prepared.draft
    body = {
        "author": author,
        "commentary": linkedin.escape(draft.text),
        "visibility": options.visibility.upper(),
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    content = _content(prepared)
    return body | {"content": content} if content else body


def _content(prepared: Prepared) -> dict[str, Any]:
    draft, remote = prepared.draft, prepared.remote
    if draft.card is not None:
        article = {"source": draft.card.url, "title": draft.card.title, "description": draft.card.description}
        article |= {"thumbnail": remote["image_0"]} if draft.card.image is not None else {}
        return {"article": {key: value for key, value in article.items() if value}}
    images = [
        {"id": remote[f"image_{number}"]} | ({"altText": picture.alt} if picture.alt else {})
        for number, picture in enumerate(draft.images)
    ]
    if len(images) > 1:
        return {"multiImage": {"images": images}}
    return {"media": images[0]} if images else {}


def _moment(milliseconds: Any) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if isinstance(milliseconds, int) else None


def _same(post: dict[str, Any], draft: Draft) -> bool | None:
    """Whether it is the same post. LinkedIn may return shortened links; then the card's address decides, if any."""
    commentary, wanted = text(post.get("commentary")), linkedin.as_read(draft.text)
    if commentary is None:
        return None
    plain_text = linkedin.unescape(commentary)
    article = (post.get("content") or {}).get("article") or {}
    if plain_text.split() == wanted.split() or (
        draft.link and draft.link in (*plain_text.split(), article.get("source"))
    ):
        return True
    return None if without_links(plain_text) == without_links(wanted) and not article.get("source") else False
