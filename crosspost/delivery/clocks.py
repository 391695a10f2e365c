"""This machine's clock and the servers': what is compared with their times must be told by their clocks.

How much ours is ahead is known from the Date of their answers. It is written down with a delivery before its request
goes out, because it may have been put right by the time somebody looks; and for `status`, which asks nobody.
"""

from collections.abc import Iterable
from datetime import timedelta

from crosspost.ledger import Delivery, Ledger
from crosspost.networks.base import SLACK, Network

#: where a delivery has it, in seconds
_AHEAD = "clock_ahead"
_FACT = "clock:"
#: told anew when it has changed by so much
_CHANGE = timedelta(minutes=5)


def noted(held: Delivery, network: Network, ledger: Ledger) -> Delivery:
    """The delivery, with what our clock is ahead of its server's, where that is worth a word."""
    ahead = network.session.ahead
    seconds = int(ahead.total_seconds()) if ahead is not None and abs(ahead) >= SLACK else None
    if seconds is None and _AHEAD not in held.remote:
        return held
    remote = {name: value for name, value in held.remote.items() if name != _AHEAD}
    remote |= {_AHEAD: seconds} if seconds is not None else {}
    return ledger.remember(held, remote, uploaded=held.remote_at)


def moved(delivery: Delivery, network: Network) -> timedelta:
    """By how much our clock was put forward (back: negative) since a delivery's request began.

    :raises DeliveryError: when the server has to be asked what time it is, and does not answer
    """
    then = delivery.remote.get(_AHEAD)
    if not isinstance(then, int):
        return timedelta()
    if network.session.ahead is None:
        network.connect()
    if network.session.ahead is None:  # this server never tells
        return timedelta()
    since = network.session.ahead - timedelta(seconds=then)
    return since if abs(since) >= SLACK else timedelta()


def remember(network: Network, ledger: Ledger) -> None:
    """Write down for `status` what our clock is ahead of this account's server; nothing when it is right."""
    ahead, name = network.session.ahead, f"{_FACT}{network.account}"
    if ahead is None:
        return
    known = ledger.fact(name)
    wrong = abs(ahead) >= SLACK
    if wrong and (not known or abs(ahead - timedelta(seconds=int(known))) >= _CHANGE):
        ledger.keep_fact(name, str(int(ahead.total_seconds())))
    elif known and not wrong:
        ledger.keep_fact(name, "")


def said(names: Iterable[str], ledger: Ledger) -> str:
    """What a person should know about this machine's clock, a clause; "" when nothing is wrong with it."""
    told = {name: int(known) for name in names if (known := ledger.fact(f"{_FACT}{name}"))}
    if not told:
        return ""
    seconds = max(told.values(), key=abs)
    which = "ahead of" if seconds > 0 else "behind"
    return f"this machine's clock is {span(timedelta(seconds=abs(seconds)))} {which} that of {', '.join(told)}"


def span(time: timedelta) -> str:
    """A time span as a person says it: 40 seconds, 3 hours, 2 days."""
    seconds = int(time.total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}{'s' if seconds >= 2 * size else ''}"
    return f"{seconds} seconds"
