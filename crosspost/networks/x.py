"""X, through tweepy.

Sources: docs.x.com (x-api/posts/create-post, x-api/media, x-api/fundamentals/{rate-limits,counting-characters}),
openapi.json 2.167, checked 2026-11-22. tweepy knows no v2 media upload, so its signed ``request`` is used for that.
"""

import base64
import html
import re
from datetime import date, datetime
from typing import Any, ClassVar, Literal

import msgspec

from crosspost.compose import twitter_text
from crosspost.errors import AuthExpired, DeliveryError, NotSent, Unknown
from crosspost.exchange import Exchange
from crosspost.model import Abilities, Draft, Identity, ImageLimits, Limits, Picture, Prepared, Price, Receipt, Value
from crosspost.networks.base import Network, Save, library, reached, recently

# docs.x.com/x-api/getting-started/pricing; what counts as a link is not said there, so every link X would make one does
_POST, _POST_WITH_LINK, _ALT_TEXT = 0.015, 0.200, 0.005
# code 385: right after a post, an answer to it may come too early
_NOT_VISIBLE = re.compile(rb'"code"\s*:\s*385\b|not visible to you')
#: posts of one look: each that is read costs
_LOOKED_AT = 20
_OAUTH1 = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


class Options(Value, frozen=True, kw_only=True):
    """``reply_settings``: who may answer; "" is everybody."""

    reply_settings: Literal["", "following", "mentionedUsers", "subscribers", "verified"] = ""


