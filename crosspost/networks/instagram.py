"""Instagram professional accounts, through facebook-sdk: with Facebook Login or Instagram Login.

Sources: developers.facebook.com/docs/instagram-platform/content-publishing and …/reference/ig-user/{media,
content_publishing_limit}; for five hashtags help.instagram.com/351460621611097; checked 2026-11-22.
"""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import msgspec

from crosspost.compose import for_post
from crosspost.errors import AuthExpired, DeliveryError, Rejected, Unsupported
from crosspost.model import (
    Abilities,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Post,
    Receipt,
    Remark,
    Video,
    VideoLimits,
)
from crosspost.networks.forms import NUMBER, form
from crosspost.networks.meta import graph
from crosspost.networks.meta.containers import ContainerNetwork, Steps
from crosspost.networks.meta.public_media import HostOptions, PageHost
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from crosspost.model.response import Responses

#: the API's address for Instagram Login; for Facebook Login it is ``home``
_OWN_HOME = "https://graph.instagram.com"
#: the text that replaces the address, which nobody could tap, by language
BIO: Mapping[str, str] = {
    "ar": "الرابط في البايو",
    "ca": "Enllaç a la bio",
    "cs": "Odkaz v biu",
    "da": "Link i bio",
    "de": "Link in der Bio",
    "el": "Link στο bio",
    "en": "Link in bio",
    "es": "Enlace en la bio",
    "fi": "Linkki biossa",
    "fr": "Lien dans la bio",
    "hu": "Link a bióban",
    "it": "Link in bio",
    "ja": "リンクはプロフィールから",
    "ko": "링크는 프로필에",
    "nb": "Lenke i bio",
    "nl": "Link in bio",
    "no": "Lenke i bio",
    "pl": "Link w bio",
    "pt": "Link na bio",
    "ro": "Link în bio",
    "ru": "Ссылка в шапке профиля",
    "sv": "Länk i bio",
    "tr": "Link biyografide",
    "uk": "Посилання в біо",
    "zh": "链接在主页简介",
}
_TAG = lazy(r"(?<![\w&/#＃])[#＃]\w")
_MENTION = lazy(r"(?<![\w/@])@\w")
MENTIONS = 20
#: a token that expires sooner gets a warning
SOON = timedelta(days=14)
log = logging.getLogger("crosspost.networks")


class Options(HostOptions, frozen=True, kw_only=True):
    """``login`` is which of Meta's logins issued the token; ``user`` is the Instagram account's id ("": look it up).

    ``bio``: true puts "Link in bio" in the post's language in place of its address, false nothing, a string that text.
    ``place`` is the id of a place's Page on Facebook.
    """

    carried: ClassVar = (*HostOptions.carried, "login", "user")
    login: Literal["facebook", "instagram"] = "facebook"
    user: Annotated[str, form(NUMBER, 'the number of the Instagram account, such as "17841400000000000"')] = ""
    bio: bool | str = True
    place: Annotated[str, form(NUMBER, 'the number of the place\'s Page, such as "106078429431815"')] | int = ""


