"""Alerts of an account: its login, its pause for a limit, the end of its token."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from crosspost.ledger import AccountState, Delivery
from crosspost.notifications.alert import Alert, at, lasting, posts_in_words, said_by
from crosspost.notifications.situation import Situation

#: a pause for a limit that keeps posts waiting for so long is worth a word
LONG_PAUSE = timedelta(hours=6)
#: how long before a token ends somebody is told, and told again
TOKEN_ENDS = (timedelta(days=3), timedelta(days=14))


def of_account(situation: Situation, account: AccountState, rows: Iterable[Delivery]) -> Iterator[Alert]:
    """A login that is refused, a long pause, a token that ends."""
    name, now = account.name, situation.now
    waiting = [row for row in rows if row.account == name and row.state == "planned"]
    posts = f" {posts_in_words(len(waiting))} waiting." if waiting else ""
    variables = situation.variables.get(name, "")
    paused = account.paused_until is not None and account.paused_until > now
    if account.paused_for == "auth":
        # the pause ends by itself once a day, to try again; the alert only when the login was accepted
        if paused or account.identity_at is None:
            todo = f"Set {variables} again; the next run uses it." if variables else "Look at its login."
            yield Alert(
                key=f"auth:{name}",
                says=f"The login of {name} is refused: {said_by(account.paused_why, name)}{posts}",
                todo=f"{todo} See `crosspost help accounts`.",
            )
    elif paused and account.paused_until is not None:
        since = min((row.tried_at for row in waiting if row.tried_at is not None), default=now)
        if account.paused_until - since >= LONG_PAUSE:
            says = f"{name} is paused until {at(account.paused_until)}: {said_by(account.paused_why, name)}{posts}"
            yield Alert(key=f"pause:{name}", says=says, todo="It goes on by itself then.")
    end = situation.tokens.get(name)
    if end is not None and account.paused_for != "auth":
        yield from _token(name, end, now, variables)


def _token(name: str, end: datetime, now: datetime, variables: str) -> Iterator[Alert]:
    near = next((span for span in TOKEN_ENDS if end - now < span), None)
    if near is not None:
        how = f"ended on {end:%Y-%m-%d}" if end <= now else f"ends on {end:%Y-%m-%d}, in {lasting(end - now)}"
        todo = f"Make a new one and set {variables or 'it'}. See `crosspost help accounts`."
        yield Alert(key=f"token:{name}:{end:%Y-%m-%d}:{near.days}", says=f"The token of {name} {how}.", todo=todo)