class X(Network):
    key = "x"
    name = "X"
    limits = Limits(
        text=280,
        unit="x",
        url_length=23,
        images=ImageLimits(count=4, formats=("JPEG", "PNG", "WEBP"), bytes=5_000_000, alt=1000),
        source="https://docs.x.com/fundamentals/counting-characters",
        checked=date(2026, 11, 22),
    )
    # No idempotency key; but a byte-identical post is refused as duplicate, which guards a repetition after the
    # timeline has shown nothing for two minutes.
    # The same text on several accounts: forbidden by help.x.com/en/rules-and-policies/x-automation.
    abilities = Abilities(card="crawler", delete=True, thread=True, absence_after=120, same_text_once=True)
    Options = Options
    hint = '# link = "none"                # X bills $0.20 for a post with a link and $0.015 for one without'
    credentials: ClassVar = {
        "consumer_key": "the app's API key (console.x.com)",
        "consumer_secret": "the app's API key secret",
        "access_token": "the account's access token",
        "access_token_secret": "the account's access token secret",
        "bearer_token": "an OAuth 2.0 user access token, instead of the four above",
    }
    home = "https://api.x.com"
    fixed_hosts = ("https://api.twitter.com",)

    def connect(self) -> Identity:
        with self.talking():
            me = self._client().get_me(user_auth=self._oauth1).data
        if not me or not me.get("id"):
            raise AuthExpired(f"{self.account}: X did not say whose token this is")
        return Identity(id=str(me["id"]), handle=f"@{me['username']}", url=f"https://x.com/{me['username']}")

    def price(self, draft: Draft) -> Price:
        alt_texts = _ALT_TEXT * sum(bool(picture.alt) for picture in draft.images)
        posts = (draft, *draft.parts)  # every part of a thread is a post
        linked = sum(bool(twitter_text.find_urls(post.text)) for post in posts)
        return Price(
            amount=round(_POST_WITH_LINK * linked + _POST * (len(posts) - linked) + alt_texts, 3),
            without_link=round(_POST * sum(post.text != post.link for post in posts) + alt_texts, 3),
            source="https://docs.x.com/x-api/getting-started/pricing",
            checked=date(2026, 11, 22),
        )

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        return self.uploaded(prepared, save, self._upload)

    def publish(self, prepared: Prepared) -> Receipt:
        draft = prepared.draft
        options = msgspec.convert(draft.options, Options)
        media = [prepared.remote[f"media_{n}"] for n in range(len(draft.images))]
        with self.talking(irreversible=True):
            tweet = (
                self._client()
                .create_tweet(
                    text=draft.text,
                    media_ids=media or None,
                    in_reply_to_tweet_id=prepared.reply_to or None,
                    reply_settings=(options.reply_settings or None) if not prepared.reply_to else None,
                    user_auth=self._oauth1,
                )
                .data
            )
        if not tweet or not tweet.get("id"):
            raise self.unreadable("the answer has no id")
        return self._receipt(str(tweet["id"]))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        with self.talking():
            answer = self._client().get_users_tweets(
                self.me().id,
                max_results=_LOOKED_AT,
                start_time=recently(since),
                tweet_fields=["created_at", "entities", "referenced_tweets"],
                user_auth=self._oauth1,
            )
        tweets = answer.data or []
        for tweet in tweets:
            if _said(tweet) == _normal(prepared.draft.text) and _answers(tweet, prepared.reply_to):
                return self._receipt(str(tweet["id"]))
        reached(len(tweets), _LOOKED_AT, tweets[-1].get("created_at") if tweets else None, since)
        return None

    @classmethod
    def id_in(cls, url: str) -> str:
        found = re.search(r"/status/(\d+)", url)
        return found[1] if found else ""

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._client().delete_tweet(receipt.id, user_auth=self._oauth1)

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        said = f"{self.account}: X says: {self.sentence(exchange)}"
        if exchange.status == 402:
            return AuthExpired(f"{said}. The prepaid credits are used up: top them up in the X console")
        if exchange.status == 403 and irreversible and _NOT_VISIBLE.search(exchange.body):
            return NotSent(f"{said}. The part before is not visible yet")
        if exchange.status == 403 and irreversible and b"duplicate content" in exchange.body:
            return Unknown(f"{said}. The same text is already on the account, perhaps from an earlier attempt")
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _oauth1(self) -> bool:
        return "bearer_token" not in self._credentials

    def _client(self) -> Any:
        tweepy = library("tweepy", "x")
        names = _OAUTH1 if self._oauth1 else ("bearer_token",)
        client = tweepy.Client(**{name: self.secret(name) for name in names})
        client.session = self.session
        client.user_agent = self.session.headers["User-Agent"]
        return client

    def _upload(self, picture: Picture) -> str:
        fitted = self.fitted(picture)
        client = self._client()
        with self.talking():
            answer = client.request(
                "POST",
                "/2/media/upload",
                json={"media": base64.b64encode(fitted.data).decode("ascii"), "media_category": "tweet_image"},
                user_auth=self._oauth1,
            )
            media_id = str(answer.json()["data"]["id"])
        if picture.alt:
            with self.talking():
                client.request(
                    "POST",
                    "/2/media/metadata",
                    json={"id": media_id, "metadata": {"alt_text": {"text": picture.alt}}},
                    user_auth=self._oauth1,
                )
        return media_id

    def _receipt(self, tweet_id: str) -> Receipt:
        me = self.identity
        page = f"{me.url}/status/{tweet_id}" if me is not None else f"https://x.com/i/status/{tweet_id}"
        return Receipt(id=tweet_id, url=page, at=self.clock())


def _answers(tweet: Any, post: str) -> bool:
    """Whether a post answers the one with this id (""; none of ours); X may not say what it answers."""
    refers = tweet.get("referenced_tweets") or []
    answered = [one for one in refers if one["type"] == "replied_to"]
    return not answered or bool(post and any(str(one["id"]) == post for one in answered))


def _said(tweet: Any) -> str:
    """A post's text as it was written: X escapes HTML, shortens links and appends one for pictures."""
    text = html.unescape(str(tweet["text"]))
    for link in (tweet.get("entities") or {}).get("urls") or []:
        expanded = str(link.get("expanded_url", ""))
        text = text.replace(str(link["url"]), "" if "/photo/" in expanded else expanded)
    return _normal(text)


def _normal(text: str) -> str:
    return " ".join(text.split())
