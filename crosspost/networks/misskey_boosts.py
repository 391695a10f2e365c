"""An account on Misskey, or a relative, that renotes.

Sources: misskey-hub.net API reference (notes/create with ``renoteId``, users/notes with ``withRenotes``), checked
2026-11-27. The same note may be renoted again and again, so the account's own notes tell whether one is out.
"""

from datetime import datetime
from typing import Any

from crosspost.errors import Unsupported
from crosspost.model import Abilities, Prepared, Receipt
from crosspost.networks.base import Save
from crosspost.networks.boosting import Boosting
from crosspost.networks.misskey import Misskey, time_of


class MisskeyBoosts(Boosting, Misskey):
    """A renote is a note without words that names another one."""

    abilities = Abilities(card="none", alt_text=False, delete=True, absence_after=60, mentions="nothing")

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # nothing is prepared
        """Only a note of the same server has an id that is known here.

        :raises Unsupported: for another server's
        """
        url = str(prepared.remote.get("boosts_url") or "")
        if not url.startswith(f"{self.base_url}/"):
            raise Unsupported(f"{self.account}: {url} is on another server, which crosspost does not renote from")
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        note = {"renoteId": prepared.remote["boosts"], "visibility": self.options.visibility}
        with self.talking(irreversible=True):
            return self.receipt_of(self.call("notes/create", **note)["createdNote"])

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The newest renote of the note that is not older than ``since``; one with words of its own is a quote."""
        wanted = str(prepared.remote["boosts"])
        with self.talking():
            found = self.search(self.notes(renotes=True), since, at=time_of, same=lambda note: _renotes(note, wanted))
        return self.receipt_of(found) if found is not None else None


def _renotes(note: dict[str, Any], number: str) -> bool | None:
    """Whether a note is a plain renote of that one; None where it does not say."""
    if "renoteId" not in note or "text" not in note:
        return None
    return str(note["renoteId"] or "") == number and not note["text"]
