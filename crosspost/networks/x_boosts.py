"""An account on X that reposts.

Sources: docs.x.com/x-api/posts/retweets (quickstart/manage-retweets), x-api/getting-started/pricing ("User Interaction:
Create"), checked 2026-11-27. X refuses a second repost of the same post with a sentence, and status 400 or 403.
"""

from datetime import date, datetime
from typing import Any

from crosspost.errors import Rejected
from crosspost.model import Abilities, Draft, Prepared, Price, Receipt
from crosspost.networks.boosting import Boosting
from crosspost.networks.post_search import moment, text
from crosspost.networks.x import PRICES, X
from crosspost.text.lazy_pattern import lazy

_COSTS = 0.015
_DONE = lazy(rb"already (?:retweeted|reposted)")


class XBoosts(Boosting, X):
    """A repost is known by the id of the post; the account's timeline shows it as a post that refers to that one."""

    abilities = Abilities(card="none", alt_text=False, delete=True, absence_after=120, mentions="nothing")

    def price(self, draft: Draft) -> Price:  # noqa: ARG002  # every repost costs the same
        return Price(amount=_COSTS, without_link=_COSTS, source=PRICES, checked=date(2026, 11, 27))

    def prepare(self, prepared: Prepared, save: Any) -> Prepared:  # noqa: ARG002  # nothing is prepared
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        try:
            with self.talking(irreversible=True):
                told = self._asked("POST", json={"tweet_id": _post(prepared)})
        except Rejected:
            last = self.session.last
            if last is not None and _DONE.search(last.body):
                return self._boosted(prepared)  # that is what was wanted
            raise
        if not (told.get("data") or {}).get("retweeted"):
            raise self.unreadable("does not say that the post is reposted")
        return self._boosted(prepared)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        found = self.search(
            self._timeline(since),
            since,
            at=lambda tweet: moment(tweet.get("created_at")) or self.search_start(since),
            same=lambda tweet: _reposts(tweet, _post(prepared)),
        )
        return self._boosted(prepared) if found is not None else None

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._asked("DELETE", f"/{receipt.id}")

    def _asked(self, method: str, more: str = "", **fields: Any) -> dict[str, Any]:
        path = f"/2/users/{self.me().id}/retweets{more}"
        answer: dict[str, Any] = self._client().request(method, path, user_auth=self._oauth1, **fields).json()
        return answer

    def _boosted(self, prepared: Prepared) -> Receipt:
        return Receipt(id=_post(prepared), url=str(prepared.remote.get("boosts_url") or ""), at=self.clock())


def _post(prepared: Prepared) -> str:
    return str(prepared.remote["boosts"])


def _reposts(tweet: dict[str, Any], number: str) -> bool | None:
    """Whether a post of the timeline is a repost of that one; None where it looks like one and does not say of what."""
    refers = [one for one in tweet.get("referenced_tweets") or [] if one.get("type") == "retweeted"]
    if refers:
        return any(str(one.get("id")) == number for one in refers)
    said = text(tweet.get("text"))
    return None if said is None or said.startswith("RT @") else False
