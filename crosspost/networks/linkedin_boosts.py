"""A person or an organisation on LinkedIn that reshares.

Sources: learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api (``reshareContext``), checked
2026-11-27. It is a post without words that names another one, a share or a ugcPost. That LinkedIn refuses it twice
within ten minutes, as it does with other posts, is not documented: nothing relies on it.
"""

from datetime import datetime
from typing import Any

from crosspost.model import Abilities, Prepared, Receipt
from crosspost.networks.base import Save
from crosspost.networks.boosting import Boosting
from crosspost.networks.linkedin import LinkedIn
from crosspost.networks.linkedin_post import moment, reshare_body, reshares


class LinkedInBoosts(Boosting, LinkedIn):
    """A person's posts cannot be read, so a lost answer is for a person; those of an organisation can."""

    abilities = Abilities(card="none", alt_text=False, delete=True, read_back=False, mentions="nothing")

    @property
    def able(self) -> Abilities:
        """What can be done with a reshare: of an organisation it can be looked up."""
        return (self.identity and self.identity.abilities) or self.abilities

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # nothing is prepared
        return prepared

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        me, wanted = self.me(), str(prepared.remote["boosts"])
        if not self.able.read_back:
            return None
        found = self.search(
            [self._posts(me.id, count=25)],
            since,
            at=lambda post: moment(post.get("publishedAt")) or moment(post.get("createdAt")),
            order=lambda post: moment(post.get("lastModifiedAt")),
            same=lambda post: reshares(post, wanted),
        )
        return self._receipt(self.id_of(found)) if found is not None else None

    def _body(self, prepared: Prepared) -> dict[str, Any]:
        return reshare_body(self.me().id, self.options.visibility, str(prepared.remote["boosts"]))
