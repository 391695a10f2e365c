"""What a person decides about deliveries that wait: for the commands and the pages alike."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import msgspec

from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger

#: states in which a delivery waits for a person
WAIT = ("held", "unknown", "failed")
_SHOWN = "`crosspost status` shows what waits for you"


def needs_address(network: str) -> str:
    """The name of a network whose posts have an address, without which "it is out" is not enough; "" for others."""
    from crosspost.config import registry

    known = registry.load(network)
    return known.name if known.doubt.url else ""


def _state(row: "Delivery") -> str:
    """A state in the words of `crosspost status`."""
    return {"before": "old", "skipped": "left out", "unknown": "in doubt"}.get(row.state, row.state)


def settle(ledger: "Ledger", row: "Delivery", state: Literal["sent", "planned", "skipped"], url: str) -> "Delivery":
    """A person has decided about a whole delivery.

    :param state: it is out, it is not and is sent again, or it is left for good
    :param url: where it is out
    :raises CrosspostError: when nothing waits there, or the address is missing
    """
    from crosspost.config import registry

    if row.state not in WAIT:
        raise CrosspostError(
            f"the delivery of {row.post} to {row.account} is {_state(row)}; nothing waits there. {_SHOWN}"
        )
    if state == "sent" and not url and (name := needs_address(row.network)):
        raise CrosspostError(f"to say that it is out, give the address of the post on {name}")
    return ledger.decide(row, state, url, registry.load(row.network).id_in(url) if url else "")


def settle_people(app: "App", ledger: "Ledger", row: "Delivery", people: Iterable[str], *, has_it: bool) -> "Delivery":
    """A person has found out about some of those who may or may not have a mail.

    :raises CrosspostError: when nobody is in doubt there
    """
    if row.state == "sending" or row.draft is None or row.account not in app.accounts():
        raise CrosspostError(
            f"the delivery of {row.post} to {row.account} is {_state(row)}; nobody is in doubt there. {_SHOWN}"
        )
    network, over = app.network(row.account), row.state == "sent"
    for who in people:
        remote = network.decided(row.prepared, who, has_it=has_it, over=over)
        row = msgspec.structs.replace(row, remote=remote)
    return ledger.decide_person(ledger.get(row.id), row.remote, again=not has_it)


def retry(ledger: "Ledger", rows: Iterable["Delivery"]) -> None:
    """Plan failed deliveries again; never what may be out.

    :raises CrosspostError: for one that has not failed
    """
    for row in rows:
        if row.state != "failed":
            raise CrosspostError(f"the delivery of {row.post} to {row.account} is {_state(row)}, not failed. {_SHOWN}")
        ledger.revive(row)


def wake(ledger: "Ledger", accounts: Iterable[str]) -> list[str]:
    """End the rest of accounts whose server was in trouble, and make due what waits there: their names."""
    from crosspost.delivery import circuit_breaker

    woken = [name for name in accounts if circuit_breaker.wake(name, ledger)]
    for name in woken:
        for row in ledger.deliveries(states=["planned"], account=name):
            if row.attempts:
                ledger.revive(row)
    return woken
