"""Alerts of deliveries: failed, held, in doubt, to be approved; out with less than was meant; waiting for a page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from crosspost.ledger import Delivery
from crosspost.ledger.history import Went
from crosspost.model import Doubt
from crosspost.notifications.alert import Alert, capital, lasting, said_by, stop
from crosspost.notifications.situation import Asked

#: a delivery in doubt for so long will hardly clear up by itself
DOUBT = timedelta(hours=6)
#: so many people are named in one alert
_NAMED = 10


def of_delivery(row: Delivery, now: datetime, doubt: Doubt) -> Iterator[Alert]:
    """One that failed, is held, or has been in doubt for long."""
    part = f", part {row.part} of its thread" if row.part > 1 else ""
    what, why = f"{row.post} on {row.account}{part}", said_by(row.error or row.why, row.account)
    settle, url = f"crosspost settle {row.id}", " URL" if doubt.url else ""
    if row.state == "failed":
        todo = f"`crosspost retry {row.id}` tries it again, `{settle} --skip` leaves it."
        yield Alert(key=f"failed:{row.id}", says=f"Not sent: {what}: {why}", todo=todo)
    elif row.handed:
        yield _by_hand(row)
    elif row.state == "held":
        todo = f"{capital(doubt.look)}, then `{settle}` with --sent{url}, --not-sent or --skip."
        says = f"Waits for you: {what}: {why}"
        yield Alert(key=f"held:{row.id}", says=says, todo=f"{todo} See `crosspost help doubt`.")
    elif row.told_as == "kept":
        yield from _kept(row, what, why, now)
    elif row.state == "unknown" and now - (row.publishing_at or row.updated_at) >= DOUBT:
        todo = f"crosspost goes on looking; if you see that it is out, `{settle} --sent{url}` ends that."
        says = f"In doubt for {lasting(now - (row.publishing_at or row.updated_at))}: {what}: {why}"
        yield Alert(key=f"unknown:{row.id}", says=says, todo=todo)


def _kept(row: Delivery, what: str, why: str, now: datetime) -> Iterator[Alert]:
    """What its network keeps until its time, if it is not to have it any more, or does not show it."""
    if row.late(now) and row.kept_until is not None:
        todo = f"Look there; if it is out, `crosspost settle {row.id} --sent URL`. It is not sent again by itself."
        late = f"{lasting(now - row.kept_until)} after its time its network, which has it, does not show it"
        says = f"Not out: {what}: {late}."
        yield Alert(key=f"late:{row.id}", says=says, todo=f"{todo} See `crosspost help schedule`.")
    elif row.as_handed:
        todo = "The next run tries again. To stop it, delete it there."
        yield Alert(key=f"kept:{row.id}", says=f"Goes out as it was: {what}: {why}", todo=todo)


def _by_hand(row: Delivery) -> Alert:
    """What a person posts by hand: all of it, ready to be pasted. Worded anew it is told anew."""
    draft, settle = row.draft, f"crosspost settle {row.id}"
    text = draft.text if draft is not None else ""
    path = draft.images[0].path or draft.images[0].url if draft is not None and draft.images else ""
    picture = f"\n\nIts picture: {path}" if path else ""
    todo = f"Post it there, then `{settle} --sent`; `{settle} --skip` leaves it. See `crosspost help by-hand`."
    says = f"To be posted by hand on {row.account}, {row.post}:\n\n{text}{picture}\n\n"
    return Alert(key=f"handed:{row.id}:{row.updated_at:%Y%m%d%H%M}", says=says, todo=todo)


def of_approval(asked: Asked, files: Mapping[str, str]) -> Alert:
    """A changed text has another key, and so is told anew."""
    row, file = asked.delivery, files.get(asked.delivery.post, asked.delivery.post)
    return Alert(
        key=f"approval:{row.id}:{asked.seen[:8]}",
        says=f"Waits for approval: {row.post} on {row.account}.",
        todo=f"`crosspost approve {file} --account {row.account}` shows it and lets it go out.",
        link=asked.link,
    )


def of_people(row: Delivery, people: Sequence[str], doubt: Doubt) -> Alert:
    """Who may or may not have a mail that is out: told once, however many of them are settled one by one."""
    who = ", ".join(people[:_NAMED]) + (f" and {len(people) - _NAMED} more" if len(people) > _NAMED else "")
    persons = "1 person" if len(people) == 1 else f"{len(people)} people"
    how = f"`crosspost settle {row.id} --recipient ADDRESS --sent` or `--not-sent`"
    return Alert(
        key=f"people:{row.id}",
        says=f"{persons} may or may not have {row.post} of {row.account}: {who}.",
        todo=f"{capital(doubt.look)}, then say for each {how}. See `crosspost help doubt`.",
    )


def of_notes(went: Went) -> Alert:
    """What somebody should know of a delivery although it is out, such as who was refused."""
    says = f"{went.post} is out on {went.account}, but: {said_by(went.notes, went.account)}"
    return Alert(key=f"notes:{went.id}", says=says, todo="")


def of_pages(rows: Iterable[Delivery]) -> Iterator[Alert]:
    """Posts whose page is not on the web after the deadline: one alert, however many accounts wait for it."""
    for row in rows:
        if row.state == "planned" and row.attempts == 0 and row.error.startswith("waits for the page"):
            says = f"Not sent yet: {row.post} {stop(row.error)}"
            yield Alert(
                key=f"page:{row.post}",
                says=says,
                todo="Is the site built and on the web? See `crosspost help schedule`.",
            )


def of_pictures(sent: Iterable[Delivery]) -> Iterator[Alert]:
    """Posts that went out without a picture they name: news for some days, an alert a post."""
    lost: dict[str, dict[str, dict[str, None]]] = {}
    for row in sent:
        for said in row.draft.lost_pictures if row.draft is not None else ():
            lost.setdefault(row.post, {}).setdefault(said_by(said, row.account), {})[row.account] = None
    for post, several in lost.items():
        where = ", ".join(dict.fromkeys(account for accounts in several.values() for account in accounts))
        says = f"{post} went out without its picture on {where}: {' '.join(several)}"
        yield Alert(key=f"picture:{post}", says=says, todo="Repair it for the next time.")
