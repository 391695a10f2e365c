"""What cannot be undone, for pages: a post is changed where it is out, taken back, published again, or sent now.

A page first shows what would be done, with a checksum of all that it rests on. Doing it needs that checksum: where
anything changed meanwhile, also because the same form was sent before, nothing is done.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from crosspost.app.deciding import update_unpublish
from crosspost.app.preview import preview
from crosspost.app.preview_words import difference
from crosspost.app.runner import check
from crosspost.app.running.publish import PublishView, publish
from crosspost.errors import CrosspostError
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.preview_model import AccountPreview
    from crosspost.ledger import Delivery, Ledger, Person

Act = Literal["update", "unpublish", "again", "now"]
ACTS: tuple[Act, ...] = get_args(Act)
#: why an account cannot be chosen, or what becomes of it there; what pages say about each is in their templates
Remark = Literal["", "same", "cannot edit", "cannot delete", "may be out", "waits for a yes", "old", "left out"]
#: remarks of accounts on which it cannot be done
_NOT: tuple[Remark, ...] = ("same", "cannot edit", "cannot delete", "may be out")
#: remarks of accounts on which it is done only where a person chooses them
_LATER: tuple[Remark, ...] = ("old", "left out")


class ChangedMeanwhile(CrosspostError):
    """What a person looked at is not so any more, perhaps because the same form was sent before."""


class Offer(Value, frozen=True, kw_only=True):
    """One account on which it could be done. ``difference`` are the lines of what is out against what is said now."""

    account: str
    delivery: "Delivery | None" = None
    remark: Remark = ""
    difference: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether it can be done here."""
        return self.remark not in _NOT

    @property
    def meant(self) -> bool:
        """Whether it is done here unless a person says otherwise."""
        return self.possible and self.remark not in _LATER


class Intent(Value, frozen=True, kw_only=True):
    """What would be done to one post. ``seen`` is a checksum of all that it rests on."""

    act: Act
    post: str
    offers: tuple[Offer, ...]
    seen: str


def possible(rows: "Sequence[Delivery]", accounts: Sequence[str], *, there: bool) -> tuple[Act, ...]:
    """What could be done to a post with these deliveries, at a glance.

    :param accounts: those of the config
    :param there: whether the site has the post, and it may go out
    """
    out, waiting = update_unpublish.out_and_waiting(rows)
    begun = {row.account for row in rows if row.state in ("sent", "sending", "unknown", "held") or _back(row)}
    wanted: dict[Act, bool] = {
        "update": there and any(row.state == "sent" for row in rows),
        "unpublish": bool(out or waiting),
        "again": there and any(map(_back, rows)),
        "now": there and bool(set(accounts) - begun),
    }
    return tuple(act for act in ACTS if wanted[act])


def look(app: "App", act: Act, post: str, path: str) -> Intent:
    """What would be done; asks no network and changes nothing.

    :param post: its id in the ledger
    :param path: its file; "" when the site does not have it any more
    :raises CrosspostError: when the post cannot be read
    """
    from crosspost.app.editing.editable import reading

    with reading(app) as ledger:
        rows = [row for row in ledger.deliveries(post=post) if row.part == 1] if ledger is not None else []
    by_account = {row.account: row for row in rows}
    shown = {} if act == "unpublish" else _composed(app, path)
    offers = tuple(
        offer
        for name in app.accounts()
        if (offer := _offer(app, act, name, by_account.get(name), shown.get(name))) is not None
    )
    return Intent(act=act, post=post, offers=offers, seen=_checksum(act, offers, shown))


