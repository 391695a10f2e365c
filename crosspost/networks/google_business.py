"""Google Business Profile: a post with a button to the page, on a place's profile in Search and Maps.

Sources: developers.google.com/my-business (LocalPost, limits, prerequisites); limits that the reference does not state
as other tools quote them; checked 2026-11-25. There is no key against repetition: the location's own posts are read.

Google takes a post and looks at it before it shows it (PROCESSING, then LIVE or REJECTED), so a good answer alone says
nothing. Until Google has approved a project by hand its quota is 0, and each request is answered 429.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from crosspost.compose.measure import length
from crosspost.errors import AuthExpired, DeliveryError, RateLimited, Rejected, TurnedDown, UnderReview
from crosspost.model import Abilities, Draft, Identity, ImageLimits, Limits, Look, Post, Prepared, Receipt, Value
from crosspost.networks.base import Save
from crosspost.networks.google_business_words import apart, same, unwanted
from crosspost.networks.post_search import PAGES, Page, moment
from crosspost.networks.protocols.renewing_network import CREDENTIALS, Renewing
from crosspost.networks.site_pictures import SitePictures
from crosspost.transport.exchange import Exchange
from crosspost.transport.rate_limits import retry_at

TOKENS = "https://oauth2.googleapis.com"
LOCATIONS = "https://mybusinessbusinessinformation.googleapis.com"
PLACE = r"accounts/\d+/locations/\d+"
_PAGE = 100
#: seconds between looks at a post that was just taken: most are shown within a minute
_LOOKS, _NEW = (2, 5, 10), timedelta(minutes=2)


class Options(Value, frozen=True, kw_only=True):
    """``location`` is where it is said, by Google's name of it; ``button`` is what the button to the page says.

    ``host`` is where Google fetches the picture: "site" is the post's own file, or the copy that `crosspost images`
    writes into ``folder`` beside it; "store" is where everybody can read the store of pictures.
    """

    carried: ClassVar = ("location", "host", "folder")
    location: Annotated[str, msgspec.Meta(pattern=rf"^({PLACE})?$")] = ""
    button: Literal["learn-more", "book", "order", "shop", "sign-up"] = "learn-more"
    host: Literal["site", "store"] = "site"
    folder: str = "crosspost"


class GoogleBusiness(Renewing, SitePictures):
    key = "google_business"
    name = "Google Business Profile"
    limits = Limits(
        text=1500,
        unit="utf-16",  # Google says "characters"; this is the strictest
        # at least 400 × 300: with this width and no wider shape both are kept
        images=ImageLimits(count=1, bytes=5_000_000, min_width=600, max_ratio=2),
        source="https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts",
        checked=date(2026, 11, 25),
    )
    # Google does not say how soon a post is listed: an hour is a wide margin
    abilities = Abilities(
        card="none", alt_text=False, edit=True, edit_keeps=("images",), delete=True, absence_after=3600,
        mentions="nothing",
    )  # fmt: skip
    look = Look(layout="photo", brand=("#1a73e8", "#8ab4f8"), link=("#1a73e8", "#8ab4f8"))
    Options = Options
    style_defaults: ClassVar = {"hashtags": False}  # they lead nowhere there
    edits: ClassVar = ("button",)
    example = """\
