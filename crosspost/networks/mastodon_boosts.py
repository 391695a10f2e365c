"""An account on Mastodon, or a relative, that boosts.

Sources: docs.joinmastodon.org/methods/statuses (boost, unboost), /methods/search, /entities/Status (reblogged), checked
2026-11-27. Boosting what is boosted already changes nothing there; the look does without that, for the relatives.
"""

from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from crosspost.errors import NotSent, Rejected, Unknown
from crosspost.model import Abilities, Prepared, Receipt
from crosspost.networks.base import Save
from crosspost.networks.boosting import Boosting
from crosspost.networks.mastodon import Mastodon


class MastodonBoosts(Boosting, Mastodon):
    """A boost is known by the id of the post that is boosted."""

    abilities = Abilities(card="none", alt_text=False, delete=True, absence_after=60, mentions="nothing")

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """A post of another server has an id of its own on ours, which has to fetch it first."""
        url = str(prepared.remote.get("boosts_url") or "")
        if "here" in prepared.remote or not url or urlsplit(url).netloc == urlsplit(self.base_url).netloc:
            return prepared
        with self.talking():
            found = self._client().search_v2(url, resolve=True, result_type="statuses")["statuses"]
        if len(found) != 1 or not found[0].get("id"):
            raise NotSent(f"{self.account}: {self.base_url} does not find {url}, so it cannot be boosted there")
        save("here", str(found[0]["id"]))
        return msgspec.structs.replace(prepared, remote=prepared.remote | {"here": str(found[0]["id"])})

    def publish(self, prepared: Prepared) -> Receipt:
        try:
            with self.talking(irreversible=True):
                self.id_of(self._client().status_reblog(_post(prepared)))
        except Rejected:
            if self.gone():
                url = prepared.remote.get("boosts_url") or _post(prepared)
                raise Rejected(
                    f"{self.account}: what {self.source} said is gone, so there is nothing to boost: {url}"
                ) from None
            raise
        return self._boosted(prepared)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # the post itself tells
        try:
            with self.talking():
                boosted = self._client().status(_post(prepared)).get("reblogged")
        except Rejected:
            if self.gone():  # the post, and every boost of it
                return None
            raise
        if not isinstance(boosted, bool):
            raise Unknown(f"{self.account}: the server does not say whether the post is boosted")
        return self._boosted(prepared) if boosted else None

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._client().status_unreblog(receipt.id)

    def _boosted(self, prepared: Prepared) -> Receipt:
        return Receipt(id=_post(prepared), url=str(prepared.remote.get("boosts_url") or ""), at=self.clock())


def _post(prepared: Prepared) -> str:
    """The id, on our server, of the post that is boosted."""
    return str(prepared.remote.get("here") or prepared.remote["boosts"])
