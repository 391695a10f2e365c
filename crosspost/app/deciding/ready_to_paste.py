"""What a person posts by hand, ready to be pasted: for the command and the pages alike."""

from typing import TYPE_CHECKING

from crosspost.errors import CrosspostError
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery
    from crosspost.media import Fitted


class Handed(Value, frozen=True, kw_only=True):
    """``where`` is the address of the place it is posted, ``picture`` the file or the address of its picture."""

    number: int
    account: str
    where: str
    text: str
    picture: str

    @classmethod
    def of(cls, app: "App", row: "Delivery") -> "Handed | None":
        """What is to be posted; None when nobody is to post this delivery by hand."""
        if not row.handed or row.draft is None:
            return None
        picture = row.draft.images[0] if row.draft.images else None
        found = (picture.path or picture.url or "a card with its title") if picture is not None else ""
        where = str(app.network(row.account).options.channel) if row.account in app.accounts() else ""
        return cls(number=row.id, account=row.account, where=where, text=row.draft.text, picture=found)


def picture_of(app: "App", row: "Delivery") -> "Fitted | None":
    """The picture as it is to be posted; None when there is none, or it cannot be used any more."""
    if not row.handed or row.draft is None or not row.draft.images or row.account not in app.accounts():
        return None
    try:
        return app.network(row.account).fitted(row.draft.images[0])
    except CrosspostError:
        return None