location = "accounts/1234567890/locations/9876543210"   # `crosspost accounts add` writes it
# button = "learn-more"          # what the button to your page says; or book, order, shop, sign-up
# host = "site"                  # the picture is fetched from your site (see crosspost images); "store": from the store
# folder = "crosspost"           # where crosspost images writes: a folder of this name beside the picture
"""
    hint = "button"
    needs: ClassVar = {"location": "accounts/1234567890/locations/9876543210"}
    login = "crosspost.networks.logins.google_business:GoogleBusinessLogin"
    credentials: ClassVar = CREDENTIALS
    home = "https://mybusiness.googleapis.com"
    exchange = "/token"
    token_ends = True

    @property
    def exchange_url(self) -> str:
        return f"{self._at(TOKENS)}{self.exchange}"

    def connect(self) -> Identity:
        with self.talking():
            return self.first_asked(self._who)

    def compose(self, post: Post) -> Draft:
        """The link comes last, because it is the button; what Google is known to turn down is told."""
        draft = super().compose(post)
        words, link = apart(draft)
        said = "\n\n".join(filter(None, (words, link)))
        warnings = (*draft.warnings, *unwanted(words))
        return msgspec.structs.replace(draft, text=said, length=length(said, self.allowed), warnings=warnings)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """See that Google can fetch the picture."""
        if not prepared.draft.images:
            return prepared
        address = self.public_address(prepared.draft.images[0], self.spoken(prepared.draft))
        save("media_address", address)
        return msgspec.structs.replace(prepared, remote={**prepared.remote, "media_address": address})

    def publish(self, prepared: Prepared) -> Receipt:
        new = self._fields(prepared.draft) | {"topicType": "STANDARD"}
        if address := prepared.remote.get("media_address"):
            new["media"] = [{"mediaFormat": "PHOTO", "sourceUrl": address}]
        with self.talking(irreversible=True):
            told = self.sent("POST", f"/v4/{self.options.location}/localPosts", json=new)
        return self._decided(told)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """Whether it is shown. A post that was taken just now is waited for a little, because most are shown soon."""
        found = self._taken(prepared.taken) if prepared.taken else self._listed(prepared.draft, since)
        for pause in _LOOKS if prepared.taken and self.clock() - since < _NEW else ():
            if found is None or found.get("state") != "PROCESSING":
                break
            self.sleep(pause)
            found = self._taken(prepared.taken)
        return self._decided(found) if found is not None else None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # part of the shape
        fields = self._fields(prepared.draft)
        mask = "summary,callToAction" + (",languageCode" if "languageCode" in fields else "")
        with self.talking():
            told = self.sent("PATCH", f"/v4/{receipt.id}", params={"updateMask": mask}, json=fields)
        if told["state"] == "REJECTED":
            raise self._turned_down()
        if told["state"] != "LIVE":
            return msgspec.structs.replace(receipt, notes=("Google looks at the change before it shows it",))
        return receipt

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self.sent("DELETE", f"/v4/{receipt.id}")

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # the same for both
        message = f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if exchange.status == 401:
            return AuthExpired(f"{message}. {self.again}")
        if exchange.status == 403:
            return AuthExpired(
                f"{message}. This login may not post there, or the interfaces of the project are not switched on: "
                "see `crosspost help google_business`"
            )
        if exchange.status == 429:
            return RateLimited(
                f"{message}. Google answers each request like this until it has approved the project by hand: see "
                "`crosspost help google_business`",
                retry_at(exchange.headers, self.clock()),
            )
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _at(self, host: str) -> str:
        """Where another of Google's interfaces is; the sandbox has all of them at one address."""
        return host if self.base_url == self.home else self.base_url

    def _who(self, headers: dict[str, str]) -> Identity:
        """The location, out of those that the login manages."""
        owner, _, place = self.options.location.partition("/locations/")
        asked = {"readMask": "name,title", "pageSize": str(_PAGE)}
        while True:
            with self.talking():
                told = self._asked(f"{self._at(LOCATIONS)}/v1/{owner}/locations", headers, asked)
                for one in told.get("locations") or []:
                    if one["name"] == f"locations/{place}":
                        return Identity(id=self.options.location, handle=str(one.get("title") or place))
            if not told.get("nextPageToken"):
                raise AuthExpired(
                    f"{self.account}: this login does not manage {self.options.location}. Correct `location`, or log "
                    f"in as somebody who does: crosspost accounts renew {self.account}"
                )
            asked["pageToken"] = str(told["nextPageToken"])

    def _asked(self, url: str, headers: dict[str, str], query: dict[str, str]) -> dict[str, Any]:
        answer = self.session.get(url, headers=headers, params=query)
        answer.raise_for_status()
        return dict(answer.json())

    def _fields(self, draft: Draft) -> dict[str, Any]:
        """A post's words in Google's names."""
        words, link = apart(draft)
        fields: dict[str, Any] = {"summary": words} | ({"languageCode": draft.language} if draft.language else {})
        if link:
            action = self.spoken(draft).button.upper().replace("-", "_")
            fields["callToAction"] = {"actionType": action, "url": link}
        return fields

    def _taken(self, name: str) -> dict[str, Any] | None:
        """The post that Google took, as it stands now; None when it is not there any more."""
        try:
            with self.talking():
                return dict(self.sent("GET", f"/v4/{name}"))
        except Rejected:
            if self.gone():
                return None
            raise

    def _listed(self, draft: Draft, since: datetime) -> dict[str, Any] | None:
        """A post of the location with our words and link; one that people see, or may see, before one that is dead."""
        with self.talking():
            return self.search(
                self._own(),
                since,
                at=lambda post: moment(post.get("createTime")),
                order=lambda _: None,  # Google does not say in which order it lists
                same=lambda post: same(post, *apart(draft)),
                shows=lambda post: (post.get("summary"), str(post.get("searchUrl") or "")),
            )

    def _own(self) -> Iterator[Page]:
        """The location's posts, in one piece.

        A list that is missing altogether proves nothing, although Google may leave out an empty one.
        """
        posts: list[Any] = []
        asked = {"pageSize": str(_PAGE)}
        for _ in range(PAGES):
            told = self.sent("GET", f"/v4/{self.options.location}/localPosts", params=asked)
            posts += told["localPosts"]
            asked["pageToken"] = str(told.get("nextPageToken") or "")
            if not asked["pageToken"]:
                break
        yield Page(sorted(posts, key=lambda post: bool(post.get("state") == "REJECTED")), more=bool(asked["pageToken"]))

    def _decided(self, post: dict[str, Any]) -> Receipt:
        """What Google has decided about a post that it has.

        :raises TurnedDown: when it does not show it
        :raises UnderReview: when it has not decided yet
        :raises Unknown: when it does not say
        """
        name, state = post.get("name"), post.get("state")
        if not isinstance(name, str) or not re.fullmatch(rf"{PLACE}/localPosts/[^/\s?#]+", name):
            raise self.unreadable("the answer does not name the post")
        if not isinstance(state, str):
            raise self.unreadable("the answer does not say whether the post is shown")
        if state == "REJECTED":
            raise self._turned_down()
        if state != "LIVE":
            raise UnderReview(f"{self.account}: Google has taken it and looks at it before it shows it ({state})", name)
        return Receipt(id=name, url=str(post.get("searchUrl") or ""), at=self.clock())

    def _turned_down(self) -> TurnedDown:
        return TurnedDown(
            f"{self.account}: Google has looked at it and does not show it, and gives no reason. Its rules allow no "
            "phone number and no link in the text, and only what is about the place itself. Change the post, then try "
            "again"
        )