class Instagram(ContainerNetwork):
    key = "instagram"
    name = "Instagram"
    limits = Limits(
        text=2200,
        unit="utf-16",  # the unit is not documented; this is the strictest one
        hashtags=5,
        images=ImageLimits(
            count=10,  # by the API; the app takes 20
            formats=("JPEG",),
            bytes=8_000_000,
            min_width=320,
            max_width=1440,
            min_ratio=4 / 5,
            max_ratio=1.91,
            alt=1000,
            alt_unit="utf-16",
        ),
        videos=VideoLimits(  # as a reel; words go with pictures only
            containers=("MP4", "MOV"),
            codecs=("H.264", "HEVC"),
            bytes=300_000_000,
            shortest=3,
            longest=900,
            max_width=1920,
            min_ratio=0.01,
            max_ratio=10,
            min_rate=23,
            rate=60,
            fast_start=True,
            poster=("picture", "time"),  # a picture must be on the site: only one that somebody names
            alt=-1,
        ),
        source="https://developers.facebook.com/docs/instagram-platform/content-publishing",
        checked=date(2026, 11, 22),
    )
    # The container's status is proof. A minute, because a request that was cut off may still be in progress.
    abilities = Abilities(
        card="none", needs_image=True, delete=True, absence_after=60, responses=("likes", "replies", "texts")
    )
    look = Look(layout="photo", brand=("#c13584", "#c13584"), link=("#00376b", "#9ccaff"))
    Options = Options
    example = """\
# login = "instagram"            # the token is from Instagram Login; "facebook": it is a Page token
# user = "17841400000000000"     # the Instagram account's id; without it the one the token or the Page belongs to
# bio = "Link in der Bio"        # said where the address would stand; true: in the post's language, false: nothing
# place = "213385402"            # where it is: the id of that place's Facebook Page; mostly said in a post
# host = "site"                  # the picture is fetched from your site (see crosspost images); "page": from your Page;
#                                # "store": from the store of pictures, see `crosspost help pictures`
# page = "1234567890"            # the Page's id; without it the Page the token belongs to
# folder = "crosspost"           # where crosspost images writes: a folder of this name beside the picture
"""
    hint = "login"
    credentials: ClassVar = {"access_token": "a Page access token, or a token of Instagram Login"}
    home = "https://graph.facebook.com"
    hosts: ClassVar = ("instagram.com",)
    login = "crosspost.networks.logins.instagram:InstagramLogin"
    token_ends = True
    style_defaults: ClassVar = {"link": "none"}
    version = graph.VERSION
    grant = "ig_refresh_token"
    steps = Steps(
        make="media",
        show="media_publish",
        posts="media",
        quota="content_publishing_limit",
        status="status_code",
        why="status",
        text="caption",
    )
    page_token = "access_token"  # noqa: S105  # the name of a credential: with Facebook Login it is the Page's

    def connect(self) -> Identity:
        own = self.options.login == "instagram"
        user = self.options.user or (self._own_id() if own else self._linked_id())
        with self.talking():
            account = self._graph().get_object(user, fields="id,username")
        if not account.get("username"):
            raise AuthExpired(f"{self.account}: Instagram did not say whose token this is")
        ends = self.renewal.look_after() if own else self._ends()
        # deleting is open to Facebook Login only
        able = msgspec.structs.replace(self.abilities, delete=False) if own else None
        handle = str(account["username"])
        url = f"{self._pages}/{handle}/"
        return Identity(id=user, handle=f"@{handle}", url=url, abilities=able, expires_at=ends)

    def remarks(self) -> list[Remark]:
        from crosspost.networks import instagram_rights  # for `crosspost doctor` only
        from crosspost.networks.meta import meta_rights

        if self.options.login == "instagram":
            return instagram_rights.remarks(self, self._graph(), self.steps)
        return meta_rights.remarks(
            self, self._graph(), meta_rights.INSTAGRAM, meta_rights.INSTAGRAM_COMMENTS["facebook"]
        )

    def compose(self, post: Post) -> Draft:
        override = post.overrides.for_account(self.account, self.key)
        style, options = for_post(self.style, self.options, override, post.path)
        in_bio = _in_bio(options.bio, style.language or post.lang) if post.url else ""
        draft = self.composed(post, instead=in_bio)
        for kind, found, most in (
            ("hashtags", _TAG.findall(draft.text), self.allowed.hashtags),
            ("mentions", _MENTION.findall(draft.text), MENTIONS),
        ):
            if len(found) > most:
                raise Unsupported(f"{self.account}: Instagram allows {most} {kind}; the text has {len(found)}")
        if draft.language or options.bio is not True or style.link == "text" or not post.url:
            return draft
        warning = (
            f"says “{BIO['en']}”, because the language of the post is not known: set `lang` in the post or the site"
        )
        return msgspec.structs.replace(draft, warnings=(*draft.warnings, warning))

    def responses(self, receipt: Receipt) -> "Responses | None":
        """Comments only where the token may read them."""
        from crosspost.model.response import Responses  # a run needs none of these
        from crosspost.networks import instagram_responses as read
        from crosspost.networks.meta import meta_responses, meta_rights

        client, login = self._graph(), self.options.login
        try:
            with self.talking():
                post = client.get_object(receipt.id, fields=read.POST)
                figures, number = read.figures_of(post), str(post["id"])
        except Rejected:
            if meta_responses.gone(self, client, meta_rights.READ_INSTAGRAM[login]):
                return None
            raise

        def asked(**where: Any) -> Any:
            return client.get_object(f"{number}/comments", fields=read.COMMENT, **where)

        found, unread = meta_responses.replies(
            self,
            client,
            meta_rights.INSTAGRAM_COMMENTS[login],
            figures.replies,
            lambda: read.flat(meta_responses.listed(asked, read.SIZE)),
        )
        with self.talking():
            replies = read.replies_of(found.rows, number, receipt.url, self.me().handle, self._pages)
        return Responses(figures=figures, replies=replies, whole=found.whole, unread=unread)

    def contents(self, draft: Draft, image_url: str) -> dict[str, str]:
        form = {"image_url": image_url} | self.album(draft)
        return form | ({"alt_text": draft.images[0].alt} if draft.images[0].alt else {})

    def film(self, draft: Draft, video: Video, video_url: str) -> dict[str, str]:
        form = {"media_type": "REELS", "video_url": video_url, "share_to_feed": "true"} | self.album(draft)
        if video.poster is not None:
            return form | {"cover_url": self.poster_address(draft, video)}
        return form | ({"thumb_offset": str(round(video.poster_at * 1000))} if video.poster_at >= 0 else {})

    def album(self, draft: Draft) -> dict[str, str]:
        return {"caption": draft.text} | graph.at_place(self.spoken(draft).place, "location_id")

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _pages(self) -> str:
        """What addresses of profiles begin with."""
        return self.page("https://www.instagram.com", "/instagram")

    @property
    def base(self) -> str:
        own = self.options.login == "instagram" and self.base_url == self.home
        return _OWN_HOME if own else self.base_url

    def _token(self) -> str:
        # a Page token does not end and cannot be renewed
        return super()._token() if self.options.login == "instagram" else self.secret("access_token")

    def _ends(self) -> datetime | None:
        """When a token of Facebook Login expires; logs a warning when that is soon."""
        try:
            with self.talking():
                end = graph.ends(self._graph())
        except DeliveryError:  # checking the token must not fail a delivery
            return None
        if end is not None and end - self.clock() < SOON:
            log.warning("%s: the Instagram token expires on %s: create a new one before then", self.account, end.date())
        return end

    def _page(self, chosen: Any) -> PageHost:
        if self.options.login == "instagram":
            raise Unsupported(f'{self.account}: host = "page" needs a Page token, that is login = "facebook"')
        return super()._page(chosen)

    def _own_id(self) -> str:
        with self.talking():
            user = self._graph().get_object("me", fields="user_id,username")
        if not user.get("user_id"):
            raise AuthExpired(f"{self.account}: Instagram did not say whose token this is")
        return str(user["user_id"])

    def _linked_id(self) -> str:
        """The id of the Instagram account that is linked to the token's Page."""
        with self.talking():
            page: dict[str, Any] = self._graph().get_object(self.options.page, fields="id,instagram_business_account")
        linked = page.get("instagram_business_account") or {}
        if not linked.get("id"):
            raise AuthExpired(
                f"{self.account}: no professional Instagram account is linked to this Page; link it in the Page's"
                " settings, or use a token with the scope instagram_basic"
            )
        return str(linked["id"])


def _in_bio(bio: bool | str, language: str) -> str:
    if isinstance(bio, str):
        return bio
    return BIO.get(language.partition("-")[0].lower(), BIO["en"]) if bio else ""
