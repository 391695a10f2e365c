"""Micropub: a post or an article on somebody's own website (micro.blog, Indiekit, WordPress with a plug-in).

Sources: www.w3.org/TR/micropub (sections 3.3 to 3.8), getindiekit/indiekit (endpoint-micropub, endpoint-media); checked
2026-11-27. There is no key against repetition. Some servers list their posts (an extension), and there a lost answer
is looked up; with the others nothing can be, and a person decides.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from urllib.parse import urljoin

import msgspec

from crosspost.compose.formats.article import slug
from crosspost.errors import AuthExpired, DeliveryError, NotSent, Rejected, UnderReview, Unknown, Unsupported
from crosspost.model import (
    Abilities,
    Doubt,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Picture,
    Post,
    Prepared,
    Receipt,
    Remark,
    Value,
)
from crosspost.networks import micropub_entry
from crosspost.networks.answers import web
from crosspost.networks.articles import Articles
from crosspost.networks.base import Save
from crosspost.networks.micropub_page import is_below, is_there
from crosspost.text.printable import printable
from crosspost.transport.exchange import Exchange

if TYPE_CHECKING:
    from requests import Response

#: the rights a token needs; the standard names the first three, servers with a media end point the last
SCOPES = ("create", "update", "delete", "media")
#: how long the page of a post may be missing that a site has taken to make it later (status 202)
_MADE_WITHIN = timedelta(days=1)


class Options(Value, frozen=True, kw_only=True):
    """``me`` is the home page whose end point it is; ``content`` a note, or an article in short or in full.

    ``same_slug`` asks for the last part of the address that the post has on the own site. ``syndicate_to`` names
    where the site is asked to pass it on, by the ``uid`` that it gives them.
    """

    carried: ClassVar = ("me",)
    me: Annotated[str, msgspec.Meta(pattern=r"^(https?://\S+)?$")] = ""
    content: Literal["note", "teaser", "full"] = "note"
    same_slug: bool = False
    syndicate_to: tuple[str, ...] = ()


class Micropub(Articles):
    key = "micropub"
    name = "Micropub"
    limits = Limits(
        text=0,
        unit="code-points",
        images=ImageLimits(count=30, formats=("JPEG", "PNG", "GIF")),
        source="https://www.w3.org/TR/micropub/",
        checked=date(2026, 11, 27),
    )
    # the standard does not say how soon a post is listed: an hour is a wide margin
    abilities = Abilities(
        card="none", edit=True, edit_keeps=("language",), delete=True, absence_after=3600, mentions="nothing"
    )
    doubt = Doubt(look="look at the website")
    look = Look(layout="letter", brand=("#7a4b00", "#f0b44c"), link=("#7a4b00", "#f0b44c"), bold_title=True)
    Options = Options
    at_home = True
    style_defaults: ClassVar = {"hashtags": False}  # tags have a field of their own there
    example = """\
