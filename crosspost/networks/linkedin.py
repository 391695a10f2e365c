"""LinkedIn, as a person or as an organisation: the Posts API.

Sources: learn.microsoft.com/linkedin/marketing/community-management/shares/{posts-api,images-api}, checked 2026-11-22.
LinkedIn's own client has no time-outs, hides HTTP errors and cannot upload, so plain requests are used.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from urllib.parse import unquote, urlencode

import msgspec

from crosspost.compose.formats import linkedin
from crosspost.compose.picture_selection import only_card
from crosspost.errors import AuthExpired, DeliveryError
from crosspost.model import (
    Abilities,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Post,
    Prepared,
    Receipt,
    Value,
    VideoLimits,
)
from crosspost.networks.base import Save
from crosspost.networks.linkedin_post import LinkedInUploads, moment, pictures_of, post_body, same_post
from crosspost.networks.meta.token_renewal import Renewal
from crosspost.networks.post_search import Page, rows
from crosspost.networks.protocols import restli
from crosspost.transport.exchange import Exchange

if TYPE_CHECKING:
    from crosspost.model.response import Responses

_WARN, TOKEN_LIFE = timedelta(days=50), timedelta(days=60)


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


class LinkedIn(LinkedInUploads):
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
        # videos-api; the words for those who cannot see it are for pictures only
        videos=VideoLimits(
            bytes=500_000_000,
            shortest=3,
            longest=1800,
            min_ratio=1 / 2.4,
            max_ratio=2.4,
            captions=500_000,  # no size is documented
            captions_as="SRT",
            captions_in=("en",),  # the one locale whose spelling is shown
            poster=("own", "picture"),
            alt=-1,
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
        responses=("likes", "reposts", "replies", "views", "texts"),
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
    hosts: ClassVar = ("linkedin.com",)
    login = "crosspost.networks.logins.linkedin:LinkedInLogin"
    boosts = "crosspost.networks.linkedin_boosts:LinkedInBoosts"
    # it does not tell how much of the limits of the day is left, nor whether questions and posts share them
    responses_take = "asking takes two or more requests of LinkedIn’s daily limits for each post"
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
        if draft.video is not None:
            return msgspec.structs.replace(draft, card=None, warnings=warnings)
        if options.content == "article" and draft.card is not None:
            return only_card(msgspec.structs.replace(draft, warnings=warnings))
        return msgspec.structs.replace(draft, card=None, warnings=warnings)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        remote, new = dict(prepared.remote), False
        # not "media_…", which expires: LinkedIn recognises a repetition only if it has the same picture
        pictures = {f"image_{number}": picture for number, picture in enumerate(pictures_of(prepared.draft))}
        for key, picture in pictures.items():
            if key not in remote:
                remote[key], new = self._upload(picture), True
                save(key, remote[key])
        if (video := prepared.draft.video) is not None:
            if "video_0" not in remote:
                uploaded, new = self._upload_video(video), True
                remote |= uploaded
                save("video_0", uploaded["video_0"], *(pair for pair in uploaded.items() if pair[0] != "video_0"))
            self._await([remote["video_0"]], new=new)
            return msgspec.structs.replace(prepared, remote=remote)
        self._await([remote[key] for key in pictures], new=new)
        return msgspec.structs.replace(prepared, remote=remote)

    def publish(self, prepared: Prepared) -> Receipt:
        body = self._body(prepared)
        with self.talking(irreversible=True):
            answer = self._request("POST", "posts", body)
            twin = restli.twin(answer.status_code, answer.content)
            if twin and prepared.begun is not None:
                return self._receipt(twin)  # the earlier attempt went out: LinkedIn names it
            answer.raise_for_status()
        urn = unquote(answer.headers.get("x-restli-id", ""))
        if answer.status_code != 201 or not urn:
            raise self.unreadable("without the post's id")
        without = prepared.remote.get("captions_refused", "")
        notes = (f"out without the captions of its video; add them on LinkedIn ({without})",) if without else ()
        return msgspec.structs.replace(self._receipt(urn), notes=notes)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        me = self.me()
        if not self.able.read_back:
            return None
        found = self.search(
            [self._posts(me.id, count=25)],
            since,
            at=lambda post: moment(post.get("publishedAt")) or moment(post.get("createdAt")),
            order=lambda post: moment(post.get("lastModifiedAt")),
            same=lambda post: same_post(post, prepared.draft),
            shows=lambda post: (post.get("commentary"), self._receipt(self.id_of(post)).url),
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

    @classmethod
    def unasked(cls, own: Mapping[str, Any]) -> str:
        if cls.abilities.responses and own.get("author", "person") == "person":
            return "LinkedIn tells no ordinary app what came back to a person’s posts"
        return super().unasked(own)

    def responses(self, receipt: Receipt) -> "Responses | None":
        """Of an organisation's posts only. What the token may not read is left out, and said."""
        from crosspost.networks.linkedin_responses import responses_of  # a run needs none of it

        if self.unasked(msgspec.structs.asdict(self.options)):
            return super().responses(receipt)
        me = self.me().id
        with self.talking():
            return responses_of(receipt, self.account, me, self._told)

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # part of the shape
        message = f"{self.account}: LinkedIn says: {self.sentence(exchange)}"
        return restli.explain(message, exchange, self.clock(), self._home)

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _body(self, prepared: Prepared) -> dict[str, Any]:
        """What is published."""
        return post_body(prepared, self.me().id, self.spoken(prepared.draft).visibility)

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

    def _told(self, path: str) -> tuple[int, Any]:
        """The status of an answer, and the answer: None where it is not there, or the token may not read it."""
        answer = self._request("GET", path)
        if answer.status_code in {403, 404}:
            return answer.status_code, None
        answer.raise_for_status()
        return 200, answer.json()

    def _posts(self, author: str, count: int) -> Page:
        query = urlencode({"q": "author", "author": author, "count": count, "sortBy": "LAST_MODIFIED"})
        with self.talking():
            answer = self._request("GET", f"posts?{query}", method="FINDER")
            answer.raise_for_status()
            answer_body = answer.json()
            found = rows(answer_body, "elements")
        links = (answer_body.get("paging") or {}).get("links") or []
        return Page(found, more=any(isinstance(link, dict) and link.get("rel") == "next" for link in links))

    def _receipt(self, urn: str) -> Receipt:
        return Receipt(id=urn, url=restli.page(self._home, urn), at=self.clock())

    def _end(self) -> datetime | None:
        """When the token expires, counted from ``token_issued`` or else from when we first saw the token."""
        issued = self.options.token_issued
        if issued is None:
            return Renewal(self, None).look_after()
        return datetime.combine(issued + TOKEN_LIFE, time(), UTC)

    def _token_ends(self) -> tuple[str, ...]:
        issued = self.options.token_issued
        if issued is None or self.clock().date() < issued + _WARN:
            return ()
        end = issued + TOKEN_LIFE
        word = "ends" if self.clock().date() < end else "ended"
        return (
            f"the token of {self.account} {word} on {end}; log in again: `crosspost accounts renew {self.account}`",
        )
