"""X, through tweepy.

Sources: docs.x.com (x-api/posts/create-post, x-api/media, x-api/fundamentals/{rate-limits,counting-characters}),
openapi.json 2.167, checked 2026-11-22. tweepy has no v2 media upload, so its signed ``request`` is used for that.
"""

import base64
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from crosspost.compose import twitter_text
from crosspost.errors import AuthExpired, DeliveryError, NotSent, Unknown
from crosspost.model import (
    Abilities,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Picture,
    PollLimits,
    Prepared,
    Price,
    Receipt,
    Remark,
    Value,
    VideoLimits,
)
from crosspost.networks.base import Network, Save
from crosspost.networks.drafting import shown
from crosspost.networks.forms import form
from crosspost.networks.library import library
from crosspost.networks.post_search import Page, moment, plain
from crosspost.networks.protocols.oauth_refresh import RefreshingLogin
from crosspost.text.lazy_pattern import lazy
from crosspost.transport.exchange import Exchange

if TYPE_CHECKING:
    from crosspost.model.response import Responses

# docs.x.com/x-api/getting-started/pricing; it does not define a link, so everything that X turns into a link counts
_POST, _POST_WITH_LINK, _ALT_TEXT, _READ = 0.015, 0.200, 0.005, 0.005
PRICES = "https://docs.x.com/x-api/getting-started/pricing"
# code 385: a reply may come too soon after the post it replies to
_NOT_VISIBLE = lazy(rb'"code"\s*:\s*385\b|not visible to you')
_VIDEOS = VideoLimits(
    containers=("MP4", "MOV", "GIF"), bytes=512_000_000, gif_bytes=15_000_000, shortest=0.5, longest=140,
    max_width=1280, max_height=1280, pixels=1280 * 1080, min_ratio=1 / 3, max_ratio=3, rate=60, frames=350, alt=-1,
    captions=500_000, captions_as="SRT",  # no limit of captions is documented
)  # fmt: skip
_OAUTH1 = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


class Options(Value, frozen=True, kw_only=True):
    """``reply_settings``: who may reply; "" is everybody. ``place`` is the id of a place of X."""

    reply_settings: Literal["", "following", "mentionedUsers", "subscribers", "verified"] = ""
    place: Annotated[str, form("[0-9a-f]{16}", 'the id of the place, such as "01a9a39529b27f36"')] = ""