base_url = "https://ann.example/micropub"   # the end point
me = "https://ann.example"     # the home page that names it; `crosspost accounts add` finds both
# content = "full"             # the whole article; "teaser": title, description and link as an article
# same_slug = true             # ask for the same last part of the address as on your site
# syndicate_to = ["https://social.example/@ann"]   # where the website is asked to pass it on
"""
    hint = "content"
    at_root: ClassVar = False
    needs: ClassVar = {"base_url": "https://ann.example/micropub", "me": "https://ann.example"}
    login = "crosspost.networks.logins.micropub:MicropubLogin"
    credentials: ClassVar = {"token": "a token with the rights create, update, delete and media"}

    def connect(self) -> Identity:
        with self.talking():
            self._config()
            lists = self._lists()
        home = self.options.me or self.base_url
        blind = msgspec.structs.replace(self.abilities, read_back=False, absence_after=None)
        name = home.partition("://")[2].rstrip("/")
        return Identity(id=home, handle=name, url=home, abilities=None if lists else blind)

    def remarks(self) -> list[Remark]:
        with self.talking():
            told = self._config()
        offered = [str(one.get("uid")) for one in told.get("syndicate-to") or [] if isinstance(one, dict)]
        unknown = [uid for uid in self.options.syndicate_to if uid not in offered]
        there = f"it offers {', '.join(offered)}" if offered else "it offers none"
        found = [
            Remark(said=f"the website does not pass posts on to {uid}", todo=f"correct `syndicate_to`: {there}")
            for uid in unknown
        ]
        if not told.get("media-endpoint"):
            found.append(Remark(said="the website takes no files: pictures are linked where your site has them"))
        if not self.able.read_back:
            found.append(Remark(said="the website does not list its posts: one in doubt is held for you"))
        return found

    def compose(self, post: Post) -> Draft:
        """A note, or an article.

        :raises Unsupported: when the account is the very site whose posts are read
        """
        if self.options.me and is_below(post.url, self.options.me):
            raise Unsupported(
                f"{self.account}: {post.url} is on the very website that this account posts to. It would come back as "
                "a new post, again and again"
            )
        draft = self.composed(post)
        if draft.options["content"] != "note":
            return super().compose(post)
        return msgspec.structs.replace(draft, options=draft.options | {"tags": list(post.tags), "slug": slug(post)})

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Upload the pictures to the media end point, one by one."""
        missing = any(f"media_{number}" not in prepared.remote for number in range(len(prepared.draft.images)))
        media = self._media_endpoint() if missing else ""
        return self.uploaded(prepared, save, lambda picture: self._upload(picture, media))

    def publish(self, prepared: Prepared) -> Receipt:
        draft, options = prepared.draft, self.spoken(prepared.draft)
        properties = micropub_entry.entry(draft, options.content) | micropub_entry.photos(prepared)
        if options.same_slug and draft.options.get("slug"):
            properties["mp-slug"] = [draft.options["slug"]]
        if options.syndicate_to:
            properties["mp-syndicate-to"] = list(options.syndicate_to)
        properties = {name: values for name, values in properties.items() if values}
        with self.talking(irreversible=True):
            answer = self._sent({"type": ["h-entry"], "properties": properties})
            if not (address := _location(answer)):
                raise self.unreadable("the answer does not say where the post is")
        if answer.status_code == 202:
            raise UnderReview(f"{self.account}: the website has taken it, and makes its page later", address)
        return self._receipt(address)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The page of a post that was taken to be made later, or of the post among those that the site lists."""
        if prepared.taken:
            return self._made(prepared.taken, since, taken=True)
        if not self.able.read_back:
            return None
        with self.talking():
            page, newest_first = micropub_entry.page(self._listed())
            found = self.search(
                [page],
                since,
                at=micropub_entry.published,
                order=micropub_entry.published if newest_first else lambda _: None,
                same=lambda item: micropub_entry.same(item, prepared.draft),
                shows=lambda item: (micropub_entry.words(item), micropub_entry.address(item)),
            )
            if found is None:
                return None
            if not (address := web(micropub_entry.address(found))):
                raise self.unreadable("a listed post has no address")
        # Indiekit lists what it could not keep, too
        return self._made(address, since, taken=False)

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:
        """Replace its words; an empty list takes away what is there."""
        content = self.spoken(prepared.draft).content
        new = micropub_entry.entry(prepared.draft, content) | (micropub_entry.photos(prepared) if pictures else {})
        with self.talking():
            answer = self._sent({"action": "update", "url": receipt.id, "replace": new})
        moved = _location(answer) if answer.status_code == 201 else ""
        return self._receipt(moved) if moved else receipt

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._sent({"action": "delete", "url": receipt.id})

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # the same for both
        answer = exchange.json()
        code = answer.get("error") if isinstance(answer, dict) else ""
        message = f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if exchange.status in (401, 403) and code == "insufficient_scope":  # 401 in the standard, 403 in older servers
            return AuthExpired(
                f"{message}. The token lacks a right: make one with {', '.join(SCOPES)}, then "
                f"crosspost accounts renew {self.account}"
            )
        if exchange.status == 403:
            return AuthExpired(f"{message}. The owner of the token may not do that there")
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret('token')}", "Accept": "application/json"}

    def _sent(self, body: dict[str, Any]) -> "Response":
        answer = self.session.post(self.base_url, json=body, headers=self._token())
        answer.raise_for_status()
        return answer

    def _asked(self, **query: str) -> "Response":
        return self.session.get(self.base_url, params=query, headers=self._token())

    def _config(self) -> dict[str, Any]:
        """What the site offers; it may be empty."""
        answer = self._asked(q="config")
        answer.raise_for_status()
        return micropub_entry.config(answer.json())

    def _lists(self) -> bool:
        """Whether the site lists its posts. Others answer with anything, or with an empty list."""
        answer = self._asked(q="source", limit="1")
        if answer.status_code == 429 or (answer.status_code >= 500 and answer.status_code != 501):
            answer.raise_for_status()
        try:
            return answer.ok and bool(micropub_entry.page(dict(answer.json()))[0].posts)
        except (ValueError, TypeError):
            return False

    def _listed(self) -> dict[str, Any]:
        answer = self._asked(q="source", limit=str(micropub_entry.PAGE))
        answer.raise_for_status()
        return dict(answer.json())

    def _media_endpoint(self) -> str:
        """Where files go; "" where the site takes none.

        :raises Rejected: when the token would travel there unencrypted
        """
        with self.talking():
            told = str(self._config().get("media-endpoint") or "")
        where = web(urljoin(self.base_url, told)) if told else ""
        if (told and not where) or (self.base_url.startswith("https:") and where.startswith("http:")):
            shown = printable(told[:200])
            raise Rejected(f"{self.account}: the website takes files at {shown}, which cannot be used: it needs https")
        return where

    def _upload(self, picture: Picture, media: str) -> str:
        """The address of the picture: at the media end point, or on the own site where there is none."""
        if not media:
            if not web(picture.url):
                raise Rejected(
                    f"{self.account}: the website takes no files, and the picture has no address on your site. Use "
                    "another one, or `images = false`"
                )
            return picture.url
        fitted = self.fitted(picture)
        name = f"picture.{fitted.mime.rpartition('/')[2]}"
        with self.talking():
            answer = self.session.post(media, files={"file": (name, fitted.data, fitted.mime)}, headers=self._token())
            answer.raise_for_status()
        if not (address := _location(answer)):
            raise NotSent(f"{self.account}: the website has taken the picture, and does not say where it is")
        return address

    def _made(self, address: str, since: datetime, *, taken: bool) -> Receipt | None:
        """Whether the page is there by now; None when one that was taken has been missing for too long.

        :raises UnderReview: when it is not there yet
        """
        try:
            there = is_there(address, self.session, (self.base_url, self.options.me))
        except ValueError as why:
            raise Unknown(f"{self.account}: the page of the post cannot be read: {why}") from None
        if there:
            return self._receipt(address)
        if taken and self.clock() - since > _MADE_WITHIN:
            return None
        raise UnderReview(f"{self.account}: the website has not made its page yet ({address})", address)

    def _receipt(self, address: str) -> Receipt:
        return Receipt(id=address, url=address, at=self.clock())

    @classmethod
    def id_in(cls, url: str) -> str:
        return url


def _location(answer: "Response") -> str:
    """The address in an answer, absolute; "" when there is none of use."""
    told = str(answer.headers.get("Location") or "")
    return web(urljoin(answer.url, told)) if 0 < len(told) <= micropub_entry.ADDRESS else ""
