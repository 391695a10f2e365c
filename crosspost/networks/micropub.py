"""Micropub: a post or an article on somebody's own website (micro.blog, Indiekit, WordPress with a plug-in).

Sources: www.w3.org/TR/micropub (sections 3.3 to 3.8), getindiekit/indiekit (endpoint-micropub, endpoint-media); checked
2026-11-27. There is no key against repetition. Some servers list their posts (an extension), and there a lost answer
is looked up; with the others nothing can be, and a person decides.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urljoin, urlsplit

import msgspec

from crosspost.compose.formats.article import slug
from crosspost.errors import AuthExpired, DeliveryError, OutOfSight, Rejected, UnderReview, Unknown, Unsupported
from crosspost.model import (
    Abilities,
    Doubt,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Post,
    Prepared,
    Receipt,
    Remark,
    Value,
)
from crosspost.networks import micropub_entry
from crosspost.networks.base import Save
from crosspost.networks.forms import WEB, form
from crosspost.networks.micropub_endpoint import SCOPES, Endpoint, location
from crosspost.networks.micropub_page import is_below, is_there
from crosspost.networks.reply_fields import web
from crosspost.transport.exchange import Exchange

#: how long the page of a post may be missing that a site has taken to make it later (status 202)
_MADE_WITHIN = timedelta(days=1)


class Options(Value, frozen=True, kw_only=True):
    """``me`` is the home page whose end point it is; ``content`` a note, or an article in short or in full.

    ``same_slug`` asks for the last part of the address that the post has on the own site. ``syndicate_to`` names
    where the site is asked to pass it on, by the ``uid`` that it gives them. ``destination`` is the ``uid`` of one of
    several websites behind the end point. ``alt_in`` is where alternative texts go: with each picture, as the standard
    has it, or beside them. ``token_endpoint`` is where a refresh token is exchanged, ``token_ends`` the day on which a
    token without one ends; the log-in writes both.
    """

    carried: ClassVar = ("me", "destination", "alt_in", "token_endpoint", "token_ends")
    me: Annotated[str, form(WEB, 'the address of the home page, such as "https://ann.example"')] = ""
    content: Literal["note", "teaser", "full"] = "note"
    same_slug: bool = False
    syndicate_to: tuple[str, ...] = ()
    destination: str = ""
    alt_in: Literal["photo", "mp-photo-alt"] = "photo"
    token_endpoint: Annotated[str, form(WEB, 'the address, such as "https://ann.example/token"')] = ""
    token_ends: date | None = None


class Micropub(Endpoint):
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
# destination = "https://ann.micro.blog/"   # which of several websites behind one end point
# alt_in = "mp-photo-alt"      # where alt texts go on a website that does not take them with the picture
# token_endpoint = "https://ann.example/token"   # where the login is renewed; `crosspost accounts add` writes it
# token_ends = 2027-02-26      # the day on which a login ends that is not renewed: you are told before
"""
    hint = "content"
    at_root: ClassVar = False
    needs: ClassVar = {"base_url": "https://ann.example/micropub", "me": "https://ann.example"}
    login = "crosspost.networks.logins.micropub:MicropubLogin"
    credentials: ClassVar = {
        "token": "a token with the rights create, update, delete and media",
        "refresh_token": "its refresh token, so that it is renewed by itself",
        "client_id": "the address of the app that it was given to, for that",
    }
    token_ends = True

    def connect(self) -> Identity:
        with self.talking():
            lists, newest_first = self.first_asked(self._seen)
        home = self.options.destination or self.options.me or self.base_url
        able = self.abilities
        if self.options.alt_in != "photo":  # how they are changed then is not documented
            able = msgspec.structs.replace(able, edit_keeps=("images", "language"))
        if not newest_first:  # no list that may have been cut proves that a post is not there
            able = msgspec.structs.replace(able, absence_after=None)
        able = able if lists else msgspec.structs.replace(able, read_back=False, absence_after=None)
        name = (home.partition("://")[2] or home).rstrip("/")
        return Identity(id=home, handle=name, url=web(home), abilities=able, expires_at=self._end())

    def remarks(self) -> list[Remark]:
        with self.talking():
            told = self._config()
        copies, websites = (micropub_entry.offered(told, name) for name in ("syndicate-to", "destination"))
        found = [
            Remark(
                said=f"the website does not pass posts on to {uid}", todo=f"correct `syndicate_to`: {_there(copies)}"
            )
            for uid in self.options.syndicate_to
            if uid not in copies
        ]
        if (mine := self.options.destination) and mine not in websites:
            found.append(Remark(said=f"it has no website {mine}", todo=f"correct `destination`: {_there(websites)}"))
        if not mine and len(websites) > 1:
            said = "it has several websites, and posts go to the one that it chooses"
            found.append(Remark(said=said, todo=f"set `destination`: {_there(websites)}"))
        if not told.get("media-endpoint"):
            found.append(Remark(said="the website takes no files: pictures are linked where your site has them"))
        if not self.able.read_back:
            found.append(Remark(said="the website does not list its posts: one in doubt is held for you"))
        return found

    def compose(self, post: Post) -> Draft:
        """A note, or an article.

        :raises Unsupported: when the account is the very site whose posts are read
        """
        if is_below(post.url, self.options.me) or is_below(post.url, self.options.destination):
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
        self._locate()
        return self.uploaded(prepared, save, lambda picture: self._upload(picture, media))

    def publish(self, prepared: Prepared) -> Receipt:
        draft, options = prepared.draft, self.spoken(prepared.draft)
        pictures = micropub_entry.photos(prepared, options.alt_in)
        properties = micropub_entry.entry(draft, options.content) | pictures
        if options.same_slug and draft.options.get("slug"):
            properties["mp-slug"] = [draft.options["slug"]]
        if options.syndicate_to:
            properties["mp-syndicate-to"] = list(options.syndicate_to)
        properties = {name: values for name, values in properties.items() if values}
        with self.talking(irreversible=True):
            answer = self._sent({"type": ["h-entry"], "properties": properties})
            if not (address := location(answer)) or self._is_home(address):
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
            try:
                found = self._among_the_listed(prepared, since)
            except OutOfSight:
                if self.able.absence_after is None:  # it will not get better: a person decides
                    return None
                raise
            if found is None:
                return None
            if not (address := web(micropub_entry.address(found))):
                raise self.unreadable("a listed post has no address")
        # Indiekit lists what it could not keep, too
        return self._made(address, since, taken=False)

    def _among_the_listed(self, prepared: Prepared, since: datetime) -> Any | None:
        page, newest_first = micropub_entry.page(self._listed())
        return self.search(
            [page],
            since,
            at=micropub_entry.published,
            order=micropub_entry.published if newest_first else lambda _: None,
            same=lambda item: micropub_entry.same(item, prepared.draft),
            shows=lambda item: (micropub_entry.words(item), micropub_entry.address(item)),
        )

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:
        """Replace its words; an empty list takes away what is there."""
        options = self.spoken(prepared.draft)
        photos = micropub_entry.photos(prepared, options.alt_in) if pictures and options.alt_in == "photo" else {}
        new = micropub_entry.entry(prepared.draft, options.content) | photos
        self._locate()
        with self.talking():
            answer = self._sent({"action": "update", "url": receipt.id, "replace": new})
        moved = location(answer) if answer.status_code == 201 else ""
        return self._receipt(moved) if moved else receipt

    def delete(self, receipt: Receipt) -> None:
        self._locate()
        try:
            with self.taking_back():
                self._sent({"action": "delete", "url": receipt.id})
        except Rejected:  # some call a post that is gone already a wrong request
            if not self._is_gone(receipt.id):
                raise

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        if irreversible and exchange.status in (301, 302) and not self._is_moved_endpoint(exchange):
            return Unknown(f"{self.account}: the website answers with a redirect, as some do once they have a post")
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

    def _is_home(self, address: str) -> bool:
        """Whether an address is that of the website itself, or of its end point, and so of no post."""
        return address.rstrip("/") in {known.rstrip("/") for known in (self.base_url, self.options.me)}

    def _is_gone(self, address: str) -> bool:
        try:
            return not is_there(address, self.session, (self.base_url, self.options.me))
        except ValueError:
            return False

    def _is_moved_endpoint(self, exchange: Exchange) -> bool:
        """Whether a redirect leads to the same path on another host, or to https: then nothing was taken here."""
        target = urljoin(self.base_url, exchange.headers.get("location", ""))
        return urlsplit(target).path.rstrip("/") == urlsplit(self.base_url).path.rstrip("/")

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


def _there(offered: list[str]) -> str:
    return f"it offers {', '.join(offered)}" if offered else "it offers none"
