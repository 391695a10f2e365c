"""Asks the accounts of a config what came back, by hand or in a run."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crosspost.app.responses import replies_file
from crosspost.app.runner import Networks, RunControl
from crosspost.config.installation_settings import Responses
from crosspost.errors import CrosspostError, LedgerError
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.responses.fetch import Asked

#: posts per account that one run asks about, so that it comes to its end soon
_IN_A_RUN = 20
_WHEN, _TROUBLE = "responses asked", "responses trouble"


class Silent(Value, frozen=True, kw_only=True):
    """An account that is not asked, and why, for people."""

    account: str
    why: str


def askable(app: "App", accounts: Sequence[str]) -> tuple[list[str], list[Silent]]:
    """Those of the accounts that are asked what came back, and those that are not."""
    from crosspost.config import registry

    asked, silent = [], []
    for name in accounts:
        account = app.accounts()[name]
        network = registry.load(account.network)
        price, takes = network.responses_price, network.responses_take
        if price is not None:
            takes = f"asking costs {price.amount:.3f} {price.currency} for each post, each time"
        if unasked := network.unasked(account.own):
            why = unasked
        elif account.responses is False:
            why = "not asked, because of `responses = false`"
        elif takes and not account.responses:
            why = f"{takes}; `responses = true` in [accounts.{name}] does it all the same"
        else:
            asked.append(name)
            continue
        silent.append(Silent(account=name, why=why))
    return asked, silent


def fetch(
    app: "App",
    ledger: "Ledger",
    accounts: Sequence[str],
    *,
    posts: Collection[str] | None = None,
    everything: bool = False,
    most: int = 100,
    control: RunControl | None = None,
) -> list["Asked"]:
    """Ask what is due; the caller has the run's lock.

    :param accounts: of :func:`askable`
    :param posts: only these; None: all
    :param everything: also posts that were asked about lately
    :param most: posts per account
    """
    from crosspost.responses.fetch import Fetch
    from crosspost.responses.polling_intervals import Rules

    said, control = settings(app), control or RunControl()
    keep = timedelta(days=said.keep)
    rules = Rules(keep=keep, moderated=said.moderated, everything=everything, most=most)
    made = Fetch(ledger, Networks(app), rules, posts=posts, stop=control.stop, progress=control.progress)
    return made.run(accounts)


def settings(app: "App") -> Responses:
    """``[responses]``, also without a config."""
    return app.settings.responses if app.settings is not None else Responses()


def in_a_run(app: "App", ledger: "Ledger", warn: Callable[[str], None], control: RunControl) -> datetime:
    """Ask at the end of a run, when it is time; only a ledger that cannot be written makes the run fail.

    :param warn: takes a sentence about what went wrong, the first time
    :returns: when it is time again
    """
    said = settings(app)
    now, last = app.clock(), ledger.fact(_WHEN)
    again = datetime.fromisoformat(last) + timedelta(minutes=said.every) if last else now
    if now < again and again - now <= timedelta(minutes=said.every):  # else the clock was set back
        return again
    ledger.keep_fact(_WHEN, now.isoformat())
    wrong = []
    try:
        names, _ = askable(app, list(app.accounts()))
        asked = fetch(app, ledger, names, most=_IN_A_RUN, control=control)
        wrong += [f"what came back: {why}" for one in asked for why in (one.unread, one.error) if why]
        wrong += replies_file.write(app, ledger)
    except LedgerError:
        raise
    except CrosspostError as error:
        wrong.append(f"what came back: {error}")
    before = ledger.fact(_TROUBLE)
    for sentence in wrong:
        if sentence not in before.splitlines():
            warn(sentence)
    if (text := "\n".join(wrong)) != before:
        ledger.keep_fact(_TROUBLE, text)
    return now + timedelta(minutes=said.every)
