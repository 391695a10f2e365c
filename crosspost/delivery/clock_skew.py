"""This machine's clock and the servers': what is compared with their times must be told by their clocks.

How much ours is ahead is known from the Date of their answers. It is written down with a delivery before its request
goes out, because it may have been put right by the time somebody looks; and for `status`, which asks nobody.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from crosspost.ledger import AccountState, Delivery, Ledger
from crosspost.ledger.facts import CLOCK
from crosspost.networks.base import Network
from crosspost.networks.searching import SLACK

#: where a delivery has it, in seconds: as this server told before the request, else as it told last in an earlier run
_AHEAD, _LAST = "clock_ahead", "clock_ahead_last"
#: where a delivery has it that its request began before the moment written down, nobody knows how long before
_UNDATED = "began_before"
#: where a delivery has it, whose clock nobody compared when its request began: the first look for it with a clock that
#: was compared, by the server's time
_LOOKED = "looked_for_at"
_OURS = (_AHEAD, _LAST, _UNDATED, _LOOKED)
#: told anew when it has changed by so much
_CHANGE = timedelta(minutes=5)


def noted(held: Delivery, network: Network, ledger: Ledger, known: AccountState | None = None) -> dict[str, Any]:
    """What is on the server for a delivery, and how far our clock is ahead of its server's.

    A clock that is right is written down as well (0): nobody could tell it from one that nobody had compared.

    :param known: the account as it is just now; None: it is read
    """
    remote = {name: value for name, value in held.remote.items() if name not in _OURS}
    ahead = network.session.ahead
    if ahead is None:
        return remote | {_LAST: int(_last(network, ledger, known) or 0)}
    return remote | {_AHEAD: int(_counted(ahead).total_seconds())}


def moves(delivery: Delivery, network: Network, *, ask: bool) -> tuple[timedelta, ...]:
    """By how much our clock may have been put forward (back: negative) since a delivery's request began.

    Two amounts where nobody had compared the clock then: it was as it was known last, or as it is now.

    :param ask: whether the server may be asked what time it is, when it has not answered yet
    :raises DeliveryError: when it is asked, and does not answer
    """
    if ask and network.session.ahead is None:
        network.connect()
    ahead = network.session.ahead
    if ahead is None:  # this server never tells, or was not asked
        return (timedelta(),)
    if isinstance(then := delivery.remote.get(_AHEAD), int):
        return (_counted(ahead - timedelta(seconds=then)),)
    return timedelta(), _counted(ahead - timedelta(seconds=delivery.remote.get(_LAST, 0)))


def undated(held: Delivery, network: Network, ledger: Ledger) -> Delivery:
    """The delivery, when a wrong clock wrote down when its request began: before now, and no more is known."""
    return ledger.begin(held, noted(held, network, ledger) | {_UNDATED: True})


def looked_for(delivery: Delivery, network: Network, ledger: Ledger) -> Delivery:
    """The delivery, with the moment of the first look for it where that alone can tell how old its request is.

    Nobody had compared our clock when the request began, so it may have been far behind and put right since.
    """
    ahead = network.session.ahead
    if ahead is None or _AHEAD in delivery.remote or _LOOKED in delivery.remote:
        return delivery
    at = ledger.clock() - ahead
    return ledger.remember(delivery, {**delivery.remote, _LOOKED: at.isoformat()}, uploaded=delivery.remote_at)


def certain_age(delivery: Delivery, network: Network, now: datetime) -> timedelta:
    """The age that a delivery's request has at least, whatever our clock said when it began; the longest there is where
    that clock was compared, or no server tells the time.
    """
    ahead = network.session.ahead
    if ahead is None or _AHEAD in delivery.remote:
        return timedelta.max
    looked = delivery.remote.get(_LOOKED)
    return max(now - ahead - datetime.fromisoformat(looked), timedelta()) if looked else timedelta()


def is_undated(delivery: Delivery) -> bool:
    """Whether a delivery's request may have begun any time before the moment that is written down."""
    return bool(delivery.remote.get(_UNDATED))


def was_wrong(delivery: Delivery) -> bool:
    """Whether our clock is known to have been wrong when a delivery's request began, or before."""
    return bool(delivery.remote.get(_AHEAD) or delivery.remote.get(_LAST))


def _counted(time: timedelta) -> timedelta:
    """Clocks differ by a little, and answers take their time."""
    return time if abs(time) >= SLACK else timedelta()


def remember(network: Network, ledger: Ledger, known: AccountState | None = None) -> None:
    """Write down for `status` what our clock is ahead of this account's server; nothing when it is right.

    :param known: the account as it is just now; None: it is read
    """
    ahead, name = network.session.ahead, f"{CLOCK}{network.account}"
    if ahead is None:
        return
    last = _last(network, ledger, known)
    wrong = abs(ahead) >= SLACK
    if wrong and (not last or abs(ahead - timedelta(seconds=int(last))) >= _CHANGE):
        ledger.keep_fact(name, str(int(ahead.total_seconds())))
    elif last and not wrong:
        ledger.keep_fact(name, "")


def _last(network: Network, ledger: Ledger, known: AccountState | None) -> str:
    return known.clock if known is not None else ledger.fact(f"{CLOCK}{network.account}")


def said(names: Iterable[str], ledger: Ledger) -> str:
    """What a person should know about this machine's clock, a clause; "" when nothing is wrong with it."""
    wrong = {name: int(known) for name in names if (known := ledger.fact(f"{CLOCK}{name}"))}
    if not wrong:
        return ""
    seconds = max(wrong.values(), key=abs)
    which = "ahead of" if seconds > 0 else "behind"
    return f"this machine's clock is {span(timedelta(seconds=abs(seconds)))} {which} that of {', '.join(wrong)}"


def span(time: timedelta) -> str:
    """A time span as a person says it: 40 seconds, 3 hours, 2 days."""
    seconds = int(time.total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}{'s' if seconds >= 2 * size else ''}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
