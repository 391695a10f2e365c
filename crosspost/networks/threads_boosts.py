"""An account on Threads that reposts.

Sources: developers.facebook.com/documentation/threads/posts/reposts and /reference/media-retrieval, checked 2026-11-27.
Nothing there says whether the same post may be reposted twice, so the account's own list tells whether one is out, nor
how a repost is taken back.
"""

from datetime import datetime
from typing import Any

from crosspost.model import Abilities, Prepared, Receipt
from crosspost.networks.base import Save
from crosspost.networks.boosting import Boosting
from crosspost.networks.meta import graph
from crosspost.networks.post_search import Page, moment
from crosspost.networks.threads import Threads

_FIELDS = "id,media_type,reposted_post,timestamp"


class ThreadsBoosts(Boosting, Threads):
    """A repost has an id of its own, and is listed among the account's posts."""

    # no container proves anything here: the list must have had its time
    abilities = Abilities(card="none", alt_text=False, absence_after=900, mentions="nothing")

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # nothing is prepared
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        with self.talking(irreversible=True):
            answer = self._graph().put_object(str(prepared.remote["boosts"]), "repost")
        # facebook-sdk ignores the HTTP status: a 500 with {} looks like success
        if not isinstance(answer, dict) or not answer.get("id"):
            raise self.unreadable("the answer has no id")
        return self._boosted(answer, prepared)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The newest repost of the post that is not older than ``since``."""
        wanted = str(prepared.remote["boosts"])
        with self.talking():
            page = graph.page(self._graph().get_object(f"{self.me().id}/threads", fields=_FIELDS, limit=50))
        found = self.search(
            [Page(page.posts, page.more)],
            since,
            at=lambda post: moment(post.get("timestamp")),
            same=lambda post: _reposts(post, wanted),
        )
        return self._boosted(found, prepared) if found is not None else None

    def _boosted(self, found: dict[str, Any], prepared: Prepared) -> Receipt:
        return Receipt(id=self.id_of(found), url=str(prepared.remote.get("boosts_url") or ""), at=self.clock())


def _reposts(post: dict[str, Any], number: str) -> bool | None:
    """Whether it is a repost of that one; None where it does not say."""
    kind = post.get("media_type")
    if kind is None:
        return None
    if kind != "REPOST_FACADE":
        return False
    source = post.get("reposted_post")
    return str(source.get("id")) == number if isinstance(source, dict) and source.get("id") else None