class X(Network):
    key = "x"
    name = "X"
    limits = Limits(
        text=280,
        unit="x",
        url_length=23,
        hashtag_signs="\u200c\u200d·・׳״־་༌゠〜～゛゜〃\ua67e",  # twitter-text
        images=ImageLimits(count=4, formats=("JPEG", "PNG", "WEBP"), bytes=5_000_000, alt=1000),
        polls=PollLimits(options=4, characters=25, shortest=300, longest=604_800),  # create-post, poll
        # x-api/media/quickstart/best-practices; words are documented for pictures only
        videos=_VIDEOS,
        source="https://docs.x.com/fundamentals/counting-characters",
        checked=date(2026, 11, 22),
    )
    # There is no idempotency key, but an identical post is refused as a duplicate, which protects a repetition after
    # the timeline has shown nothing for two minutes.
    # The same text on several accounts: forbidden by help.x.com/en/rules-and-policies/x-automation.
    # What was answered would cost as much for each reply, and only a week of it can be searched: figures only.
    abilities = Abilities(
        card="crawler",
        delete=True,
        thread=True,
        absence_after=120,
        same_text_once=True,
        responses=("likes", "reposts", "replies", "views"),
    )
    responses_price = Price(amount=_READ, without_link=_READ, source=PRICES, checked=date(2026, 11, 22))
    look = Look(
        layout="timeline", brand=("#0f1419", "#71767b"), link=("#1d9bf0", "#1d9bf0"), round_cards=True, short_links=True
    )
    Options = Options
    example = """\
# link = "none"                  # X charges $0.20 for a post with a link and $0.015 without
# reply_settings = "following"   # who may answer: following, mentionedUsers, subscribers, verified; else everybody
# place = "df51dec6f4ee2b2c"     # where it is: the id of one of X's places; mostly said in a post
"""
    hint = "link"
    credentials: ClassVar = {
        "consumer_key": "the app's API key (console.x.com)",
        "consumer_secret": "the app's API key secret",
        "access_token": "the account's access token",
        "access_token_secret": "the account's access token secret",
        "bearer_token": "an OAuth 2.0 user access token, instead of the four above",
        "refresh_token": "its refresh token, so that it is renewed every two hours",
        "client_id": "the app's OAuth 2.0 client ID, for that",
        "client_secret": "the app's OAuth 2.0 client secret, for that; a native app has none",
    }
    login = "crosspost.networks.logins.x:XLogin"
    boosts = "crosspost.networks.x_boosts:XBoosts"
    home = "https://api.x.com"
    fixed_hosts = ("https://api.twitter.com",)

    def connect(self) -> Identity:
        token = self._login().token(may_be_first=True) if self._renews else ""
        try:
            me = self._who(token)
        except AuthExpired:
            if not self._renews or self.session.last is None or self.session.last.status != 401:
                raise
            me = self._who(self._login().renewed(token))
        if not me or not me.get("id"):
            raise AuthExpired(f"{self.account}: X did not say whose token this is")
        url = f"{self.page('https://x.com', '/x')}/{me['username']}"
        return Identity(id=str(me["id"]), handle=f"@{me['username']}", url=url)

    def remarks(self) -> list[Remark]:
        from crosspost.networks import x_rights  # for `crosspost doctor` only

        if self._renews:
            return x_rights.missing_scopes(self._login().scopes, self.account)
        return x_rights.read_only(self.session.last, self.account)

    def price(self, draft: Draft) -> Price:
        alt_texts = _ALT_TEXT * sum(bool(picture.alt) for picture in draft.images)
        posts = (draft, *draft.parts)  # every part of a thread is a post
        linked = sum(bool(twitter_text.find_urls(post.text)) for post in posts)
        return Price(
            amount=round(_POST_WITH_LINK * linked + _POST * (len(posts) - linked) + alt_texts, 3),
            without_link=round(_POST * sum(post.text != post.link for post in posts) + alt_texts, 3),
            source=PRICES,
            checked=date(2026, 11, 22),
        )

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        if prepared.draft.video is None:
            return self.uploaded(prepared, save, self._upload)
        from crosspost.networks.x_uploads import with_video  # few posts have one

        return with_video(self, prepared, save)

    def publish(self, prepared: Prepared) -> Receipt:
        draft = prepared.draft
        options = self.spoken(draft)
        media = [prepared.remote[f"media_{n}"] for n in range(shown(draft))]
        client = self._client()
        with self.talking(irreversible=True):
            tweet = client.create_tweet(
                text=draft.text,
                media_ids=media or None,
                in_reply_to_tweet_id=prepared.reply_to or None,
                poll_options=list(draft.poll.options) if draft.poll else None,
                poll_duration_minutes=draft.poll.seconds // 60 if draft.poll else None,
                reply_settings=(options.reply_settings or None) if not prepared.reply_to else None,
                place_id=options.place or None,
                user_auth=self._oauth1,
            ).data
        return self._receipt(self.id_of(tweet or {}))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        from crosspost.networks.x_timeline import answers_to, same  # few runs look for a post

        found = self.search(
            self._timeline(since),
            since,
            at=lambda tweet: (
                moment(tweet.get("created_at")) or self.search_start(since)
            ),  # no older ones were requested
            same=lambda tweet: answers_to(tweet, prepared.reply_to) and same(tweet, prepared.draft.text),
            shows=lambda tweet: (plain(str(tweet.get("text") or "")), self._receipt(self.id_of(tweet)).url),
        )
        return self._receipt(self.id_of(found)) if found is not None else None

    hosts: ClassVar = ("x.com", "twitter.com")
    answers = True

    @classmethod
    def id_in(cls, url: str) -> str:
        found = re.search(r"/status/(\d+)", url)
        return found[1] if found else ""

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._client().delete_tweet(receipt.id, user_auth=self._oauth1)

    def responses(self, receipt: Receipt) -> "Responses | None":
        """Figures (docs.x.com/x-api/fundamentals/metrics, public_metrics); asking is billed as reading one post."""
        from crosspost.networks.x_responses import responses_of  # a run needs none of it

        client = self._client()
        with self.talking():
            return responses_of(client.get_tweet(receipt.id, tweet_fields=["public_metrics"], user_auth=self._oauth1))

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        message = f"{self.account}: X says: {self.sentence(exchange)}"
        if exchange.status == 402:
            return AuthExpired(f"{message}. The prepaid credits are used up: top them up in the X console")
        if exchange.status == 403 and irreversible and _NOT_VISIBLE.search(exchange.body):
            return NotSent(f"{message}. The part before is not visible yet")
        if exchange.status == 403 and irreversible and b"duplicate content" in exchange.body:
            return Unknown(f"{message}. The same text is already on the account, perhaps from an earlier attempt")
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _oauth1(self) -> bool:
        return not self.has("bearer_token") and not self._renews

    @property
    def _renews(self) -> bool:
        return self.has("refresh_token")

    def _client(self, token: str = "") -> Any:
        """A client with the account's tokens.

        :param token: an OAuth 2.0 token to be used; "" takes the account's own
        """
        tweepy = library("tweepy", "x")
        if self._renews:
            client = tweepy.Client(bearer_token=token or self._login().token())
        else:
            names = _OAUTH1 if self._oauth1 else ("bearer_token",)
            client = tweepy.Client(**{name: self.secret(name) for name in names})
        client.session = self.session
        client.user_agent = self.session.headers["User-Agent"]
        return client

    def _login(self) -> RefreshingLogin:
        first = self.secret("bearer_token") if self.has("bearer_token") else ""
        return RefreshingLogin(self, f"{self.base_url}/2/oauth2/token", first=first)

    def _who(self, token: str) -> Any:
        client = self._client(token)
        with self.talking():
            return client.get_me(user_auth=self._oauth1).data

    def _timeline(self, since: datetime) -> Iterator[Page]:
        """The account's posts since then; an empty response is trusted only if its count is 0."""
        page, token = self.ask_since(since, self._tweets)
        yield page
        while token:
            page, token = self._tweets(self.search_start(since), token)
            yield page

    def _tweets(self, start: datetime, token: str | None = None) -> tuple[Page, str | None]:
        """One page, and the token for the next."""
        with self.talking():
            answer = self._client().get_users_tweets(
                self.me().id,
                max_results=20,
                start_time=start,
                pagination_token=token,
                tweet_fields=["created_at", "entities", "referenced_tweets"],
                user_auth=self._oauth1,
            )
            if answer.data is None and answer.meta["result_count"] != 0:
                raise ValueError("the count does not match the missing posts")
            posts, following = [tweet.data for tweet in answer.data or []], answer.meta.get("next_token")
        return Page(posts, more=bool(following or (posts and not answer.meta))), following

    def _upload(self, picture: Picture) -> str:
        fitted = self.fitted(picture)
        data = base64.b64encode(fitted.data).decode("ascii")
        answer = self.send("POST", "/2/media/upload", {"media": data, "media_category": "tweet_image"})
        media_id = str(answer["data"]["id"])
        if picture.alt:
            about = {"id": media_id, "metadata": {"alt_text": {"text": picture.alt}}}
            self.send("POST", "/2/media/metadata", about)
        return media_id

    def send(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        client = self._client()
        with self.talking():
            answer = client.request(method, path, params=query or None, json=body, user_auth=self._oauth1)
            return dict(answer.json())

    def _receipt(self, tweet_id: str) -> Receipt:
        me = self.identity
        page = me.url if me is not None else f"{self.page('https://x.com', '/x')}/i"
        return Receipt(id=tweet_id, url=f"{page}/status/{tweet_id}", at=self.clock())
