"""Who may or may not have the mail of a delivery that writes to people one by one."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger


def accounts(app: "App") -> list[str]:
    """The accounts that may write to people one by one; one of a network that there is not writes to nobody."""
    from crosspost.config import registry
    from crosspost.errors import ConfigError

    found = []
    for name, account in app.accounts().items():
        with suppress(ConfigError):
            if registry.load(account.network).one_by_one:
                found.append(name)
    return found


def people_in_doubt(app: "App", ledger: "Ledger") -> dict[int, tuple[str, ...]]:
    """Number of a delivery → who may or may not have it; deliveries without doubt are left out."""
    rows = ledger.history.with_journals(accounts(app))
    named = {row.id: of_delivery(app, row) for row in rows}
    return {number: people for number, people in named.items() if people}


def of_delivery(app: "App", row: "Delivery") -> tuple[str, ...]:
    """Who may or may not have this delivery; nobody for one that does not write to people one by one."""
    if "journal" not in row.remote or row.draft is None or row.account not in app.accounts():
        return ()
    people: tuple[str, ...] = app.network(row.account).in_doubt(row.prepared)
    return people


def doubt_about(people: Sequence[str], network: str, number: int) -> str:
    """What a person can do about those who may or may not have a mail; "" when there is nobody."""
    if not people:
        return ""
    from crosspost.config import registry

    look = registry.load(network).doubt.look
    return (
        f"May or may not have it: {', '.join(people)}. {look[:1].upper()}{look[1:]}, then say for each "
        f"`crosspost settle {number} --recipient ADDRESS --sent` or `--not-sent`"
    )
