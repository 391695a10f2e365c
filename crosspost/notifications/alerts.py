"""What needs a person, from what the ledger knows. Pure: the same situation has the same alerts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from crosspost.ledger import WAITS, Change, Delivery
from crosspost.notifications.account_alerts import of_account
from crosspost.notifications.alert import Alert, posts_in_words, stop
from crosspost.notifications.delivery_alerts import (
    of_approval,
    of_delivery,
    of_notes,
    of_pages,
    of_people,
    of_pictures,
)
from crosspost.notifications.situation import NEWS, Situation
from crosspost.text.mistakes import in_short


def alerts(situation: Situation) -> list[Alert]:
    """Everything that needs a person now: each alert once, what stops most first."""
    names = {account.name for account in situation.accounts}
    mine = tuple(row for row in situation.unsettled if row.account in names)
    of_accounts = {account.name: list(of_account(situation, account, mine)) for account in situation.accounts}
    stopped = {
        name for name, several in of_accounts.items() for one in several if one.key.startswith(("auth:", "pause:"))
    }
    found = [
        # whoever was told that an account is stopped, with its posts, knows why that one is silent
        *_silence(situation, [row for row in mine if row.account not in stopped]),
        *(alert for several in of_accounts.values() for alert in several),
        *(alert for row in mine for alert in of_delivery(row, situation.now, situation.doubt(row))),
        *(of_approval(one, situation.files) for one in situation.asked if one.delivery.account in names),
        *(
            of_people(row, people, situation.doubt(row))
            for row, people in situation.people
            if row.state == "sent"  # else it is under way, and others may come to it
        ),
        *(of_notes(went) for went in situation.noted),
        *of_pages(mine),
        *_held_back([row for row in situation.held_back if row.account in names]),
        *([Alert(key="branch:", says=stop(situation.elsewhere), todo="")] if situation.elsewhere else []),
        *of_pictures(row for row in situation.sent if row.account in names),
        *_unfetched(situation.unfetched),
        *_unwritten(situation.unwritten),
        *_unrecorded(situation.unrecorded),
        *_clock(situation.clock),
        *_changes(situation, [change for change in situation.changes if change.account in names]),
        *(
            Alert(
                key=f"refused:{entry.path}",
                says=stop(in_short(entry.reason)),
                todo="It goes out once that is mended.",
            )
            for entry in situation.refused
        ),
    ]
    return list({alert.key: alert for alert in found}.values())


def trouble(said: str) -> Alert:
    """A run that could not do its work at all, such as for a mistake in the config."""
    return Alert(key="run:", says=f"crosspost cannot work: {stop(said)}", todo="Nothing goes out until that is mended.")


def unusable_site(name: str, said: str) -> Alert:
    """One site of several that cannot be used, such as for a mistake in its part of the config."""
    todo = "Nothing of this site goes out until that is mended; the other sites go on."
    return Alert(key=f"site:{name}", says=f"The site {name} cannot be used: {stop(said)}", todo=todo)


def over(key: str) -> str:
    """What is told when an alert is over; "" for one that ends without a word."""
    kind, _, name = key.partition(":")
    return {
        "auth": f"{name} works again: its login is accepted.",
        "silence": "Posts go out again.",
        "run": "crosspost works again.",
        "site": f"The site {name} can be used again.",
        "fetch": "The posts can be fetched again.",
        "clock": "The clock of this machine is right again.",
    }.get(kind, "")


# ── privates: one function a kind ─────────────────────────────────────────────────────────────────────────────────


def _clock(said: str) -> Iterator[Alert]:
    if said:
        says = f"{said[0].upper()}{said[1:]}; posts may go out at another time than was said."
        yield Alert(key="clock:", says=says, todo="Set the clock (timedatectl set-ntp true).")


def _held_back(rows: Sequence[Delivery]) -> Iterator[Alert]:
    """Posts that appeared at once and are older than what is known: one alert for all of them."""
    posts = sorted({row.post for row in rows})
    if posts:
        more = f" and {len(posts) - 1} more" if len(posts) > 1 else ""
        yield Alert(
            key=f"older:{min(row.id for row in rows)}",
            says=f"{posts[0]}{more} appeared at once and are older than posts that are known, so they are held back.",
            todo="`crosspost backlog` shows them, and sends or leaves them. See `crosspost help sites`.",
        )


def _unfetched(said: str) -> Iterator[Alert]:
    """New posts of a git address that cannot be fetched."""
    if said:
        yield Alert(key="fetch:", says=stop(said), todo="What was fetched before goes on; new posts wait for that.")


def _unwritten(sentences: Sequence[str]) -> Iterator[Alert]:
    """What could not be written back into the site."""
    todo = "`crosspost status` shows all of it. See `crosspost help write-back`."
    return _all_in_one(sentences, "Where posts went could not be written into the site", todo=todo, key="written:")


def _unrecorded(sentences: Sequence[str]) -> Iterator[Alert]:
    """Records of articles that could not be written."""
    todo = "`crosspost status` shows all of it; the posts are out all the same. See `crosspost help site-links`."
    return _all_in_one(sentences, "The record of an article could not be written", todo=todo, key="articles:")


def _all_in_one(sentences: Sequence[str], what: str, *, todo: str, key: str) -> Iterator[Alert]:
    """One alert for all of them, however many they are."""
    if sentences:
        more = f" And {len(sentences) - 1} more." if len(sentences) > 1 else ""
        yield Alert(key=key, says=f"{what}: {stop(sentences[0])}{more}", todo=todo)


def _changes(situation: Situation, changes: Iterable[Change]) -> Iterator[Alert]:
    """Posts that changed or are gone since they went out: an alert a post, however many accounts it is out on."""
    grouped: dict[tuple[str, str, str], list[Change]] = {}
    for change in changes:
        news = change.state in ("left", "back") and situation.now - change.due_at < NEWS
        if change.state in ("asked", "failed") or news:
            grouped.setdefault((change.state, change.kind, change.post), []).append(change)
    for (state, kind, post), several in grouped.items():
        file = situation.files.get(post, post)
        where = ", ".join(sorted(change.account for change in several))
        errors = " ".join(dict.fromkeys(stop(change.error) for change in several if change.error))
        what, command = ("changed", "update") if kind == "edit" else ("is gone", "unpublish")
        todo = f"`crosspost {command} {file}` carries it out, with --leave it stays as it is."
        if state == "asked":
            says = f"{post} {what} since it went out on {where}."
        elif state == "back":
            says = f"{post} was taken back from {where} when its file was gone. The file is back."
            todo = f"`crosspost publish --again {file}` sends it again."
        elif state == "failed":
            says = f"Not {'changed' if kind == 'edit' else 'taken back'}: {post} on {where}: {errors}"
        else:
            says, todo = f"{post} {what} since it went out: {errors}", ""
        yield Alert(key=f"{state}-{kind}:{post}", says=says, todo=todo)


def _silence(situation: Situation, rows: Iterable[Delivery]) -> Iterator[Alert]:
    """Posts were due, and for too long nothing went out: whatever the reason, also one nobody has thought of."""
    now, last = situation.now, situation.last_sent
    if not situation.silence or (last is not None and now - last < situation.silence):
        return
    posts = {row.post for row in rows if _was_due(row, last, now - situation.silence)}
    if posts:
        out = f"the last one went out on {last:%Y-%m-%d}" if last is not None else "none ever went out"
        days = situation.silence.total_seconds() / 86400
        says = (
            f"{posts_in_words(len(posts), 'was', 'were')} due, but nothing was sent for more than {days:g} days; {out}."
        )
        yield Alert(
            key="silence:", says=says, todo="`crosspost status` and `crosspost plan` show what stands in the way."
        )


def _was_due(row: Delivery, last: datetime | None, before: datetime) -> bool:
    """Whether a delivery should have gone out by then and did not."""
    moment = row.tried_at or row.due_at
    if row.state in ("failed", "held"):  # these have an alert of their own; silence is only what came after them
        return moment <= before and (last is None or moment > last)
    if row.why.startswith(WAITS):  # a person is asked for that one
        return False
    waits_for_its_time = row.state == "planned" and row.attempts == 0 and not row.error and row.due_at > before
    return moment <= before and not waits_for_its_time
