"""Who changed what by hand."""

from typing import TYPE_CHECKING

from crosspost.app.editing.editable import reading, writing
from crosspost.app.ledger_access import no_ledger_yet

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Done, Person


def changes(app: "App", *, post: str = "", limit: int = 200) -> "list[Done]":
    """What people changed, newest first.

    :param post: only this post's id; "": all
    :param limit: at most so many; 0: all
    """
    with reading(app) as ledger:
        return ledger.audit.newest(post=post, limit=limit) if ledger is not None else []


def note(app: "App", person: "Person", action: str, *, post: str = "", account: str = "", said: str = "") -> None:
    """Write down a change that is made elsewhere, if there is a ledger yet.

    :param action: one of the words in `crosspost help editing`, such as "settle"
    :param said: what it was, without any secret
    """
    if app.settings is not None and not no_ledger_yet(app):
        with writing(app) as ledger:
            ledger.audit.note(person, action, post=post, account=account, said=said)
