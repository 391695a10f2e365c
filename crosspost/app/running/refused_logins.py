"""Accounts that rest because their login was refused: nobody but a person can end that."""

from typing import TYPE_CHECKING

from crosspost.app.outcome import Resting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crosspost.app.application import App
    from crosspost.ledger import Ledger


def resting(app: "App", ledger: "Ledger", accounts: "Sequence[str]") -> tuple[Resting, ...]:
    """Those of these accounts, each with what was said, and how many posts wait for it.

    One of which the token is another by now does not count: the next post on it tries that.
    """
    now, known = ledger.clock(), ledger.account_states()
    found = []
    for name in accounts:
        state = known.get(name)
        if state is None or state.paused_until is None or state.paused_until <= now:
            continue
        if state.paused_for in ("auth", "voice") and state.credential == app.network(name).mark():
            due = ledger.deliveries(states=["planned"], account=name, due=now)
            found.append(Resting(name, state.paused_why, len(due)))
    return tuple(found)