def do(app: "App", intent: Intent, path: str, accounts: Sequence[str], person: "Person") -> list[str]:
    """Do it on these accounts, once, and write down before who wanted it.

    :param intent: what the person saw
    :returns: what else they should know, sentences
    :raises ChangedMeanwhile: when something is not as it was seen; nothing was done then
    :raises CrosspostError: when it cannot be done
    """
    chosen = [offer.account for offer in intent.offers if offer.possible and offer.account in accounts]
    if not chosen:
        raise CrosspostError("no account was chosen on which that can be done; nothing was done")
    check(app, chosen)

    def begin(ledger: "Ledger") -> None:
        if look(app, intent.act, intent.post, path).seen != intent.seen:
            raise ChangedMeanwhile("something changed since you looked; nothing was done. Look at it again")
        for name in chosen:
            ledger.audit.note(person, _CALLED[intent.act], post=intent.post, account=name)

    if intent.act in ("again", "now"):
        watch = _Watch(begin)
        _, wrong = publish(app, [Path(path)], chosen, watch, again=intent.act == "again", named=True)
        if wrong:
            raise CrosspostError(" ".join(one.error for one in wrong))
        return watch.said
    with update_unpublish.ledger_of(app) as ledger:
        begin(ledger)
        rows = [row for row in ledger.deliveries(post=intent.post) if row.account in chosen]
        if intent.act == "update":
            sent = [row for row in rows if row.state == "sent"]
            update_unpublish.updated(app, ledger, [Path(path)], sent, chosen)
        else:
            update_unpublish.taken_back(app, ledger, chosen, rows)
    return []


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────

#: what the table of changes calls each
_CALLED: dict[Act, str] = {"update": "update", "unpublish": "unpublish", "again": "publish again", "now": "publish"}


class _Watch(PublishView):
    """Looks once more before anything is planned, and keeps what is to be told."""

    def __init__(self, begin: "Callable[[Ledger], None]") -> None:
        self._begin = begin
        self.said: list[str] = []

    def begin(self, ledger: "Ledger") -> None:
        self._begin(ledger)

    def warn(self, sentence: str) -> None:
        self.said.append(sentence)


def _composed(app: "App", path: str) -> "dict[str, AccountPreview]":
    """What the post says now on each account."""
    if not path:
        raise CrosspostError("the site does not have this post any more, so nothing can be sent of it")
    seen, wrong = preview(app, [Path(path)], list(app.accounts()), drawn=False)
    if wrong:
        raise CrosspostError(wrong[0].error)
    return {shown.network.account: shown for shown in seen[0].accounts}


def _offer(app: "App", act: Act, account: str, row: "Delivery | None", shown: "AccountPreview | None") -> Offer | None:
    """What could be done on one account; None where the act means nothing there."""
    from crosspost.config import registry
    from crosspost.delivery.digest import is_digest

    able = registry.load(app.accounts()[account].network).abilities
    remark: Remark | None = None
    if act == "update" and row is not None and row.state == "sent" and shown is not None:
        remark = "same" if shown.same else "" if able.edit else "cannot edit"
    elif act == "unpublish" and row is not None:
        out, waiting = update_unpublish.out_and_waiting([row])
        remark = "cannot delete" if out and not able.delete else "" if out or waiting else None
    elif act == "again" and row is not None and _back(row):
        remark = _may_go(app, account, shown)
    elif act == "now" and not (row is not None and (row.state == "sent" or _back(row) or is_digest(row.why))):
        remark = _may_go(app, account, shown) if row is None else _now(row) or _may_go(app, account, shown)
    if remark is None:
        return None
    lines = tuple(difference(shown)) if act == "update" and shown is not None else ()
    return Offer(account=account, delivery=row, remark=remark, difference=lines)


def _now(row: "Delivery") -> Remark:
    """What stands against sending a delivery now."""
    if row.state in ("sending", "unknown") or row.publishing_at is not None:
        return "may be out"
    return {"before": "old", "skipped": "left out"}.get(row.state, "")  # type: ignore[return-value]  # both are remarks


def _may_go(app: "App", account: str, shown: "AccountPreview | None") -> Remark | None:
    """What a person should know of it; None where the post says not to go there."""
    if shown is None or shown.skipped:
        return None
    return "waits for a yes" if account in app.approves() else ""


def _back(row: "Delivery") -> bool:
    from crosspost.ledger import TAKEN_BACK

    return row.state == "skipped" and row.why == TAKEN_BACK


def _checksum(act: Act, offers: Sequence[Offer], shown: "dict[str, AccountPreview]") -> str:
    """Changes with every delivery, with what is said, and with what is possible."""
    from crosspost.delivery.approval_checksum import checksum

    parts: list[str] = [act]
    for offer in offers:
        row, now = offer.delivery, shown.get(offer.account)
        state = (row.id, row.state, row.receipt, row.updated_at.isoformat()) if row is not None else ()
        says = checksum(now.draft, now.network) if now is not None and now.draft is not None else ""
        parts.append(repr((offer.account, offer.remark, state, says)))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
