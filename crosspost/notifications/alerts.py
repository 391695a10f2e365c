"""What needs a person, from what the ledger knows. Pure: the same situation has the same alerts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from crosspost.ledger import WAITS, AccountState, Change, Delivery
from crosspost.ledger.history import Went
from crosspost.model import Doubt, Entry, Value

#: a delivery in doubt for so long will hardly clear up by itself
DOUBT = timedelta(hours=6)
#: what a network cannot change is said once, not again and again: it is news for so long
NEWS = timedelta(days=2)
#: a pause for a limit that keeps posts waiting for so long is worth a word
LONG_PAUSE = timedelta(hours=6)
#: how long before a token ends somebody is told, and told again
TOKEN_ENDS = (timedelta(days=3), timedelta(days=14))


#: so many people are named in one alert
_NAMED = 10


class Alert(Value, frozen=True, kw_only=True):
    """``key`` names it from run to run, ``says`` is what happened, ``todo`` what the person can do.

    ``link`` does it in one click; it is told, but never kept, because whoever has it can decide.
    """

    key: str
    says: str
    todo: str
    link: str = ""

    @property
    def sentence(self) -> str:
        """Both in one line."""
        return f"{self.says} {self.todo}".strip()


class Asked(Value, frozen=True, kw_only=True):
    """A delivery that waits for a yes; ``seen`` is a checksum of what it says, ``link`` says yes to that."""

    delivery: Delivery
    seen: str
    link: str = ""


class Situation(Value, frozen=True, kw_only=True):
    """What a run leaves behind.

    ``unsettled`` are all deliveries that are planned, sending, in doubt, held or failed; ``accounts`` the accounts in
    use, ``tokens`` when the token of an account ends, ``variables`` where it would be written; ``refused`` the posts
    that would go out if they could be read, ``changes`` what is to be changed in posts that are out, ``files`` the file
    of a post; ``doubts`` how a person is told of what is in doubt on an account; ``people`` those who may or may not
    have a mail, by delivery, ``noted`` what went out lately with something to be told, ``sent`` all that went out
    lately (:data:`NEWS`), ``held_back`` what was left out lately because too many posts appeared that are older than
    what is known, ``unwritten`` what could not be written back into the site. ``last_sent`` is when anything went out,
    ``silence`` how long that may be while posts are due (0: for ever); ``clock`` is what is wrong with this machine's
    clock, a clause; ``elsewhere`` why nothing counts as deleted. ``asked`` is what waits for a yes.
    """

    now: datetime
    unsettled: tuple[Delivery, ...] = ()
    accounts: tuple[AccountState, ...] = ()
    tokens: Mapping[str, datetime] = {}
    variables: Mapping[str, str] = {}
    refused: tuple[Entry, ...] = ()
    changes: tuple[Change, ...] = ()
    files: Mapping[str, str] = {}
    sent: tuple[Delivery, ...] = ()
    elsewhere: str = ""
    doubts: Mapping[str, Doubt] = {}
    people: tuple[tuple[Delivery, tuple[str, ...]], ...] = ()
    noted: tuple[Went, ...] = ()
    held_back: tuple[Delivery, ...] = ()
    unwritten: tuple[str, ...] = ()
    last_sent: datetime | None = None
    silence: timedelta = timedelta(days=3)
    clock: str = ""
    asked: tuple[Asked, ...] = ()

    def doubt(self, row: Delivery) -> Doubt:
        """How a person is told of this delivery, should it be in doubt."""
        return self.doubts.get(row.account, Doubt())


def alerts(situation: Situation) -> list[Alert]:
    """Everything that needs a person now: each alert once, what stops most first."""
    names = {account.name for account in situation.accounts}
    mine = tuple(row for row in situation.unsettled if row.account in names)
    of_accounts = {account.name: list(_account(situation, account, mine)) for account in situation.accounts}
    stopped = {
        name for name, several in of_accounts.items() for one in several if one.key.startswith(("auth:", "pause:"))
    }
    found = [
        # whoever was told that an account is stopped, with its posts, knows why that one is silent
        *_silence(situation, [row for row in mine if row.account not in stopped]),
        *(alert for several in of_accounts.values() for alert in several),
        *(alert for row in mine for alert in _delivery(row, situation.now, situation.doubt(row))),
        *(_approval(one, situation.files) for one in situation.asked if one.delivery.account in names),
        *(
            _people(row, people, situation.doubt(row))
            for row, people in situation.people
            if row.state == "sent"  # else it is under way, and others may come to it
        ),
        *(_notes(went) for went in situation.noted),
        *_pages(mine),
        *_held_back([row for row in situation.held_back if row.account in names]),
        *([Alert(key="branch:", says=_stop(situation.elsewhere), todo="")] if situation.elsewhere else []),
        *_pictures(row for row in situation.sent if row.account in names),
        *_unwritten(situation.unwritten),
        *_clock(situation.clock),
        *_changes(situation, [change for change in situation.changes if change.account in names]),
        *(
            Alert(key=f"refused:{entry.path}", says=f"{_stop(entry.reason)}", todo="It goes out once that is mended.")
            for entry in situation.refused
        ),
    ]
    return list({alert.key: alert for alert in found}.values())


def trouble(said: str) -> Alert:
    """A run that could not do its work at all, such as for a mistake in the config."""
    return Alert(
        key="run:", says=f"crosspost cannot work: {_stop(said)}", todo="Nothing goes out until that is mended."
    )


def over(key: str) -> str:
    """What is told when an alert is over; "" for one that ends without a word."""
    kind, _, name = key.partition(":")
    return {
        "auth": f"{name} works again: its login is accepted.",
        "silence": "Posts go out again.",
        "run": "crosspost works again.",
        "clock": "The clock of this machine is right again.",
    }.get(kind, "")


# ── privates: one function a kind ─────────────────────────────────────────────────────────────────────────────────


def _account(situation: Situation, account: AccountState, rows: Iterable[Delivery]) -> Iterator[Alert]:
    name, now = account.name, situation.now
    waiting = [row for row in rows if row.account == name and row.state == "planned"]
    posts = f" {_posts(len(waiting))} waiting." if waiting else ""
    variables = situation.variables.get(name, "")
    paused = account.paused_until is not None and account.paused_until > now
    if account.paused_for == "auth":
        # the pause ends by itself once a day, to try again; the alert only when the login was accepted
        if paused or account.identity_at is None:
            todo = f"Set {variables} anew; the next run then takes it up." if variables else "Look at its login."
            yield Alert(
                key=f"auth:{name}",
                says=f"The login of {name} is refused: {_said(account.paused_why, name)}{posts}",
                todo=f"{todo} See `crosspost help accounts`.",
            )
    elif paused and account.paused_until is not None:
        since = min((row.tried_at for row in waiting if row.tried_at is not None), default=now)
        if account.paused_until - since >= LONG_PAUSE:
            says = f"{name} is paused until {_moment(account.paused_until)}: {_said(account.paused_why, name)}{posts}"
            yield Alert(key=f"pause:{name}", says=says, todo="It goes on by itself then.")
    end = situation.tokens.get(name)
    if end is not None and account.paused_for != "auth":
        yield from _token(name, end, now, variables)


def _token(name: str, end: datetime, now: datetime, variables: str) -> Iterator[Alert]:
    near = next((span for span in TOKEN_ENDS if end - now < span), None)
    if near is not None:
        how = f"ended on {end:%Y-%m-%d}" if end <= now else f"ends on {end:%Y-%m-%d}, in {_span(end - now)}"
        todo = f"Make a new one and set {variables or 'it'}. See `crosspost help accounts`."
        yield Alert(key=f"token:{name}:{end:%Y-%m-%d}:{near.days}", says=f"The token of {name} {how}.", todo=todo)


def _delivery(row: Delivery, now: datetime, doubt: Doubt) -> Iterator[Alert]:
    part = f", part {row.part} of its thread" if row.part > 1 else ""
    what, why = f"{row.post} on {row.account}{part}", _said(row.error or row.why, row.account)
    settle, url = f"crosspost settle {row.id}", " URL" if doubt.url else ""
    if row.state == "failed":
        todo = f"`crosspost retry {row.id}` tries it again, `{settle} --skip` leaves it."
        yield Alert(key=f"failed:{row.id}", says=f"Not sent: {what}: {why}", todo=todo)
    elif row.state == "held":
        todo = f"{_capital(doubt.look)}, then `{settle}` with --sent{url}, --not-sent or --skip."
        says = f"Waits for you: {what}: {why}"
        yield Alert(key=f"held:{row.id}", says=says, todo=f"{todo} See `crosspost help doubt`.")
    elif row.state == "unknown" and now - (row.publishing_at or row.updated_at) >= DOUBT:
        todo = f"crosspost goes on looking; if you see that it is out, `{settle} --sent{url}` ends that."
        says = f"In doubt for {_span(now - (row.publishing_at or row.updated_at))}: {what}: {why}"
        yield Alert(key=f"unknown:{row.id}", says=says, todo=todo)


def _approval(asked: Asked, files: Mapping[str, str]) -> Alert:
    """A changed text has another key, and so is told anew."""
    row, file = asked.delivery, files.get(asked.delivery.post, asked.delivery.post)
    return Alert(
        key=f"approval:{row.id}:{asked.seen[:8]}",
        says=f"Waits for approval: {row.post} on {row.account}.",
        todo=f"`crosspost approve {file} --account {row.account}` shows it and lets it go out.",
        link=asked.link,
    )


def _people(row: Delivery, people: Sequence[str], doubt: Doubt) -> Alert:
    """Who may or may not have a mail that is out: told once, however many of them are settled one by one."""
    who = ", ".join(people[:_NAMED]) + (f" and {len(people) - _NAMED} more" if len(people) > _NAMED else "")
    persons = "1 person" if len(people) == 1 else f"{len(people)} people"
    how = f"`crosspost settle {row.id} --recipient ADDRESS --sent` or `--not-sent`"
    return Alert(
        key=f"people:{row.id}",
        says=f"{persons} may or may not have {row.post} of {row.account}: {who}.",
        todo=f"{_capital(doubt.look)}, then say for each {how}. See `crosspost help doubt`.",
    )


def _notes(went: Went) -> Alert:
    """What somebody should know of a delivery although it is out, such as who was refused."""
    says = f"{went.post} is out on {went.account}, but: {_said(went.notes, went.account)}"
    return Alert(key=f"notes:{went.id}", says=says, todo="")


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


def _unwritten(sentences: Sequence[str]) -> Iterator[Alert]:
    """What could not be written back into the site: one alert, however much it is."""
    if sentences:
        more = f" And {len(sentences) - 1} more." if len(sentences) > 1 else ""
        yield Alert(
            key="written:",
            says=f"Where posts went could not be written into the site: {_stop(sentences[0])}{more}",
            todo="`crosspost status` shows all of it. See `crosspost help write-back`.",
        )


def _pages(rows: Iterable[Delivery]) -> Iterator[Alert]:
    """Posts whose page is not on the web after the deadline: one alert, however many accounts wait for it."""
    for row in rows:
        if row.state == "planned" and row.attempts == 0 and row.error.startswith("waits for the page"):
            says = f"Not sent yet: {row.post} {_stop(row.error)}"
            yield Alert(
                key=f"page:{row.post}",
                says=says,
                todo="Is the site built and on the web? See `crosspost help schedule`.",
            )


def _pictures(sent: Iterable[Delivery]) -> Iterator[Alert]:
    """Posts that went out without a picture they name: news for some days, an alert a post."""
    lost: dict[str, dict[str, dict[str, None]]] = {}
    for row in sent:
        for said in row.draft.lost_pictures if row.draft is not None else ():
            lost.setdefault(row.post, {}).setdefault(_said(said, row.account), {})[row.account] = None
    for post, several in lost.items():
        where = ", ".join(dict.fromkeys(account for accounts in several.values() for account in accounts))
        says = f"{post} went out without its picture on {where}: {' '.join(several)}"
        yield Alert(key=f"picture:{post}", says=says, todo="Repair it for the next time.")


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
        errors = " ".join(dict.fromkeys(_stop(change.error) for change in several if change.error))
        what, command = ("changed", "update") if kind == "edit" else ("is gone", "unpublish")
        todo = f"`crosspost {command} {file}` carries it out, with --leave it stays as it is."
        if state == "asked":
            says = f"{post} {what} since it went out on {where}."
        elif state == "back":
            says = f"{post} was taken back from {where} when its file was gone. The file is there again."
            todo = f"`crosspost publish --again {file}` sends it once more."
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
        says = f"{_posts(len(posts), 'was', 'were')} due, but nothing was sent for more than {days:g} days; {out}."
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


def _said(text: str, account: str) -> str:
    """What an account's network said; whose account it is stands in the sentence already."""
    return _stop(text.removeprefix(f"{account}: "))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _stop(text: str) -> str:
    """A sentence of somebody else, in one line and with its full stop."""
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _posts(number: int, one: str = "is", more: str = "are") -> str:
    return f"1 post {one}" if number == 1 else f"{number} posts {more}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def _span(span: timedelta) -> str:
    hours = max(int(span.total_seconds() // 3600), 0)
    number, unit = (hours // 24, "day") if hours >= 48 else (hours, "hour")
    return f"{number} {unit}{'' if number == 1 else 's'}"
